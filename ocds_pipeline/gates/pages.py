"""Makes docs/gates.md from the gates: `python -m ocds_pipeline.gates.pages`."""

import sys

from ocds_pipeline.gates.declared import Gate, usual_gates
from ocds_pipeline.gates.override import NAME_LENGTH, REASON_LENGTH
from publish.gates import FIRM

HEAD = """# Gates

Before anything of an edition is put on the storage, its files are read back from the folder they were built in, and
held against {number} gates. A gate that is broken stops the publication: nothing is uploaded, `latest.json` stays
as it is, the command says on one screen what was expected, what was found and what the edition before had, and
leaves with 1. Airflow does not try again. This page is made from the code: `python -m ocds_pipeline.gates.pages`.

| gate | asks |
|---|---|
"""
TAIL = """
## What is too small to judge

In a register of ten purchases one of them is a tenth. So each gate that compares shares also has a `floor`: how
many cases, at least, must be concerned. Below it the gate passes with a remark. What a gate compares with the
edition before is not applicable to the first edition, and a gate that has nothing to look at says so.

## A country's own thresholds

The usual thresholds are in `ocds_pipeline/gates/gates.toml`. A country's `source.toml` may set others, and expect
more of its tables, in the terms of great-expectations:

```toml
[gates.days]
free_days = ["01-01", "2026-03-20"]

[[expectations]]
table = "contracts"
expect = "expect_column_values_to_be_in_set"
column = "currency"
value_set = ["KZT", "USD", "EUR", "RUB"]
mostly = 0.99
because = "The portal knows four currencies."
```

Tables are those of the edition, and `releases` with `ocid`, `id` and `date`. An empty cell is null; beside each
column of times there is one with the day as a number, such as `date_signed_day` with 20261102. A gate, a threshold
or an expectation that does not exist is an error, and so is an expectation that cannot be asked: nothing is
published.

## When a gate is broken

`v1/<source>/failed/<editionId>.json` has the whole verdict; it is never written again. Where another attempt of the
same edition id fails otherwise, its verdict is `<editionId>-2.json`, and so on. `editions.json` lists them under
`failed`, apart from what was published, each with the gates that broke; `status.atom` and `status.json` tell of them.
`ocds-pipeline sources` names the edition that was stopped until one is published.

The same run again is judged again, by the same files, and stopped again. A later run, or one after the portal or
the mapping was mended, is judged against the edition that was published last. The number of an edition that was
stopped is free: the next edition that is published takes it, so published editions are numbered without gaps. An
edition id holds the moment it speaks for; where a mended edition speaks for the same moment as the one that was
stopped, both have the same id, and the verdict stays as the record of the first attempt. No manifest names it.

Where the data is right although a gate is broken, a person says so:

```
ocds-pipeline publish SOURCE --override GATE --override GATE --by NAME --reason TEXT
```

Each gate is named; others still stop the edition. The name and the reason are published in `gates.json`,
`gates.html` and the manifest: in one line, without what may be a person's number, of the name {name} characters, of
the reason {reason}. An override holds for one edition, and what it let through is what the next edition
is compared with. Three gates nobody may override; the command refuses it and leaves with 2:

{firm}

## What is published

`gates.json` has each gate with its outcome (`pass`, `warn`, `fail`, `overridden`, `not_applicable`), its
thresholds, every check that did not pass with the figures, and `figures`, with which the next edition is compared.
`gates.html` says the same to people, in English and Russian, and asks for nothing else. `gates` in the manifest
counts the outcomes. `ocds-pipeline verify` holds the three against one another, and the figures against the files;
a page that was made by other code than the one that verifies, as its `generator` says, only against its hash.

## Where great-expectations is

Expectations are asked of a database of one file, loaded from the tables as they will be published. That happens in
a process of its own, which loads great-expectations and ends with the verdict. It inherits no settings and no
secrets, has no network, and reports to nobody. Drawing, statistics and cloud libraries that great-expectations
would load are passed over, which halves its time and memory. No other step loads it.

Of years that nothing moved in, what was counted when they were read is kept with the edition, and added to what is
found in the others: they are not read again, and nobody is asked about them. Of a year that moved, great-expectations
is asked

- where the edition before had no such year, or it was judged by other code, another version of the library, other
  thresholds, expectations or rules on persons' numbers: then about every year of which one of these is another,
- where rows that were counted are not as expected, by how few ever: then about those expectations,
- what the country itself expects, always.

Else the counts settle it: how many rows there are, how many hold something, how often each day and each code occurs,
whether a key comes twice, all of it counted in the files as they will be published. They are held against the same
thresholds and give the same verdict, byte for byte; tests compare the two. So a daily edition of which nothing is
wrong does not load great-expectations at all.
"""


def gates_page() -> str:
    """Give the page, in Markdown."""
    gates = usual_gates().values()
    parts = [HEAD.format(number=len(gates)), *(_line(gate) for gate in gates), *(_section(gate) for gate in gates)]
    firm = "\n".join(f"- `{name}`: {why}." for name, why in FIRM.items())
    told = {"{name}": str(NAME_LENGTH), "{reason}": str(REASON_LENGTH), "{firm}": firm}
    tail = TAIL
    for mark, text in told.items():
        tail = tail.replace(mark, text)
    return "".join(parts) + tail


def _line(gate: Gate) -> str:
    return f"| [{gate.name}](#{gate.name}) | {gate.rule['en']} |\n"


def _section(gate: Gate) -> str:
    limits = ", ".join(f"`{name} = {_shown(value)}`" for name, value in gate.limits.items()) or "none, it is exact"
    return f"\n## {gate.name}\n\n{gate.title['en']}. {gate.why['en']}\n\nThresholds: {limits}.\n"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{name}" = "{each}"' for name, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(f'"{each}"' if isinstance(each, str) else str(each) for each in value) + "]"
    return str(value)


if __name__ == "__main__":
    sys.stdout.write(gates_page())
