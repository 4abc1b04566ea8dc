"""Paths to single values: `contracts[id=25700446]/value/amount`, a member of a list named by its id where it has one.

Steps are the parts of such a path; of `contracts[id=1]/value` they are `contracts`, `[id=1]` and `value`. In names and
ids `~` is written `~0` and `/` is written `~1`, in names `[` is written `~2`, as the changelog does it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ocds_schema.json import Json

Steps = tuple[str, ...]

_SELECTED = re.compile(r"(?P<name>[^/\[]*)(?P<ids>(?:\[(?:id=)?.*?\])*)(?=/|\Z)", re.DOTALL)
_ID = re.compile(r"\[(?:id=)?(.*?)\](?=\[|\Z)", re.DOTALL)


def leaves(value: Json) -> dict[Steps, Json]:
    """Give every single value with its steps; a list of plain values is one, and what is null or empty is none."""
    return dict(_leaves(value, ()))


def written(steps: Sequence[str]) -> str:
    """Give steps as a path."""
    return "/".join(_escaped(step) for step in steps).replace("/[", "[")


def general(steps: Sequence[str]) -> str:
    """Give steps as a path without the ids in it, as the mapping's page names it."""
    return "/".join(step for step in steps if not step.startswith("["))


def below(known: Iterable[Steps], asked: str) -> list[Steps]:
    """Give those of the known steps that a path means, or that stand below it; all of them for an empty path.

    Members of lists may be asked for as `contracts[id=1]`, `contracts/1`, or by place as `contracts/0`.
    """
    wanted = parsed(asked)
    found = [steps for steps in known if _matches(steps, wanted)]
    if found or not any(step.isdecimal() for step in wanted):
        return found
    ordered = list(known)
    return [steps for steps, placed in zip(ordered, _placed(ordered), strict=True) if _matches(placed, wanted)]


def parsed(path: str) -> Steps:
    """Read a path; ids come without their brackets, and are told from names by where they stand."""
    found: list[str] = []
    for match in _SELECTED.finditer(path.strip().strip("/")):
        name, ids = match["name"], _ID.findall(match["ids"])
        found += [_unescaped(part) for part in (*filter(None, [name]), *ids)]
    return tuple(found)


def _leaves(value: Json, steps: Steps) -> Iterator[tuple[Steps, Json]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, (*steps, name))
    elif isinstance(value, list) and any(isinstance(member, dict) for member in value):
        for name, member in zip(_names(value), value, strict=True):
            yield from _leaves(member, (*steps, name))
    elif value is not None and value != []:
        yield steps, value


def _names(members: Sequence[Json]) -> list[str]:
    """Name the members of a list by their ids, or where these do not tell them apart by their places."""
    ids = [str(member.get("id")) for member in members if isinstance(member, Mapping) and member.get("id") is not None]
    if len(set(ids)) < len(members):
        return [f"[{place}]" for place in range(len(members))]
    return [f"[id={one}]" for one in ids]


def _placed(known: Sequence[Steps]) -> Iterator[Steps]:
    """Give steps with places instead of ids."""
    places: dict[Steps, dict[str, int]] = {}
    for steps in known:
        for length, step in enumerate(steps):
            if step.startswith("["):
                of_list = places.setdefault(steps[:length], {})
                of_list.setdefault(step, len(of_list))
    for steps in known:
        yield tuple(
            f"[{places[steps[:length]][step]}]" if step.startswith("[") else step for length, step in enumerate(steps)
        )


def _matches(steps: Steps, wanted: Steps) -> bool:
    return len(wanted) <= len(steps) and all(_plain(one) == other for one, other in zip(steps, wanted, strict=False))


def _plain(step: str) -> str:
    return step[1:-1].removeprefix("id=") if step.startswith("[") else step


def _escaped(step: str) -> str:
    if step.startswith("["):
        return step.replace("~", "~0").replace("/", "~1")
    return step.replace("~", "~0").replace("/", "~1").replace("[", "~2")


def _unescaped(part: str) -> str:
    return part.replace("~2", "[").replace("~1", "/").replace("~0", "~")
