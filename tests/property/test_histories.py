"""A process lives: it is changed, cut, cancelled and opened again. Its releases tell all of it, and nothing twice."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import ocdsmerge
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.model import (
    Amendment,
    Award,
    Bid,
    Budget,
    Contract,
    Lot,
    Money,
    Organization,
    Planning,
    Process,
    Tender,
    Text,
    Transaction,
)
from ocds_schema.schema import release_schema
from ocds_schema.validation import ReleaseValidator
from tests.support.kazakh_bundles import CONTEXT
from transformers.compiled import Merger
from transformers.difference import same_state
from transformers.release import build_release, release_date
from transformers.state import build_state

EXTENSIONS = CONTEXT.source.extensions
PERSONS = CONTEXT.source.person_numbers
VALIDATOR = ReleaseValidator(EXTENSIONS)
MERGER = Merger(EXTENSIONS)
REFERENCE = ocdsmerge.Merger(release_schema(EXTENSIONS))
FIRST = datetime(2024, 2, 27, tzinfo=UTC)
BUYER = Organization(id="KZ-BIN-1", name=Text(main="Школа"))
SECTIONS = ("planning", "tender", "award", "contract", "implementation")


@dataclass
class Life:
    """A process, and the lots that were taken out of it."""

    process: Process
    removed: list[Lot] = field(default_factory=list)

    @property
    def tender(self) -> Tender:
        assert self.process.tender is not None
        return self.process.tender

    def set(self, **members: Any) -> None:
        self.process = replace(self.process, **members)

    def set_tender(self, **members: Any) -> None:
        self.set(tender=replace(self.tender, **members))

    def set_first(self, name: str, **members: Any) -> None:
        first, *others = getattr(self.process, name)
        self.set(**{name: (replace(first, **members), *others)})


def money(amount: int) -> Money:
    return Money(amount=Decimal(amount), currency="KZT")


def born() -> Life:
    lots = (Lot(id="1", title=Text(main="Парты"), value=money(100)), Lot(id="2", title=Text(main="Стулья")))
    tender = Tender(id="7-1", title=Text(main="Мебель"), status="active", procuring_entity=BUYER, lots=lots)
    return Life(Process(buyer=BUYER, tender=tender))


def add_a_lot(life: Life, number: int) -> str:
    if f"{number}" in {lot.id for lot in (*life.tender.lots, *life.removed)}:
        return ""
    lots = (*life.tender.lots, Lot(id=f"{number}", value=money(number)))
    life.set_tender(lots=tuple(sorted(lots, key=lambda one: one.id)))
    return "tenderUpdate"


def change_a_value(life: Life, number: int) -> str:
    life.set_tender(value=money(number))
    return "tenderUpdate"


def delete_a_value(life: Life, number: int) -> str:
    life.set_tender(**{["title", "value", "procuring_entity"][number % 3]: None})
    return "tenderUpdate"


def remove_a_lot(life: Life, number: int) -> str:
    if not life.tender.lots:
        return ""
    lots = list(life.tender.lots)
    life.removed.append(lots.pop(number % len(lots)))
    life.set_tender(lots=tuple(lots))
    return "tenderUpdate"


def restore_a_lot(life: Life, number: int) -> str:
    if not life.removed:
        return ""
    lot = life.removed.pop(number % len(life.removed))
    # In the order of ids, as portals list them: an order alone is nothing that a release could tell.
    life.set_tender(lots=tuple(sorted((*life.tender.lots, lot), key=lambda one: one.id)))
    return "tenderUpdate"


def cancel(life: Life, _: int) -> str:
    life.set_tender(status="cancelled")
    return "tenderCancellation"


def open_again(life: Life, _: int) -> str:
    life.set_tender(status="active")
    return "tenderUpdate"


def plan(life: Life, number: int) -> str:
    tag = "planningUpdate" if life.process.planning else "planning"
    life.set(planning=Planning(budget=Budget(amount=money(number))))
    return tag


def bid(life: Life, number: int) -> str:
    if f"{number}" in {one.id for one in life.process.bids}:
        return ""
    life.set(bids=(*life.process.bids, Bid(id=f"{number}", value=money(number))))
    return "tenderUpdate"


def award(life: Life, number: int) -> str:
    if f"{number}" in {one.id for one in life.process.awards}:
        return ""
    life.set(awards=(*life.process.awards, Award(id=f"{number}", status="active", value=money(number))))
    return "award"


def cancel_an_award(life: Life, _: int) -> str:
    if not life.process.awards:
        return ""
    life.set_first("awards", status="cancelled")
    return "awardCancellation"


def sign(life: Life, number: int) -> str:
    if f"{number}" in {one.id for one in life.process.contracts}:
        return ""
    life.set(contracts=(*life.process.contracts, Contract(id=f"{number}", award="1", status="active")))
    return "contract"


def amend(life: Life, number: int) -> str:
    if not life.process.contracts:
        return ""
    first = life.process.contracts[0]
    amendments = (*first.amendments, Amendment(id=f"{len(first.amendments) + 1}", date=FIRST))
    life.set_first("contracts", value=money(number), amendments=amendments)
    return "contractAmendment"


def terminate(life: Life, _: int) -> str:
    if not life.process.contracts:
        return ""
    life.set_first("contracts", status="terminated")
    return "contractTermination"


def take_up_again(life: Life, _: int) -> str:
    if not life.process.contracts:
        return ""
    life.set_first("contracts", status="active")
    return "contractUpdate"


def pay(life: Life, number: int) -> str:
    if not life.process.contracts:
        return ""
    paid = life.process.contracts[0].transactions
    life.set_first("contracts", transactions=(*paid, Transaction(id=f"{len(paid) + 1}", value=money(number))))
    return "implementationUpdate" if paid else "implementation"


ACTS: tuple[Callable[[Life, int], str], ...] = (
    add_a_lot,
    change_a_value,
    delete_a_value,
    remove_a_lot,
    restore_a_lot,
    cancel,
    open_again,
    plan,
    bid,
    award,
    cancel_an_award,
    sign,
    amend,
    terminate,
    take_up_again,
    pay,
)
Act = tuple[Callable[[Life, int], str], int]
Step = tuple[list[Act], int]
"""What happens between two harvests, and by how many seconds the portal's clock moves on."""

