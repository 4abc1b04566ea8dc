"""The REST services: which path answers with what."""

import re
from collections.abc import Callable, Iterator, Sequence

from sandbox.dice import Dice
from sandbox.kazakhstan import contracts, fields, finding, people, planning, refs, settlement, tenders
from sandbox.kazakhstan.answers import Ask, NotFoundError, chosen, listed, page
from sandbox.kazakhstan.journal import journal
from sandbox.kazakhstan.parties import Party
from sandbox.kazakhstan.view import Record, View
from sandbox.kazakhstan.world import Key

Maker = Callable[[View, Key], Record]
Service = Callable[[View, Ask, str], Record | list[Record]]
GONE = "Страница не найдена."


def _all(kind: str, maker: Maker, names: Sequence[str], path: str = "") -> Service:
    """A list of everything of a kind, a page at a time."""

    def answer(view: View, ask: Ask, _: str) -> Record:
        found = view.world.newest_first(kind, view.today, ask.after_id, ask.back)
        total = view.world.total(kind, view.today)
        return page(ask, total=total, found=found, record=lambda key: chosen(maker(view, key), names), path=path)

    return answer


def _one(kind: str, maker: Maker, names: Sequence[str]) -> Service:
    """One object by its id."""

    def answer(view: View, _: Ask, number: str) -> Record:
        key = view.world.find(kind, int(number), view.today)
        if key is None:
            raise NotFoundError(GONE)
        return chosen(maker(view, key), names)

    return answer


def _of_party(find: Callable[[View, Party], list[Key]], maker: Maker, names: Sequence[str]) -> Service:
    """A participant's objects."""

    def answer(view: View, ask: Ask, biin: str) -> Record:
        party = view.parties.by_biin(biin)
        found = find(view, party) if party else []
        return listed(ask, found, lambda key: chosen(maker(view, key), names), view.id)

    return answer


def _of_buy(find: Callable[[View, Key], Iterator[Key]], maker: Maker, names: Sequence[str]) -> Service:
    """What belongs to the announcement of that number."""

    def answer(view: View, ask: Ask, number_anno: str) -> Record:
        buy = finding.announcement(view, number_anno)
        found = finding.newest_first(view, find(view, buy)) if buy else []
        return listed(ask, found, lambda key: chosen(maker(view, key), names), view.id)

    return answer


def _decisions(maker: Callable[[View, Key], list[Record]], names: Sequence[str] = ()) -> Service:
    """The decisions on an announcement."""

    def answer(view: View, ask: Ask, number: str) -> Record:
        key = view.world.find("buy", int(number), view.today)
        found = maker(view, key) if key else []
        return listed(ask, found, lambda one: chosen(one, names or list(one)), lambda one: int(one["id"]))

    return answer


def _buy_by_number(view: View, _: Ask, number_anno: str) -> Record:
    key = finding.announcement(view, number_anno)
    if key is None:
        raise NotFoundError(GONE)
    return chosen(tenders.buy(view, key), fields.BUY_ALL)


def _lots_of_id(view: View, ask: Ask, number: str) -> Record:
    buy = view.world.find("buy", int(number), view.today)
    found = finding.newest_first(view, view.lot_keys(buy)) if buy else []
    return listed(ask, found, lambda key: chosen(tenders.lot(view, key), fields.LOT), view.id)


def _app(view: View, key: Key) -> Record:
    record = tenders.app(view, key)
    lots = [chosen(one, fields.APP_LOT) for one in record["app_lots"]]
    return record | {"app_lots": lots}


def _contract(view: View, key: Key) -> Record:
    return chosen(contracts.contract(view, key), (*fields.CONTRACT_ALL, *fields.CONTRACT_NOW))


def _contract_by_number(view: View, ask: Ask, _: str) -> Record:
    key = finding.contract(view, ask.query.get("number", ""))
    if key is None:
        raise NotFoundError(GONE)
    return _contract(view, key)


def _units(view: View, ask: Ask, number: str) -> Record:
    key = view.world.find("contract", int(number), view.today)
    found = contracts.unit_records(view, key) if key else []
    found.reverse()
    return listed(ask, found, lambda one: chosen(one, fields.UNIT), lambda one: int(one["id"]))


def _payments(view: View, ask: Ask, number: str) -> Record:
    key = view.world.find("contract", int(number), view.today)
    found = finding.newest_first(view, view.parts("pay", key)) if key else []
    return listed(ask, found, lambda one: chosen(settlement.payment(view, one), fields.PAY), view.id)


def _plan_of_bin(view: View, key: Key) -> Record:
    record = chosen(planning.plan(view, key), fields.PLAN_ALL)
    places = [chosen(planning.kato(view, place), fields.KATO) for place in planning.kato_keys(view, key)]
    line = chosen(planning.spec(view, Key("spec", key.case, key.slot)), fields.SPEC)
    return record | {"kato": places, "spec": [line]}


