"""Whatever a process goes through, its releases are valid and add up to what it is."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ocds_schema import json
from ocds_schema.json import Json
from ocds_schema.model import Process
from ocds_schema.validation import ReleaseValidator
from tests.support.kazakh_bundles import CONTEXT
from tests.support.kazakh_strategies import processes
from transformers.compiled import Merger
from transformers.difference import same_state
from transformers.release import build_release, release_date
from transformers.state import build_state

EXTENSIONS = CONTEXT.source.extensions
PERSONS = CONTEXT.source.person_numbers
VALIDATOR = ReleaseValidator(EXTENSIONS)
MERGER = Merger(EXTENSIONS)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@settings(max_examples=150, deadline=None)
@given(st.lists(processes, min_size=1, max_size=5))
def test_the_releases_of_any_history_compile_to_the_state(history: list[Process]) -> None:
    compiled: Json | None = None
    releases = []
    for number, process in enumerate(history):
        state = build_state(process, "ru", PERSONS).content
        release, content = build_release(
            "ocds-xxxxxx-kz-7-1",
            state,
            compiled,
            FIRST + timedelta(days=number),
            extensions=EXTENSIONS,
            persons=PERSONS,
        )
        assert VALIDATOR.is_valid(content), VALIDATOR.problems(content)
        assert release.tag
        compiled = json.decode(json.encode(MERGER.extend(compiled, content)))
        releases.append(json.decode(release.body))
        assert same_state(compiled, json.decode(json.encode(state)))

    assert json.encode(MERGER.compile(releases)) == json.encode(compiled)


@settings(max_examples=100, deadline=None)
@given(processes, processes)
def test_a_state_that_does_not_hold_is_told_apart(one: Process, other: Process) -> None:
    states = [json.decode(json.encode(build_state(process, "ru", PERSONS).content)) for process in (one, other)]
    compiled = MERGER.compile(
        [build_release("ocds-xxxxxx-kz-7-1", states[0], None, FIRST, extensions=EXTENSIONS, persons=PERSONS)[1]]
    )

    assert same_state(compiled, states[0])
    if states[0] != states[1] and same_state(compiled, states[1]):
        assert json.encode(states[1]) != json.encode(states[0])
        assert len(json.encode(states[1])) < len(json.encode(states[0]))


around_the_change = st.integers(0, 18 * 3600).map(
    lambda seconds: datetime(2024, 2, 29, 12, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(
    around_the_change,
    st.none() | around_the_change,
    around_the_change,
)
def test_a_release_is_always_later_than_the_one_before(
    previous: datetime, changed: datetime | None, as_of: datetime
) -> None:
    zone = CONTEXT.source.zone
    date = release_date(changed, previous, as_of, zone)

    assert date.astimezone(UTC) > previous
    assert date.isoformat() > previous.astimezone(zone).isoformat()
