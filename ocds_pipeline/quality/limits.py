"""The largest plausible amounts, and rates of exchange: tables in the project's care, each row with its source."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType

_EVERYWHERE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What one unit of each currency was worth on one day, in tenge."""

    day: date
    worth: Mapping[str, Decimal]

    def exchange(self, amount: Decimal | int, currency: str, into: str) -> Decimal | None:
        """Turn an amount into another currency; nothing, where one of the rates is not known."""
        if currency not in self.worth or into not in self.worth:
            return None
        return amount * self.worth[currency] / self.worth[into]


def rows(name: str) -> Iterator[dict[str, str]]:
    """Read one of the tables of this package, row by row."""
    text = resources.files("ocds_pipeline.quality").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))


@cache
def read_limits(country: str) -> Mapping[str, Decimal]:
    """Give, by currency, the largest amount that one purchase in a country may plausibly have."""
    limits: dict[str, Decimal] = {}
    for row in sorted(rows("limits"), key=lambda row: row["country"] != _EVERYWHERE):
        if row["country"] in {_EVERYWHERE, country}:
            limits[row["currency"]] = Decimal(row["largest"])
    return MappingProxyType(limits)


@cache
def read_rates() -> Rates:
    """Give the rates of exchange that the project keeps: to judge what is plausible, never to add up amounts."""
    table = list(rows("rates"))
    return Rates(
        day=max(date.fromisoformat(row["day"]) for row in table),
        worth=MappingProxyType({row["currency"]: Decimal(row["tenge"]) for row in table}),
    )