acts = st.tuples(st.sampled_from(ACTS), st.integers(1, 5))
steps = st.tuples(st.lists(acts, min_size=1, max_size=3), st.integers(-3600, 36 * 3600) | st.just(0))
WHOLE_LIFE: list[Step] = [([(act, 3)], 0) for act in (*ACTS, add_a_lot, restore_a_lot, open_again)]


@dataclass
class Told:
    """What was told of a life: each release with the state before and now, and the tags that the acts lead to."""

    releases: list[Json]
    compiled: Json
    state: Json
    before: Json
    expected: list[str]


def state_of(life: Life) -> Json:
    return json.decode(json.encode(build_state(life.process, "ru", PERSONS).content))


def histories(story: list[Step], ocid: str = "ocds-xxxxxx-kz-7-1") -> list[Told]:
    """Tell a story as the pipeline does: a release wherever the state has moved."""
    told: list[Told] = []
    life, changed, date = born(), FIRST, None
    for number, (some, seconds) in enumerate([([], 0), *story]):
        before = told[-1].state if told else None
        expected = [act(life, value) for act, value in some]
        changed += timedelta(seconds=seconds)
        if (state := state_of(life)) == before:
            continue
        date = release_date(changed, date, FIRST + timedelta(days=number), CONTEXT.source.zone)
        compiled = told[-1].compiled if told else None
        _, content = build_release(ocid, state, compiled, date, extensions=EXTENSIONS, persons=PERSONS)
        release = json.decode(json.encode(content))
        releases = [*(told[-1].releases if told else ()), release]
        extended = json.decode(json.encode(MERGER.extend(compiled, release)))
        told.append(Told(releases, extended, state, before, [tag for tag in expected if tag]))
    return told


