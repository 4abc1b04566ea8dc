import random

import pytest

from ocds_pipeline.store.bodies import FIRST_DICTIONARY, Bodies, dictionary_of, train

SAMPLES = [
    f'{{"id":{number},"name_ru":"Капитальный ремонт школы № {number % 7}"}}'.encode() * 3 for number in range(900)
]


def with_dictionary() -> tuple[Bodies, int]:
    number = FIRST_DICTIONARY + 1
    content = train(SAMPLES, number)
    assert content is not None
    bodies = Bodies()
    bodies.add(number, content)
    return bodies, number


def read(bodies: Bodies, frames: list[bytes]) -> list[bytes]:
    return bodies.read(frames, [dictionary_of(frame) for frame in frames])


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 901])
@pytest.mark.parametrize("body", [b"", b"x", b"{}" * 1000])
def test_bodies_come_back_as_they_were_given(count, body) -> None:
    given = [body[number:] for number in range(count)]
    bodies, number = with_dictionary()

    assert read(bodies, bodies.write(given)) == given
    assert read(bodies, bodies.write(given, number)) == given


def test_frames_of_different_dictionaries_are_read_together() -> None:
    bodies, number = with_dictionary()
    frames = [*bodies.write(SAMPLES), *bodies.write(SAMPLES, number)]
    order = random.Random(1).sample(range(len(frames)), len(frames))

    assert read(bodies, [frames[place] for place in order]) == [(SAMPLES + SAMPLES)[place] for place in order]


def test_a_frame_names_its_dictionary() -> None:
    bodies, number = with_dictionary()

    assert dictionary_of(bodies.write([b"x"])[0]) == 0
    assert dictionary_of(bodies.write([b"x"], number)[0]) == number
    assert Bodies().unknown([0, number, number]) == {number}
    assert bodies.unknown([0, number]) == set()


def test_a_dictionary_saves_room() -> None:
    bodies, number = with_dictionary()

    assert sum(map(len, bodies.write(SAMPLES, number))) < 0.7 * sum(map(len, bodies.write(SAMPLES)))


@pytest.mark.parametrize("samples", [[], [b""], [b"x"] * 3, [b""] * 1000])
def test_too_little_to_learn_from_gives_no_dictionary(samples) -> None:
    assert train(samples, FIRST_DICTIONARY + 1) is None
