"""Writes the code that looks at objects of one shape, and at all that is in them, without loops over names.

Which lists of the index a member belongs to, and which members are objects, is told by the shape alone. Of the objects
within, the shape that is usual in their place is written out as well; others are looked up by their names.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from types import CodeType
from typing import TYPE_CHECKING, Any

from ocds_schema.json import Json

if TYPE_CHECKING:
    from ocds_pipeline.quality.index import Index
    from ocds_pipeline.quality.walk import Late, Node, Shape

DEEP = 50
"""Objects so deep within others wait until all above them are done: nothing that is in data may exhaust the stack."""
_MOST_INNER = 6
"""So deep within one another objects are written out: Python takes twenty loops within one another, and no more."""
_FEWEST = 2
"""With fewer members there is nothing to gain; `itemgetter` gives no tuple of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Object:
    """An object in the text: the variables that stand for it, for its members together, and for each by name."""

    shape: "Shape"
    node: "Node"
    value: str
    members: str
    named: Mapping[str, str]
    inner: int


def written(shape: "Shape", node: "Node", index: "Index", late: "Late") -> Callable[[dict[str, Any]], None]:
    """Give a function that looks at an object of a shape, and at all that is in it; `late` takes what has to wait."""
    text = _Text(index, late)
    body = "".join(f"    {line}\n" for line in text.looked_at(shape, node, "value"))
    exec(_compiled(f"def look(value):\n{body}"), text.known)  # noqa: S102
    look: Callable[[dict[str, Any]], None] = text.known["look"]
    return look


@lru_cache(maxsize=1_024)
def _compiled(text: str) -> CodeType:
    """Compile a text, in which there is nothing of the data: whatever they are called, members are v1, v2 and so on."""
    return compile(text, "<a look at an object>", "exec")


class _Text:
    """The lines of one function, and what their names stand for."""

    def __init__(self, index: "Index", late: "Late") -> None:
        self._names: dict[int, str] = {}
        self._last = 0
        self.known: dict[str, Any] = {
            "shapes": index.shapes,
            "lists": index.lists,
            "empties": index.empties,
            "note_empties": note_empties,
            "late": late,
        }

    def looked_at(self, shape: "Shape", node: "Node", value: str) -> Iterator[str]:
        """Give the lines that look at an object whose shape is known."""
        one = self._object(shape, node, value, 0)
        yield f"{one.members} = tuple({value}.values())"
        yield from self._collected(one)

    def _collected(self, one: _Object) -> Iterator[str]:
        shape, named = one.shape, one.named
        if named:
            yield f"{''.join(f'{variable}, ' for variable in named.values())} = {one.members}"
        yield f"shapes.append({self._name(shape)})"
        yield f"{self._name(one.node.found)}.append({one.value})"
        if named:
            yield f"if not ({' and '.join(named.values())}):"
            yield f"    note_empties({self._name(shape.paths)}, {one.value}, empties)"
        for name, into in shape.fields:
            yield f"{self._name(into)}.append({named[name]})"
        for name, child in shape.objects:
            yield f"if type({named[name]}) is dict:"
            yield from self._entered(child, named[name], one.inner)
        for name, child in shape.lists:
            member = self._variable()
            yield f"if type({named[name]}) is list:"
            yield f"    lists.append({named[name]})"
            yield f"    for {member} in {named[name]}:"
            yield f"        if type({member}) is dict:"
            yield from (f"        {line}" for line in self._entered(child, member, one.inner))

    def _entered(self, child: "Node", value: str, inner: int) -> Iterator[str]:
        """Give the lines that look at an object within: as one of the usual shape, where it is one."""
        if child.depth % DEEP == 0:
            yield f"    late.append(({self._name(child)}, {value}))"
            return
        usual = child.usual()
        if usual is None or len(usual.paths) < _FEWEST or inner >= _MOST_INNER:
            yield f"    {self._name(child.looks)}[tuple({value})]({value})"
            return
        one = self._object(usual, child, value, inner + 1)
        get = self._name(itemgetter(*one.named))
        # As many members, and all of these: that is cheaper to tell than whether the names are the same.
        yield "    try:"
        yield f"        {one.members} = {get}({value}) if len({value}) == {len(one.named)} else None"
        yield "    except KeyError:"
        yield f"        {one.members} = None"
        yield f"    if {one.members} is None:"
        yield f"        {self._name(child.looks)}[tuple({value})]({value})"
        yield "    else:"
        yield from (f"        {line}" for line in self._collected(one))

    def _object(self, shape: "Shape", node: "Node", value: str, inner: int) -> _Object:
        named = {name: self._variable() for name in shape.paths}
        return _Object(shape=shape, node=node, value=value, members=self._variable(), named=named, inner=inner)

    def _variable(self) -> str:
        self._last += 1
        return f"v{self._last}"

    def _name(self, thing: Any) -> str:
        """Give the name of a thing, which is known by it from now on."""
        name = self._names.get(id(thing))
        if name is None:
            name = self._names[id(thing)] = f"k{len(self._names)}"
            self.known[name] = thing
        return name


def note_empties(paths: Mapping[str, str], value: dict[str, Json], empties: list[str]) -> None:
    """Note the paths of the members that are set but hold nothing; zero and false are something."""
    for name, member in value.items():
        if member is None or (not member and type(member) in {str, list, dict}):
            empties.append(paths[name])