def section(state: Json, name: str) -> Json:
    """A section as the tags part the release: bids belong to the tender, what becomes of a contract stands apart."""
    contracts = state.get("contracts", [])
    parted = {
        "planning": state.get("planning"),
        "tender": [state.get("tender"), state.get("bids")],
        "award": state.get("awards"),
        "contract": [{key: one[key] for key in one if key != "implementation"} for one in contracts],
        "implementation": {one["id"]: one["implementation"] for one in contracts if "implementation" in one},
    }
    return parted[name]


def lives(test: Callable[[list[Step]], None]) -> Callable[[], None]:
    return settings(max_examples=80, deadline=None)(
        given(st.lists(steps, max_size=8))(example(WHOLE_LIFE)(example(WHOLE_LIFE[::-1])(test)))
    )


@lives
def test_the_compiled_release_is_the_state(story: list[Step]) -> None:
    for told in histories(story):
        assert same_state(told.compiled, told.state)


@lives
def test_every_release_is_valid_alone(story: list[Step]) -> None:
    for release in histories(story)[-1].releases:
        assert VALIDATOR.is_valid(release), VALIDATOR.problems(release)


@lives
def test_tags_name_the_sections_that_changed_and_no_other(story: list[Step]) -> None:
    for told in histories(story)[1:]:
        tags = told.releases[-1]["tag"]
        named = {next(name for name in SECTIONS if tag.startswith(name)) for tag in tags}
        assert named == {name for name in SECTIONS if section(told.before, name) != section(told.state, name)}
        if len(told.expected) == 1:
            assert tags == told.expected


@pytest.mark.parametrize(
    ("acts", "tag"),
    [
        ([add_a_lot], "tenderUpdate"),
        ([change_a_value], "tenderUpdate"),
        ([delete_a_value], "tenderUpdate"),
        ([remove_a_lot], "tenderUpdate"),
        ([remove_a_lot, restore_a_lot], "tenderUpdate"),
        ([cancel], "tenderCancellation"),
        ([cancel, open_again], "tenderUpdate"),
        ([plan], "planning"),
        ([plan, plan], "planningUpdate"),
        ([bid], "tenderUpdate"),
        ([award], "award"),
        ([award, cancel_an_award], "awardCancellation"),
        ([sign], "contract"),
        ([sign, amend], "contractAmendment"),
        ([sign, terminate], "contractTermination"),
        ([sign, terminate, take_up_again], "contractUpdate"),
        ([sign, pay], "implementation"),
        ([sign, pay, pay], "implementationUpdate"),
    ],
)
def test_a_release_after_each_act_has_the_tag_of_the_last(acts: list[Callable[[Life, int], str]], tag: str) -> None:
    told = histories([([(act, number)], 0) for number, act in enumerate(acts, 3)])

    assert len(told) == len(acts) + 1
    assert told[-1].releases[-1]["tag"] == [tag]


@lives
def test_ids_and_dates_never_collide_and_dates_rise(story: list[Step]) -> None:
    releases = histories(story)[-1].releases
    others = histories(story, "ocds-xxxxxx-kz-7-2")[-1].releases
    ids = [release["id"] for release in (*releases, *others)]
    dates = [release["date"] for release in releases]
    moments = [datetime.fromisoformat(date) for date in dates]

    assert len(set(ids)) == len(ids)
    assert dates == sorted(set(dates))
    assert moments == sorted(set(moments))


@lives
def test_merging_is_what_ocdsmerge_does_byte_for_byte(story: list[Step]) -> None:
    releases = histories(story)[-1].releases
    compiled = REFERENCE.create_compiled_release(copy.deepcopy(releases))
    versioned = REFERENCE.create_versioned_release(copy.deepcopy(releases))

    assert json.encode(MERGER.compile(releases)) == json.encode(compiled)
    assert json.encode(MERGER.version(releases)) == json.encode(versioned)
    assert json.encode(histories(story)[-1].compiled) == json.encode(compiled)
