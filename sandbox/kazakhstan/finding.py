"""Which objects belong together: by announcement, by participant, by number."""

from collections.abc import Iterator

from sandbox.kazakhstan.contracts import contract_case, contract_number_sys
from sandbox.kazakhstan.entries import VERSIONS
from sandbox.kazakhstan.parties import Party
from sandbox.kazakhstan.view import View
from sandbox.kazakhstan.world import Key


def newest_first(view: View, keys: Iterator[Key]) -> list[Key]:
    """The objects that are shown, by id from the highest."""
    return sorted(filter(view.seen, keys), key=view.id, reverse=True)


def announcement(view: View, number_anno: str) -> Key | None:
    """The announcement of that number."""
    first, _, turn = number_anno.partition("-")
    if not (first.isdigit() and turn.isdigit()):
        return None
    family = view.world.find("buy", int(first), view.today)
    if family is None:
        return None
    for slot, entry in enumerate(view.world.script(family.case).rounds):
        key = Key("buy", family.case, slot)
        if entry.family == family.slot and entry.number == int(turn) and view.seen(key):
            return key
    return None


def contract(view: View, number_sys: str) -> Key | None:
    """The contract of that system number."""
    case = contract_case(number_sys)
    if case is None or not 0 <= case < view.cases:
        return None
    keys = (Key("contract", case, slot) for slot in range(len(view.world.script(case).deals)))
    return next((key for key in keys if view.seen(key) and contract_number_sys(view, key) == number_sys), None)


def bought_by(view: View, party: Party) -> Iterator[int]:
    """The cases of a buyer."""
    for bank, case in view.parties.cases_of_buyer(party, view.cases):
        if view.world.script(case).bank == bank:
            yield case


def organised_by(view: View, party: Party) -> list[Key]:
    """The announcements of an organiser."""
    cases = set(bought_by(view, party)) | set(view.parties.cases_of_organiser(party, view.cases))
    own = (case for case in cases if view.case(case).organiser.index == party.index)
    return newest_first(view, (key for case in own for key in _all(view, "buy", case)))


def lots_of_buyer(view: View, party: Party) -> list[Key]:
    """The lots of a buyer."""
    buys = (key for case in bought_by(view, party) for key in _all(view, "buy", case))
    return newest_first(view, (lot for buy in buys for lot in view.lot_keys(buy)))


def contracts_of_buyer(view: View, party: Party) -> list[Key]:
    """The contracts of a buyer."""
    return newest_first(view, (key for case in bought_by(view, party) for key in _all(view, "contract", case)))


def contracts_of_supplier(view: View, party: Party) -> list[Key]:
    """The contracts of a supplier."""
    found = set()
    for case, round_, bidder in view.parties.cases_of_supplier(party, view.cases):
        for slot, deal in enumerate(view.world.script(case).deals):
            if deal.round == round_ and deal.bidder == bidder:
                found.add(Key("contract", case, slot))
    return newest_first(view, iter(found))


def plans_of_buyer(view: View, party: Party) -> list[Key]:
    """The plan points of a buyer."""
    return newest_first(view, (key for case in bought_by(view, party) for key in plans_of_case(view, case)))


def plans_of_case(view: View, case: int) -> Iterator[Key]:
    """Every version of every plan point of a case."""
    for number, point in enumerate(view.world.script(case).points):
        for version in range(len(point.versions)):
            yield Key("plan", case, number * VERSIONS + version)


def _all(view: View, kind: str, case: int) -> Iterator[Key]:
    life = view.world.script(case)
    for slot in range(len(life.rounds if kind == "buy" else life.deals)):
        yield Key(kind, case, slot)