def _plan_view(view: View, _: Ask, number: str) -> Record:
    key = view.world.find("plan", int(number), view.today)
    if key is None:
        raise NotFoundError(GONE)
    record = chosen(planning.plan(view, key), fields.PLAN_ALL)
    places = [chosen(planning.kato(view, place), fields.KATO_VIEW) for place in planning.kato_keys(view, key)]
    line = chosen(planning.spec(view, Key("spec", key.case, key.slot)), fields.SPEC)
    line["ref_subprogram_code"] = line.pop("ref_fkrb_subprogram_id")
    line["ref_program_code"] = line.pop("ref_fkrb_program_id")
    return record | {"kato": places, "spec": [line]}


def _buyers(view: View, ask: Ask, _: str) -> Record:
    """Those who have plans."""
    buyers = view.parties.buyers

    def record(party: Party) -> Record:
        count = len(finding.plans_of_buyer(view, party))
        names = {"name_ru": party.name_ru, "name_kz": party.name_kz}
        return {"pid": party.pid, "bin": party.biin} | names | {"doc_count": count}

    found = view.parties.newest_first(ask.after_id, buyers)
    return page(ask, total=len(buyers), found=found, record=record, cursor="pid")


def _subjects(names: Sequence[str]) -> Service:
    def answer(view: View, ask: Ask, _: str) -> Record:
        found = view.parties.newest_first(ask.after_id)

        def record(party: Party) -> Record:
            return chosen(people.subject(view, party), names)

        return page(ask, total=len(view.parties), found=found, record=record, cursor="pid")

    return answer


def _subject(by_pid: bool) -> Service:
    def answer(view: View, _: Ask, number: str) -> Record:
        party = view.parties.by_pid(int(number)) if by_pid else view.parties.by_biin(number)
        if party is None:
            raise NotFoundError("Компания не найдена")
        record = chosen(people.subject(view, party), fields.SUBJECT_ALL)
        places = people.addresses(view, party)
        return record | {"total_address": len(places), "address": places, "admins": []}

    return answer


def _addresses(view: View, ask: Ask, biin: str) -> Record:
    party = view.parties.by_biin(biin)
    found = people.addresses(view, party) if party else []
    return listed(ask, found, lambda one: one, lambda one: int(one["id"]))


def _employees(_: View, ask: Ask, __: str) -> Record:
    """Nobody: the stand-in invents no persons."""
    nobody: list[Record] = []
    return listed(ask, nobody, lambda one: one, lambda one: int(one["id"]))


def _unfair(view: View, ask: Ask, _: str) -> Record:
    indexes = view.parties.unfair
    last = len(view.parties) if ask.after_id is None else ask.after_id - people.FIRST_UNFAIR
    found = (view.parties.party(index) for index in reversed(indexes) if index < last)

    def record(party: Party) -> Record:
        return chosen(people.unfair(view, party), fields.RNU_SHORT)

    return page(ask, total=len(indexes), found=found, record=record)


def _unfair_one(view: View, ask: Ask, biin: str) -> Record:
    party = view.parties.by_biin(biin)
    if party is None or party.index not in view.parties.unfair:
        raise NotFoundError("Поставщик не найден в реестре")
    entry = people.unfair(view, party)
    entry.pop("_party")
    return listed(ask, [entry | {"pid": party.pid}], lambda one: one, lambda one: int(one["id"]))


def _commission(view: View, key: Key) -> list[Record]:
    organiser = view.case(key.case).organiser
    names = ("ref_comm_roles_id", "active")
    roles = [dict(zip(names, (role, 1), strict=True)) for role in (3, 2, 1)]
    day = view.stamps(key)[1]
    fio = Dice(view.seed, "commission", key.case).pick(("Сейтказы А.", "Мұқан Б.", "Ким В."))
    return [
        {"id": view.id(key) * 4 + 3 - index, "trd_buy_id": view.id(key), "fio": fio}
        | role
        | {"bin": organiser.biin, "system_id": tenders.SYSTEM, "index_date": day}
        for index, role in enumerate(roles)
    ]


def _table(view: View, ask: Ask, name: str) -> Record:
    del view
    rows = refs.table(name)
    if rows is None:
        raise NotFoundError("Справочник не найден")
    cursor = "id" if "id" in next(iter(rows.values())) else "code"
    found = list(rows.values())
    if ask.after is not None:
        places = [index for index, one in enumerate(found) if str(one[cursor]) == ask.after]
        found = found[places[0] + 1 :] if places else []
    return page(ask, total=len(rows), found=found, record=lambda one: one, cursor=cursor)


