"""The legacy portal's lists: which columns they have, and their rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from sandbox.dice import Dice
from sandbox.kyrgyzstan import texts
from sandbox.kyrgyzstan.faces import Ids
from sandbox.kyrgyzstan.markup import Cell, Sheet, submit
from sandbox.kyrgyzstan.parties import Party
from sandbox.kyrgyzstan.view import View
from sandbox.kyrgyzstan.world import BIDDERS, Key

_BREAK = "<br/><br/>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list: its page, what it lists, how many rows a page has, and how a row is made.

    `form` and `table` name the members of `Ids` that hold the ids of its form and its table.
    """

    path: str
    title: str
    kind: str
    size: int
    form: str
    table: str
    columns: Sequence[str]
    cells: "Callable[[View, Sheet, Ids, int], tuple[str, list[Cell]]]"

    def total(self, view: View) -> int:
        """How many rows there are."""
        if self.kind == "entity":
            return view.parties.buyers
        return view.parties.suppliers if self.kind == "supplier" else view.total(self.kind)

    def rows(self, view: View, sheet: Sheet, ids: Ids, first: int, count: int) -> str:
        """So many rows from a place on."""
        places = range(first, min(first + count, self.total(view)))
        made = [(place, *self.cells(view, sheet, ids, place)) for place in places]
        return "".join(sheet.row(cells, index=place, key=key) for place, key, cells in made) or sheet.empty(
            len(self.columns)
        )


def newest(view: View, kind: str, place: int) -> Key:
    """The object at a place of a list that begins with the newest."""
    return view.newest(kind, place, 1)[0]


def _order(view: View, sheet: Sheet, _: Ids, place: int) -> tuple[str, list[Cell]]:
    key = newest(view, "order", place)
    case, found = view.case(key.case), view.world.announcement(key)
    number, address = view.world.id(key), sheet.label("open")
    deadline = f"{view.deadline(key, found):%d.%m.%Y %H:%M}"
    if view.is_opened(key):
        deadline += (
            f' <a href="view.xhtml?id={number}" class="order-status-opened" title="{sheet.label("protocol")}"></a>'
        )
    link = f'<a href="view.xhtml?id={number}" target="_blank" title="{address}"><i class="fa fa-external-link"></i></a>'
    return str(number), [
        ("number_sign", view.number(key)),
        ("list_organization", escape(case.buyer.name)),
        ("category", texts.CATEGORIES[case.life.category][sheet.language == "en"]),
        ("title", f'<span class="nameTender">{escape(case.title_of(key.slot))}</span>'),
        ("open", link),
        ("method", texts.methods()[case.life.method][sheet.language]),
        ("planned_amount", sheet.amount(case.amount)),
        ("list_published", f"{view.world.at(key):%d.%m.%Y %H:%M}"),
        ("deadline", deadline),
    ]


def _winner(view: View, sheet: Sheet, _: Ids, place: int) -> tuple[str, list[Cell]]:
    key = newest(view, "winner", place)
    case, (turn, bidder) = view.case(key.case), divmod(key.slot, BIDDERS)
    order = view.order_of(key)
    lots = case.won(turn, bidder)
    number = view.number(order)
    dice = Dice(view.seed, "contract", key.case, key.slot)
    return "", [
        ("number_sign", str(place + 1)),
        ("announcement_number", number),
        ("title", escape(case.title_of(turn))),
        ("winner", escape(case.bidder(turn, bidder).name)),
        ("lot_number", _BREAK.join(case.lots[lot].number for lot in lots)),
        ("planned_amounts", _BREAK.join(sheet.amount(case.lots[lot].amount) for lot in lots)),
        ("offered_prices", _BREAK.join(sheet.amount(case.bid(turn, bidder, lot)) for lot in lots)),
        ("contract_prices", _BREAK.join(sheet.amount(case.contracted(turn, bidder, lot)) for lot in lots)),
        ("contract_number", f"{number}/{bidder + 1}" if dice.chance(850) else f"№ {dice.between(1, 99)}-{bidder}"),
        ("signed", f"{view.signed(key):%Y-%m-%d}"),
    ]


