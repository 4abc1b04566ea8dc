"""Looks through a compiled release once, and fills the index.

Objects of one place have few shapes: the names of their members, in order. What is to be done with an object is settled
when its shape is seen for the first time.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from ocds_pipeline.quality import fields
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


class Shape:
    """The names of an object's members, and which of them are worth a look.

    `paths` are those of all members by name, `marks` what checks may need: the object's type, and the type with the
    name of each member (`Award`, `Award/status`), or the role in place of the type of a reference (`supplier`).
    `groups` are those of the members that are looked at.
    """

    __slots__ = ("fields", "groups", "lists", "marks", "objects", "path", "paths")

    def __init__(self, path: str, paths: dict[str, str], mark: str) -> None:
        self.path = path
        self.paths = paths
        self.marks = frozenset({mark, *(f"{mark}/{name}" for name in paths)})
        self.fields: tuple[tuple[str, list[Json]], ...] = ()
        self.groups: frozenset[str] = frozenset()
        self.objects: tuple[tuple[str, Node], ...] = ()
        self.lists: tuple[tuple[str, Node], ...] = ()


class Formation:
    """The shapes of all objects of a release, in their order, which it has in common with many others.

    `counts` tells how many objects of each shape there are, `groups` which groups of fields have values. Where there
    are too many formations to be kept, some are made anew for each release, and `is_kept` is false.
    """

    __slots__ = ("counts", "groups", "is_kept", "shapes")

    def __init__(self, listed: tuple[Shape, ...], shapes: frozenset[Shape], *, is_kept: bool) -> None:
        self.counts = Counter(listed)
        self.groups = frozenset().union(*(shape.groups for shape in shapes))
        self.shapes = shapes
        self.is_kept = is_kept


class Node:
    """A place for objects, such as `tender/items`; `kind` is their OCDS type, empty where the standard knows none."""

    __slots__ = ("children", "found", "kind", "mark", "path", "shapes")

    def __init__(self, kind: str, path: str, found: list[dict[str, Any]], mark: str, learn: "Learn") -> None:
        self.kind = kind
        self.mark = mark
        self.path = path
        self.found = found
        self.shapes = Shapes(self, learn)
        self.children: dict[str, Node] = {}


Learn = Callable[[Node, tuple[str, ...]], Shape]


class Shapes(dict[tuple[str, ...], Shape]):
    """The shapes of one place by the names of their members; one not yet seen is learned."""

    def __init__(self, node: Node, learn: Learn) -> None:
        self._node = node
        self._learn = learn

    def __missing__(self, names: tuple[str, ...]) -> Shape:
        shape = self[names] = self._learn(self._node, names)
        return shape


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
        self.forget()

    def forget(self) -> None:
        """Forget the shapes seen so far."""
        self._shapes = 0
        self._formations: dict[tuple[Shape, ...], Formation] = {}
        self._sets: dict[frozenset[Shape], frozenset[Shape]] = {}
        self._root = Node("Release", "", self._index.objects["Release"], "Release", self._learn)

    @property
    def is_full(self) -> bool:
        """Whether so many shapes are known that it is time to forget them."""
        return self._shapes >= _MOST_SHAPES

    def walk(self, release: dict[str, Any]) -> Index:
        """Look through a release; the index is the one given before, filled anew."""
        index = self._index
        index.begin(release)
        shapes, lists = index.shapes, index.lists
        nodes, values = [self._root], index.values
        # Both lists grow while they are read: outer objects come before inner ones. This loop is a third of the work.
        for node, value in zip(nodes, values, strict=False):
            shape = node.shapes[tuple(value)]
            shapes.append(shape)
            # Nothing false among the members means nothing empty, and costs a tenth of looking at each.
            if not all(value.values()):
                index.empties.extend(_empties(shape, value))
            node.found.append(value)
            for name, into in shape.fields:
                into.append(value[name])
            for name, child in shape.objects:
                if type(member := value[name]) is dict:
                    nodes.append(child)
                    values.append(member)
            if shape.lists:
                _enter(shape, value, nodes, values, lists)
        index.formation = self._formations.get(tuple(shapes)) or self._form(tuple(shapes))
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

    def _learn(self, node: Node, names: tuple[str, ...]) -> Shape:
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
        shape.groups = frozenset(met)
        self._shapes += 1
        return shape

    def _child(self, node: Node, name: str, kind: str) -> Node:
        if name not in node.children:
            path = f"{node.path}/{name}" if node.path else name
            role = ROLES.get(name, "") if kind == REFERENCE else ""
            found = self._index.references[role] if role else self._index.objects[kind]
            node.children[name] = Node(kind, path, found, role or kind, self._learn)
        return node.children[name]

    def _path(self, path: str) -> str:
        """Give a path, or the one that stands for all those too many to be told apart."""
        if path not in self._paths and len(self._paths) >= _MOST_PATHS:
            return "…"
        self._paths.add(path)
        return path


def _enter(
    shape: Shape,
    value: dict[str, Any],
    nodes: list[Node],
    values: list[dict[str, Any]],
    lists: list[list[Any]],
) -> None:
    for name, child in shape.lists:
        if type(members := value[name]) is list:
            lists.append(members)
            for member in members:
                if type(member) is dict:
                    nodes.append(child)
                    values.append(member)


def _empties(shape: Shape, value: dict[str, Any]) -> Iterator[str]:
    for name, member in value.items():
        if member is None or (not member and type(member) in {str, list, dict}):
            yield shape.paths[name]
