"""Looks through a compiled release once, and fills the index.

Objects of one place have few shapes: the names of their members, in order. What is to be done with an object is settled
when its shape is seen for the first time; where it is seen again and again, code is written for it.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

from ocds_pipeline.quality import fields, straight
from ocds_pipeline.quality.index import REFERENCE, Index
from ocds_schema.json import Json

ROLES = {
    "buyer": "buyer",
    "procuringEntity": "procuringEntity",
    "tenderers": "tenderer",
    "suppliers": "supplier",
    "payer": "payer",
    "payee": "payee",
}
_MOST_PATHS = 2_000
_MOST_SHAPES = 20_000
_MOST_FORMATIONS = 4_096
_MOST_WRITTEN = 400
"""So many shapes have code of their own, which takes milliseconds to make, and some kilobytes."""
_OFTEN = 64
"""To write code takes as long as to look at some hundred objects without it."""
_ROOT_OFTEN = 256
"""Of releases all that is in them is written out."""

Look = Callable[[dict[str, Any]], None]
"""Looks at an object of a certain shape, and at all that is in it."""


class Shape:
    """The names of an object's members, and which of them are worth a look.

    `paths` are those of all members by name, `marks` what checks may need: the object's type, and the type with the
    name of each member (`Award`, `Award/status`), or the role in place of the type of a reference (`supplier`).
    `groups` are those of the members that are looked at, one for each; `filled` are the index's lists that an object
    goes into, whole or by its members. `seen` is how often the shape was met, up to the time when code was written for
    it.
    """

    __slots__ = ("fields", "filled", "groups", "lists", "marks", "objects", "path", "paths", "seen")

    def __init__(self, path: str, paths: dict[str, str], mark: str) -> None:
        self.path = path
        self.paths = paths
        self.marks = frozenset({mark, *(f"{mark}/{name}" for name in paths)})
        self.fields: tuple[tuple[str, list[Json]], ...] = ()
        self.groups: tuple[str, ...] = ()
        self.filled: tuple[list[Any], ...] = ()
        self.objects: tuple[tuple[str, Node], ...] = ()
        self.lists: tuple[tuple[str, Node], ...] = ()
        self.seen = 0


class Formation:
    """The shapes of all objects of a release, in their order, which it has in common with many others.

    `counts` tells how many objects of each shape there are, `groups` which groups of fields have values, `filled` which
    of the index's lists. Where there are too many formations to be kept, some are made anew for each release, and
    `is_kept` is false.
    """

    __slots__ = ("_sizes", "counts", "filled", "groups", "is_kept", "shapes")

    def __init__(self, listed: tuple[Shape, ...], shapes: frozenset[Shape], *, is_kept: bool) -> None:
        self.counts = Counter(listed)
        self.groups = frozenset().union(*(shape.groups for shape in shapes))
        self.filled = tuple({id(into): into for shape in shapes for into in shape.filled}.values())
        self.shapes = shapes
        self.is_kept = is_kept
        self._sizes: Counter[str] | None = None

    @property
    def sizes(self) -> Counter[str]:
        """How many values each group of fields has."""
        if self._sizes is None:
            self._sizes = Counter()
            for shape, count in self.counts.items():
                for group in shape.groups:
                    self._sizes[group] += count
        return self._sizes


class Node:
    """A place for objects, such as `tender/items`; `kind` is their OCDS type, empty where the standard knows none."""

    __slots__ = ("children", "depth", "found", "kind", "looks", "mark", "path", "shapes")

    def __init__(self, kind: str, path: str, found: list[dict[str, Any]], mark: str, learn: "Learn") -> None:
        self.kind = kind
        self.mark = mark
        self.path = path
        self.depth = 0
        self.found = found
        self.looks = Looks(self, learn)
        self.shapes: list[Shape] = []
        self.children: dict[str, Node] = {}

    def usual(self) -> Shape | None:
        """Give the shape that was met most often; nothing, where none was."""
        return max(self.shapes, key=attrgetter("seen"), default=None)


Learn = Callable[[Node, tuple[str, ...]], Look]
Late = list[tuple[Node, dict[str, Any]]]
"""Objects that are yet to be looked at, each with its place."""


class Looks(dict[tuple[str, ...], Look]):
    """How to look at the objects of one place, by the names of their members; what is not yet known is learned."""

    def __init__(self, node: Node, learn: Learn) -> None:
        self._node = node
        self._learn = learn

    def __missing__(self, names: tuple[str, ...]) -> Look:
        look = self[names] = self._learn(self._node, names)
        return look


class Walker:
    """Fills one index again and again."""

    def __init__(self) -> None:
        kinds = dict.fromkeys(fields.fields())
        self._index = Index(
            objects={kind: [] for kind in (*kinds, "")},
            references={role: [] for role in ROLES.values()},
            fields={group: [] for group in fields.groups()},
        )
        self._paths: set[str] = set()
        self._late: Late = []
        self.forget()

    def forget(self) -> None:
        """Forget the shapes seen so far."""
        self._shapes = self._written = 0
        self._formations: dict[tuple[Shape, ...], Formation] = {}
        self._sets: dict[frozenset[Shape], frozenset[Shape]] = {}
        self._root = Node("Release", "", self._index.objects["Release"], "Release", self._learn)

    @property
    def is_full(self) -> bool:
        """Whether so many shapes are known that it is time to forget them."""
        return self._shapes >= _MOST_SHAPES

    def walk(self, release: dict[str, Any]) -> Index:
        """Look through a release; the index is the one given before, filled anew."""
        index, late = self._index, self._late
        index.begin(release)
        self._root.looks[tuple(release)](release)
        while late:
            node, value = late.pop()
            node.looks[tuple(value)](value)
        shapes = tuple(index.shapes)
        index.complete(self._formations.get(shapes) or self._form(shapes))
        return index

    def _form(self, listed: tuple[Shape, ...]) -> Formation:
        is_kept = len(self._formations) < _MOST_FORMATIONS
        shapes = frozenset(listed)
        # Of equal sets one is used, because finding it again by identity is cheap.
        shapes = self._sets.setdefault(shapes, shapes) if is_kept else self._sets.get(shapes, shapes)
        formation = Formation(listed, shapes, is_kept=is_kept)
        if is_kept:
            self._formations[listed] = formation
        return formation

    def _learn(self, node: Node, names: tuple[str, ...]) -> Look:
        known = fields.fields().get(node.kind, {})
        prefix = f"{node.path}/" if node.path else ""
        shape = Shape(node.path, {name: self._path(f"{prefix}{name}") for name in names}, node.mark)
        objects, lists, looked = [], [], []
        met: list[str] = []
        for name in names:
            field = known.get(name)
            if field is not None:
                groups = (*fields.of(node.kind, name), *fields.placed(node.kind, name, node.path))
                looked += [(name, self._index.fields[group]) for group in groups]
                met += groups
            target = field.shape.target if field else ""
            # Where the standard knows nothing, it may be one object or a list of them.
            if field is None or (target and not field.shape.many):
                objects.append((name, self._child(node, name, target)))
            if field is None or (target and field.shape.many):
                lists.append((name, self._child(node, name, target)))
        shape.fields, shape.objects, shape.lists = tuple(looked), tuple(objects), tuple(lists)
        shape.groups = tuple(met)
        shape.filled = (node.found, *(into for _, into in looked))
        node.shapes.append(shape)
        self._shapes += 1
        return partial(self._look, node, shape)

    def _look(self, node: Node, shape: Shape, value: dict[str, Any]) -> None:
        """Look at an object of a shape for which there is no code, and write some where it comes often."""
        shape.seen += 1
        if shape.seen == (_OFTEN if node.path else _ROOT_OFTEN) and self._written < _MOST_WRITTEN:
            self._written += 1
            node.looks[tuple(shape.paths)] = straight.written(shape, node, self._index, self._late)
        index = self._index
        index.shapes.append(shape)
        node.found.append(value)
        straight.note_empties(shape.paths, value, index.empties)
        for name, into in shape.fields:
            into.append(value[name])
        for name, child in shape.objects:
            self._enter(child, value[name])
        for name, child in shape.lists:
            if type(members := value[name]) is list:
                index.lists.append(members)
                for member in members:
                    self._enter(child, member)

    def _enter(self, child: Node, value: Json) -> None:
        if type(value) is dict:
            if child.depth % straight.DEEP:
                child.looks[tuple(value)](value)
            else:
                self._late.append((child, value))

    def _child(self, node: Node, name: str, kind: str) -> Node:
        if name not in node.children:
            path = f"{node.path}/{name}" if node.path else name
            role = ROLES.get(name, "") if kind == REFERENCE else ""
            found = self._index.references[role] if role else self._index.objects[kind]
            child = node.children[name] = Node(kind, path, found, role or kind, self._learn)
            child.depth = node.depth + 1
        return node.children[name]

    def _path(self, path: str) -> str:
        """Give a path, or the one that stands for all those too many to be told apart."""
        if path not in self._paths and len(self._paths) >= _MOST_PATHS:
            return "…"
        self._paths.add(path)
        return path