def _row(view: View, ask: Ask, name: str) -> Record:
    del view, ask
    table, _, key = name.partition("/")
    rows = refs.table(table)
    if rows is None:
        raise NotFoundError("Справочник не найден")
    found = next((one for one in rows.values() if str(one.get("id", one.get("code"))) == key), None)
    if found is None:
        raise NotFoundError(GONE)
    return found


_CONTRACT_FULL = (*fields.CONTRACT_ALL, *fields.CONTRACT_NOW)
_NUMBER = r"(\d{1,10})"
_BIIN = r"(\d{12})"
_SERVICES: tuple[tuple[str, Service], ...] = (
    ("journal", journal),
    ("subject", _subjects(fields.SUBJECT_SHORT)),
    ("subject/all", _subjects(fields.SUBJECT_ALL)),
    (rf"subject/biin/{_BIIN}/address", _addresses),
    (rf"subject/biin/{_BIIN}/employees", _employees),
    (r"subject/biin/(\w+)", _subject(by_pid=False)),
    (rf"subject/{_NUMBER}", _subject(by_pid=True)),
    ("rnu", _unfair),
    (r"rnu/(\w+)", _unfair_one),
    ("plans", _buyers),
    ("plans/all", _all("plan", planning.plan, fields.PLAN_ALL, "/v3/plans/all/")),
    (rf"plans/view/{_NUMBER}", _plan_view),
    ("plans/kato", _all("kato", planning.kato, fields.KATO)),
    ("plans/spec", _all("spec", planning.spec, fields.SPEC)),
    ("plans/deleted", _all("plan_deleted", planning.deleted, fields.PLAN_DELETED)),
    (r"plans/(\w+)", _of_party(finding.plans_of_buyer, _plan_of_bin, (*fields.PLAN_ALL, "kato", "spec"))),
    ("trd-buy", _all("buy", tenders.buy, fields.BUY_SHORT)),
    ("trd-buy/all", _all("buy", tenders.buy, fields.BUY_ALL)),
    (r"trd-buy/bin/(\w+)", _of_party(finding.organised_by, tenders.buy, fields.BUY_SHORT)),
    (r"trd-buy/number-anno/([\w-]+)", _buy_by_number),
    (rf"trd-buy/{_NUMBER}", _one("buy", tenders.buy, fields.BUY_ALL)),
    (rf"trd-buy/{_NUMBER}/commission", _decisions(_commission)),
    (rf"trd-buy/{_NUMBER}/pause", _decisions(tenders.suspension, fields.PAUSE)),
    (rf"trd-buy/{_NUMBER}/cancel", _decisions(tenders.cancellation)),
    ("trd-app", _all("app", _app, fields.APP)),
    ("lots", _all("lot", tenders.lot, fields.LOT, "/lots")),
    (r"lots/number-anno/([\w-]+)", _of_buy(View.lot_keys, tenders.lot, fields.LOT)),
    (rf"lots/trd-buy/{_NUMBER}", _lots_of_id),
    (r"lots/bin/(\w+)", _of_party(finding.lots_of_buyer, tenders.lot, fields.LOT)),
    (rf"lots/{_NUMBER}", _one("lot", tenders.lot, fields.LOT)),
    ("contract", _all("contract", contracts.contract, fields.CONTRACT_SHORT)),
    ("contract/all", _all("contract", contracts.contract, fields.CONTRACT_ALL)),
    (r"contract/number-anno/([\w-]+)", _of_buy(View.deals_of, contracts.contract, fields.CONTRACT_SHORT)),
    (r"contract/supplier/(\w+)", _of_party(finding.contracts_of_supplier, contracts.contract, fields.CONTRACT_SHORT)),
    (r"contract/customer/(\w+)", _of_party(finding.contracts_of_buyer, contracts.contract, fields.CONTRACT_SHORT)),
    ("contract/number-sys", _contract_by_number),
    ("contract/number", _contract_by_number),
    (rf"contract/{_NUMBER}", _one("contract", contracts.contract, _CONTRACT_FULL)),
    (rf"contract/{_NUMBER}/units", _units),
    ("acts", _all("act", settlement.act, fields.ACT)),
    (rf"acts/{_NUMBER}", _one("act", settlement.act, fields.ACT)),
    ("treasury-pay", _all("pay", settlement.payment, fields.PAY)),
    (rf"treasury-pay/{_NUMBER}", _payments),
    (r"refs/(\w+)", _table),
    (r"refs/(\w+/\w+)", _row),
)
_PATTERNS = tuple((re.compile(rf"/v3/{pattern}/?"), service) for pattern, service in _SERVICES)


def answer(view: View, ask: Ask) -> Record | list[Record]:
    """What the portal answers to a GET.

    Raises:
        NotFoundError: there is no such path, or nothing at it.
    """
    for pattern, service in _PATTERNS:
        if found := pattern.fullmatch(ask.path):
            return service(view, ask, found.group(1) if found.re.groups else "")
    raise NotFoundError(GONE)
