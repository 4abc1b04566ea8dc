"""What users of the data should know, from what the checks found: short texts in the languages of the users."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from ocds_schema.json import Json

if TYPE_CHECKING:
    from ocds_pipeline.quality.inspection import Figures, Quality

LANGUAGES = ("en", "ru", "kk", "ky", "tg")
"""Every text has all of these keys; those without a text yet are null."""
_NOTABLE = 0.01
"""Less than this share of failures is not worth a caveat."""


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Give every caveat by key, in the languages there are."""
    text = resources.files("ocds_pipeline.quality").joinpath("caveats.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = tomllib.loads(text)
    return found


def caveats(quality: "Quality") -> list[Json]:
    """Give the caveats whose checks failed for at least one in a hundred of those judged, in alphabetical order."""
    found: dict[str, list[str]] = {}
    for figures in quality.checks:
        if _is_notable(figures):
            found.setdefault(figures.named.check.caveat, []).append(figures.named.name)
    return [
        {"key": key, "checks": names, "text": {language: texts()[key].get(language) for language in LANGUAGES}}
        for key, names in sorted(found.items())
    ]


def _is_notable(figures: "Figures") -> bool:
    judged = figures.passed + figures.failed
    return bool(judged) and figures.failed / judged >= _NOTABLE
