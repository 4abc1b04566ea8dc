"""Numbers and ids in the releases of the ministry's OCDS service, and what else their parts have in common."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.kyrgyzstan.parties import Party
from sandbox.kyrgyzstan.view import View
from sandbox.kyrgyzstan.world import Key

Record = dict[str, Any]
PREFIX = "ocds-h7i0z4"
KGS = "KGS"


def money(amount: Decimal) -> Record:
    """A sum in soms."""
    return {"amount": amount, "currency": KGS}


def stamp(when: datetime) -> str:
    """A time with the zone's offset."""
    return f"{when:%Y-%m-%dT%H:%M:%S}.155+06:00"


class Numbers:
    """Numbers of what a view shows; announcements begin at `base`, or, without one, have the portal's own numbers."""

    def __init__(self, view: View, base: int | None) -> None:
        self.view = view
        self._base = base

    def number(self, key: Key) -> int:
        """The number of an announcement or a contract."""
        return self.view.world.id(key) if self._base is None else self._base + self.view.world.place(key) * 37

    def ocid(self, key: Key) -> str:
        """The process's id."""
        marker = "contract-based-" if key.kind == "single" else ""
        return f"{PREFIX}-{marker}{self.number(key)}"

    def tender_number(self, key: Key) -> str:
        """The number an announcement goes by."""
        return f"{self.view.world.at(key):%y%m%d}{self.number(key)}"

    def plan(self, case: int) -> int:
        """The number of a buyer's plan: like one of an announcement, and higher."""
        return 141_000_000 + (self._base or 57_000_000) + self.view.case(case).buyer.index * 61

    def lot(self, key: Key, index: int) -> str:
        """A lot's id."""
        return str(self.number(key) * 10 + 3 + index)

    def item(self, key: Key, lot: int, item: int) -> str:
        """An item's id."""
        return str(self.number(key) * 100 + lot * 10 + item + 7)

    def bid(self, key: Key, bidder: int) -> str:
        """A bid's id."""
        return str(self.number(key) * 10 + 200_000 + bidder)

    def award(self, key: Key, lot: int, bidder: int) -> int:
        """An award's id."""
        return self.number(key) * 1000 + lot * 20 + bidder


def party_id(found: Party) -> str:
    """A party's id."""
    return f"{found.scheme}-{found.inn}"


def party(found: Party, roles: list[str]) -> Record:
    """A party: without a name, as there."""
    place = found.place
    address = {
        "ateCode": place["ate"],
        "countryName": "Кыргызская Республика",
        "region": place["region_ru"],
        "district": place["district_ru"],
        "locality": place["locality_ru"],
        "streetAddress": found.street,
    }
    return {
        "id": party_id(found),
        "identifier": {
            "scheme": found.scheme,
            "id": found.inn,
            "legalName": found.name,
            "legalName_kg": found.name_kg,
        },
        "address": {name: value for name, value in address.items() if value},
        "roles": roles,
    }