def _direct(kind: str) -> "Callable[[View, Sheet, Ids, int], tuple[str, list[Cell]]]":
    """Contracts without a notice."""

    def cells(view: View, sheet: Sheet, ids: Ids, place: int) -> tuple[str, list[Cell]]:
        del sheet
        key = newest(view, kind, place)
        case = view.case(key.case)
        button = f"{ids.form_table}:{place}:{ids.link}"
        return str(view.world.id(key)), [
            ("number_sign", str(place + 1)),
            ("contract_number", submit(ids.form, button, contract_number(view, key))),
            ("organization", escape(case.buyer.name)),
            ("supplier", escape(case.seller().name)),
            ("type", contract_type(view, key)),
            ("signed", f"{view.signed(key):%Y-%m-%d}"),
        ]

    return cells


def contract_number(view: View, key: Key) -> str:
    """The number of a contract without a notice; different buyers use the same ones."""
    dice = Dice(view.seed, "direct", key.case)
    return f"{dice.between(1, 400)}/{view.signed(key):%y}" if dice.chance(600) else f"№{dice.between(1, 90)}"


def contract_type(view: View, key: Key) -> str:
    """Why there was no notice."""
    if key.kind == "central":
        return "Централизованная закупка"
    return Dice(view.seed, "type", key.case).pick(texts.CONTRACT_TYPES)


def _party(view: View, _: Sheet, ids: Ids, index: int, place: int) -> tuple[str, list[Cell]]:
    party: Party = view.parties.party(index)
    day, month, year = party.registered
    return "", [
        ("inn", party.inn),
        ("list_organization", submit(ids.form, f"{ids.table}:{place}:{ids.link}", party.name)),
        ("legal_form", party.legal_form),
        ("status", "Активный" if index % 23 else "Заблокирован"),
        ("registered", f"{day:02d}.{month:02d}.{max(2015, year)}"),
    ]


def _entity(view: View, sheet: Sheet, ids: Ids, place: int) -> tuple[str, list[Cell]]:
    return _party(view, sheet, ids, place, place)


def _supplier(view: View, sheet: Sheet, ids: Ids, place: int) -> tuple[str, list[Cell]]:
    return _party(view, sheet, ids, view.parties.buyers + place, place)


_ORDER = (
    "number_sign",
    "list_organization",
    "category",
    "title",
    "open",
    "method",
    "planned_amount",
    "list_published",
    "deadline",
)
_WINNER = ("number_sign", "announcement_number", "title", "winner", "lot_number", "planned_amounts")
_PRICES = ("offered_prices", "contract_prices", "contract_number", "signed")
_DIRECT = ("number_sign", "contract_number", "organization", "supplier", "type", "signed")
_PARTY = ("inn", "list_organization", "legal_form", "status", "registered")
_FOUND = (
    Listing(
        path="/popp/view/order/list.xhtml",
        title="Объявления",
        kind="order",
        size=10,
        form="list_form",
        table="list_table",
        columns=_ORDER,
        cells=_order,
    ),
    Listing(
        path="/popp/view/order/winners.xhtml",
        title="Победители",
        kind="winner",
        size=10,
        form="form",
        table="table",
        columns=(*_WINNER, *_PRICES),
        cells=_winner,
    ),
    Listing(
        path="/popp/view/order/single_source_procurement.xhtml",
        title="Закупки методом прямого заключения договора",
        kind="single",
        size=50,
        form="form",
        table="form_table",
        columns=_DIRECT,
        cells=_direct("single"),
    ),
    Listing(
        path="/popp/view/order/centralized_procurement.xhtml",
        title="Централизованные закупки",
        kind="central",
        size=50,
        form="form",
        table="form_table",
        columns=_DIRECT,
        cells=_direct("central"),
    ),
    Listing(
        path="/popp/view/services/registry/procurementEntities.xhtml",
        title="Реестр закупающих организаций",
        kind="entity",
        size=50,
        form="form",
        table="table",
        columns=_PARTY,
        cells=_entity,
    ),
    Listing(
        path="/popp/view/services/registry/suppliers.xhtml",
        title="Реестр поставщиков",
        kind="supplier",
        size=50,
        form="form",
        table="table",
        columns=_PARTY,
        cells=_supplier,
    ),
)
LISTINGS = {listing.path: listing for listing in _FOUND}
"""The lists, by their pages."""
