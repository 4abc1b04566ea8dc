"""What a GraphQL filter lets through, with the faults of the portal's own filters."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sandbox.kazakhstan.names import snake
from sandbox.kazakhstan.view import Record, View
from sandbox.kazakhstan.world import Key

Filter = Mapping[str, Any]

DATES = frozenset(
    (
        *("publishDate", "lastUpdateDate", "indexDate", "crdate", "signDate", "dateCreate", "timestamp"),
        *("approveDate", "revokeDate", "dateApply"),
    )
)
IGNORED = frozenset({("TrdBuy", "publishDate"), ("TrdBuy", "refTrdBuySigns"), ("Lots", "refTrdBuySigns")})
"""Filters that are taken and change nothing."""
EMPTY = frozenset({("Lots", "plnPointRootrecordId")})
"""Filters under which nothing is ever found."""
FIRST_DAY, LAST_DAY = "0000-00-00", "9999-12-31 23:59:59"
_RANGES = frozenset({"totalSum", "amount"})
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "nameDescriptionRu": ("name_ru", "description_ru", "desc_ru", "extra_desc_ru"),
    "nameDescriptionKz": ("name_kz", "description_kz", "desc_kz", "extra_desc_kz"),
    "commonName": ("name_ru", "name_kz"),
    "nameOrFullNameRu": ("name_ru", "full_name_ru"),
    "nameOrFullNameKz": ("name_kz", "full_name_kz"),
}
_FIELDS: Mapping[str, str] = {"strKato": "kato"}


def working(root: str, asked: Filter) -> dict[str, Any] | None:
    """The filters the portal heeds; None where they leave nothing over."""
    heeded = {}
    for name, value in asked.items():
        if value is None or (root, name) in IGNORED:
            continue
        if (root, name) in EMPTY:
            return None
        if root == "Plans" and name in DATES:
            # A lower bound finds nothing, an upper one alone is not heeded.
            if bounds(value)[0] != FIRST_DAY:
                return None
            continue
        heeded[name] = value
    return heeded


def bounds(value: Sequence[str | None]) -> tuple[str, str]:
    """From and to, both included; a date without a time ends with the day."""
    first, last = ([*value, None, None])[:2]
    low = (first or FIRST_DAY).replace("T", " ")
    high = (last or LAST_DAY).replace("T", " ")
    return low, f"{high} 23:59:59" if len(high) == 10 else high[:19]


def predicate(name: str, value: Any) -> Callable[[Record], bool]:
    """Whether a record passes one filter."""
    field = _FIELDS.get(name, snake(name))
    if name in DATES:
        low, high = bounds(value)
        return lambda record: record[field] is not None and low <= record[field][:19] <= high
    if name in _TEXTS:
        words = str(value).strip("?*").casefold()
        fields = _TEXTS[name]
        return lambda record: any(words in (record.get(one) or "").casefold() for one in fields)
    if name in _RANGES and len(value) == 2:
        return lambda record: value[0] <= record[field] <= value[1]
    if isinstance(value, str):
        return _text(field, value)
    wanted = set(value) if isinstance(value, list) else {value}
    return lambda record: _meets(record[field], wanted)


def _text(field: str, value: str) -> Callable[[Record], bool]:
    if value.startswith(("?", "*")):
        words = value.strip("?*").casefold()
        return lambda record: words in (record[field] or "").casefold()
    return lambda record: _meets(record[field], {value})


def _meets(found: Any, wanted: set[Any]) -> bool:
    return not wanted.isdisjoint(found) if isinstance(found, list) else found in wanted


# Fields known without making the record

_Cheap = Callable[[View, Key], int]
CHEAP: Mapping[tuple[str, str], _Cheap] = {
    ("buy", "refBuyStatusId"): lambda view, key: view.status(key.case, view.round(key).stages),
    ("buy", "refTradeMethodsId"): lambda view, key: view.round(key).method,
    ("lot", "refBuyTradeMethodsId"): lambda view, key: view.round(key).method,
    ("lot", "refTradeMethodsId"): lambda view, key: view.world.script(key.case).method,
    ("plan", "refTradeMethodsId"): lambda view, key: view.world.script(key.case).method,
    ("contract", "refContractStatusId"): lambda view, key: view.status(key.case, view.deal(key).stages),
    ("contract", "refContractTypeId"): lambda view, key: 2 if view.deal(key).number else 1,
}


def cheap(kind: str, asked: Filter) -> Callable[[View, Key], bool]:
    """Whether an object passes those filters that need no record."""
    tests: list[tuple[_Cheap, set[Any]]] = []
    for name, value in asked.items():
        if (kind, name) in CHEAP:
            tests.append((CHEAP[kind, name], set(value) if isinstance(value, list) else {value}))
    return lambda view, key: all(test(view, key) in wanted for test, wanted in tests)


def passes(asked: Filter, done: Iterable[str]) -> list[Callable[[Record], bool]]:
    """The tests that are left for the record."""
    skip = set(done)
    return [predicate(name, value) for name, value in asked.items() if name not in skip]
