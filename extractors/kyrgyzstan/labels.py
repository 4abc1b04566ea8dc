"""The labels of the legacy portal's pages, and the names that their values have in our documents: labels.csv."""

from collections.abc import Iterable
from functools import cache

from extractors.labels import Labels, read_labels

LANGUAGES = ("ru", "ky", "en")


@cache
def labels() -> Labels:
    """Read the table of labels; those that the portal has not translated are keys between question marks."""
    return read_labels("extractors.kyrgyzstan", LANGUAGES)


def first_name(places: Iterable[str], label: str) -> tuple[str, str] | None:
    """Give the first of some places where a label is known, and the name that it has there."""
    return next(((place, name) for place in places if (name := labels().name(place, label))), None)
