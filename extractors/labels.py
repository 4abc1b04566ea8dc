"""Tables of labels: what the texts of a portal's pages mean, in each language that it writes them in.

A `labels.csv` has the columns `place,name`, one for each language, and `must`; others are for people. `name` is
the member's name in our documents. Several writings of one label stand with `|` between them. `must` is not empty where
every page of that place has the value.
"""

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from extractors.page_content import fold

_SEVERAL = "|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What labels mean.

    The same label may mean another thing in another place: `names` has place and folded label. `must` are the names
    that every page of a place has. `languages` tells in which languages a label is written so.
    """

    names: Mapping[tuple[str, str], str]
    must: Mapping[str, frozenset[str]]
    languages: Mapping[str, frozenset[str]]

    def name(self, place: str, label: str) -> str | None:
        """Give the name of a labelled value, or nothing where the label is not known in the place."""
        return self.names.get((place, fold(label)))

    def known(self, place: str, labels: Iterable[str]) -> set[str]:
        """Give the names of those of some labels that are known in a place."""
        return {name for label in labels if (name := self.name(place, label))}

    def missing(self, place: str, found: Collection[str]) -> list[str]:
        """Give the names that every page of a place has and that are not among those found."""
        return sorted(self.must.get(place, frozenset()).difference(found))

    def language(self, labels: Iterable[str]) -> str:
        """Give the language that most of some labels are written in, or nothing where none tells."""
        told = Counter[str]()
        for label in labels:
            written = self.languages.get(fold(label), frozenset())
            if len(written) == 1:
                told.update(written)
        return min(told, key=lambda language: (-told[language], language)) if told else ""

    @property
    def texts(self) -> frozenset[str]:
        """Every label."""
        return frozenset(self.languages)


def read_labels(package: str, languages: Sequence[str]) -> Labels:
    """Read the `labels.csv` of a country's package."""
    return parse_labels(resources.files(package).joinpath("labels.csv").read_text(encoding="utf-8"), languages)


def parse_labels(text: str, languages: Sequence[str]) -> Labels:
    """Read a table of labels."""
    names: dict[tuple[str, str], str] = {}
    must: dict[str, set[str]] = {}
    written: dict[str, set[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        place, name = row["place"], row["name"]
        if row["must"]:
            must.setdefault(place, set()).add(name)
        for language in languages:
            for label in filter(None, row[language].split(_SEVERAL)):
                names[place, fold(label)] = name
                written.setdefault(fold(label), set()).add(language)
    return Labels(
        names=names,
        must={place: frozenset(wanted) for place, wanted in must.items()},
        languages={label: frozenset(known) for label, known in written.items()},
    )
