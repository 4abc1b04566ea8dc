"""goszakup.gov.kz, open web services v3: which listings make up a window, and which everything."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from extractors.base import Listed, Listing, Request, Revisit, Wanted, Window
from extractors.kazakhstan.links import links
from extractors.kazakhstan.listings import GRAPHQL_SIZE, REST_SIZE, GraphqlListing, GraphqlWanted, RestListing
from extractors.kazakhstan.values import first, whole
from ocds_schema.json import Json
from ocds_schema.raw import Links, Way

ZONE = ZoneInfo("Asia/Almaty")

LISTS = (
    ("plans/all", "plan"),
    ("trd-buy/all", "trd_buy"),
    ("lots", "lot"),
    ("trd-app", "trd_app"),
    ("contract/all", "contract"),
    ("plans/deleted", "plan_deleted"),
)

TABLES = (
    "ref_abp",
    "ref_amendm_agreem_justif",
    "ref_amendment_agreem_type",
    "ref_budget_type",
    "ref_buy_lot_reject_reason",
    "ref_buy_status",
    "ref_comm_roles",
    "ref_contract_agr_form",
    "ref_contract_cancel",
    "ref_contract_status",
    "ref_contract_type",
    "ref_contract_year_type",
    "ref_countries",
    "ref_currency",
    "ref_ekrb",
    "ref_finsource",
    "ref_fkrb_program",
    "ref_fkrb_subprogram",
    "ref_justification",
    "ref_kato",
    "ref_lots_status",
    "ref_months",
    "ref_pln_point_status",
    "ref_po_st",
    "ref_point_type",
    "ref_reason",
    "ref_subject_type",
    "ref_trade_methods",
    "ref_type_trade",
    "ref_units",
)

_CODED = frozenset({"ref_countries", "ref_currency", "ref_kato", "ref_units"})

# Payments and acts move a contract's index date, but not the date of its last change.
_WINDOW = (
    ("TrdBuy", "trd_buy", "lastUpdateDate"),
    ("Lots", "lot", "lastUpdateDate"),
    ("Contract", "contract", "lastUpdateDate"),
    ("Contract", "contract", "indexDate"),
    ("TrdApp", "trd_app", "dateApply"),
)


class Kazakhstan:
    """The portal of Kazakhstan, as the harvest needs to know it."""

    def probes(self) -> Sequence[Request]:
        """Give the request for the smallest table: 404 there means the token, not the data."""
        return (Request(path="/v3/refs/ref_subject_type"),)

    def listings(self, window: Window | None) -> Iterable[Listing]:
        """Give GraphQL lists filtered by date for a window; for everything, subjects, REST lists, tables and contracts.

        Only the GraphQL service gives a contract's items, acts and payments, an announcement's pauses and cancellation,
        and the files, so these are read once more: else the first window would tell of them as if they were new.
        Subjects name those whom REST knows by number; they are read first, before there are processes to change.
        """
        return _everything() if window is None else _changes(window)

    def wanted(self) -> Iterable[Wanted]:
        """Give the plan points that lots and contracts refer to, and the subjects that they do not name."""
        return (
            GraphqlWanted(name="Plans wanted", kind="plan", way="graphql", size=GRAPHQL_SIZE, root="Plans"),
            GraphqlWanted(
                name="Subjects wanted", kind="subject", way="graphql", size=GRAPHQL_SIZE, root="Subjects", keyed="pid"
            ),
        )

    def revisits(self) -> Iterable[Revisit]:
        """Give nothing: the portal tells of every change by its date."""
        return ()

    def listed(self) -> Sequence[Listed]:
        """Give the announcements, by the day they were published."""
        return (Listed(kind="trd_buy", day=_published_on, number=_number),)

    def links(self, kind: str, way: Way, fields: Json) -> Links:
        """Say how an object hangs together with others."""
        return links(kind, way, fields)


def _changes(window: Window) -> Iterator[Listing]:
    earliest, latest = wall_clock(window)
    for root, kind, dated in _WINDOW:
        yield GraphqlListing(
            name=f"{root} {dated} {earliest.replace(' ', 'T')}/{latest.replace(' ', 'T')}",
            kind=kind,
            way="graphql",
            size=GRAPHQL_SIZE,
            root=root,
            filters=((dated, [earliest, latest]),),
            dated=dated,
            earliest=earliest,
            latest=latest,
        )


def _everything() -> Iterator[Listing]:
    yield GraphqlListing(
        name="Subjects", kind="subject", way="graphql", size=GRAPHQL_SIZE, root="Subjects", keyed="pid"
    )
    for path, kind in LISTS:
        yield RestListing(name=path, kind=kind, way="rest", size=REST_SIZE, path=f"/v3/{path}")
    for table in TABLES:
        yield RestListing(
            name=f"refs/{table}",
            kind=table,
            way="rest",
            size=REST_SIZE,
            path=f"/v3/refs/{table}",
            keys=("code", "id") if table in _CODED else ("id", "code"),
            falling=False,
            optional=True,
        )
    for root, kind in (("TrdBuy", "trd_buy"), ("Lots", "lot"), ("Contract", "contract")):
        yield GraphqlListing(name=root, kind=kind, way="graphql", size=GRAPHQL_SIZE, root=root)


def _published_on(fields: Json) -> date | None:
    raw = first(fields, "publish_date", "publishDate")
    try:
        return date.fromisoformat(str(raw)[:10])
    except ValueError:
        return None


def _number(fields: Json) -> int | None:
    found = whole(fields.get("id"))
    return int(found) if found else None


def wall_clock(window: Window) -> tuple[str, str]:
    """Give a window's ends as the portal's clock shows them, to the second, nothing inside left out.

    Where the clock was set back inside the window, as in Almaty on 1 March 2024, both ends are moved out by as much.
    """
    first, until = window.first.astimezone(ZONE), window.until.astimezone(ZONE)
    back = max(timedelta(), (first.utcoffset() or timedelta()) - (until.utcoffset() or timedelta()))
    latest = until + timedelta(seconds=1) if until.microsecond else until
    return _text(first - back), _text(latest + back)


def _text(moment: datetime) -> str:
    # Wall-clock arithmetic is meant: the zone is dropped before it could correct it.
    return moment.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
