"""Makes docs/quality.md from the checks: `python -m ocds_pipeline.quality.pages`."""

import sys

from ocds_pipeline.quality.check import FieldCheck
from ocds_pipeline.quality.fields import members
from ocds_pipeline.quality.registry import Named, registry

SCOPES = {
    "field": "Fields",
    "release": "Compiled releases",
    "dataset": "The data set",
    "time": "Over time",
}
_MEANS = {
    "field": "Each value is judged for itself.",
    "release": "Each compiled release is judged as a whole.",
    "dataset": "All compiled releases are judged together.",
    "time": "What is published now is judged by the previous edition.",
}

HEAD = """# Quality

Every edition is looked at by {number} checks, and the coverage of every field is counted, in one pass. A check
passes, fails, or is not applicable, with the reason. None of them holds a release back: what is wrong is published
with the data. This page is made from the code: `python -m ocds_pipeline.quality.pages`.

`quality.json` has, for each check, how many releases passed (`pass`), failed (`fail`) and could not be judged
(`notApplicable`, with `reasons`), how much is wrong (`failures`), and where (`paths`). `coverage` says of every field
how many objects could have it (`of`), have it (`set`), and have something in it (`filled`: not null, not an empty
text, list or object; zero and false are something), in all, by year and by buyer. By buyer, processes are counted
that have the field at least once. `trends` has the shares that passed, edition by edition; `caveats` say in the
users' languages what the failures mean for whoever works with the data.

Each failure is a line of `issues.jsonl.gz` with the severity `finding`: `ocid`, `path`, `pointer` (the exact
place), `rule` (the name of the check), `value` and `explanation`. Personal numbers are taken out of values; of
names, addresses and contact points only the form of the value is shown. Values have at most 80 characters. Of one
check no more than 10,000 lines are written (`mostLines` in `quality.json`), chosen by their digests, so that the same
findings give the same lines; `failures` counts them all.

Amounts are compared within one currency. The bounds of what is plausible are in
`ocds_pipeline/quality/tables/limits.csv`, each row with its source. Rates of exchange are in `rates.csv` beside it,
each with its source and day. They are not in use unless a country's `source.toml` says so; then amounts of two
currencies are compared too, by those rates whatever the day of the amount, and `ratesOf` in `quality.json` has
their day:

```toml
[quality]
rates = true
```

A compiled release of 8 kB takes about 0.3 ms on one core; see [performance](performance.md#checks-and-coverage).

Counts of codes, buyers and repeated amounts are exact as long as there are not too many different ones; beyond that
the rarest are dropped. The ids of processes and contracts are compared by fingerprints of 64 bits, at eight bytes
each.
"""


def quality_page() -> str:
    """Give the page, in Markdown."""
    parts = [HEAD.format(number=len(registry()))]
    for scope, title in SCOPES.items():
        checks = [named for named in registry().values() if named.check.scope == scope]
        rows = "".join(f"| [{named.name}](#{named.name}) | {named.title} |\n" for named in checks)
        parts.append(f"## {title}\n\n{_MEANS[scope]}\n\n| check | asks that |\n|---|---|\n{rows}")
        parts += [_section(named) for named in checks]
    return "\n".join(parts)


def _section(named: Named) -> str:
    check = named.check
    facts = []
    if isinstance(check, FieldCheck):
        facts.append(
            "Fields: " + ", ".join(f"`{owner}.{name}`" for owner, names in members(check.group) for name in names)
        )
    if check.countries:
        facts.append("Asked of: " + ", ".join(check.countries))
    said = "".join(f"\n{fact}.\n" for fact in facts)
    return f"### {named.name}\n\n{named.title}\n" + (f"\n{named.text}\n" if named.text else "") + said


if __name__ == "__main__":
    sys.stdout.write(quality_page())
