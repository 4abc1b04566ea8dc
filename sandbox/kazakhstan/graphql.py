"""The GraphQL service: real parsing and validation, and an execution that walks the portal's records.

graphql-core parses, validates and coerces. Its own execution calls a function for every field of every object, which
is too slow for pages of 200 contracts with 60 fields; here a query becomes a plan once, and the plan reads the records.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    build_schema,
    execute_sync,
    get_argument_values,
    get_directive_values,
    get_named_type,
    get_operation_ast,
    get_variable_values,
    parse,
    validate,
)

from sandbox.kazakhstan import people
from sandbox.kazakhstan.filters import passes
from sandbox.kazakhstan.names import snake
from sandbox.kazakhstan.parties import Party
from sandbox.kazakhstan.resolvers import RESOLVERS, Resolver
from sandbox.kazakhstan.selection import ROOTS, Selections
from sandbox.kazakhstan.view import Record, View

DEFAULT_LIMIT = 50
MOST = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One field of a plan: a value to copy, or a resolver and the plan for what it gives."""

    name: str
    source: str
    resolver: Resolver | None
    plan: "tuple[Step, ...] | None"
    arguments: Mapping[str, Any]
    constant: str | None = None


@cache
def schema() -> GraphQLSchema:
    """The portal's types."""
    return build_schema((files("sandbox.kazakhstan") / "schema.graphql").read_text(encoding="utf-8"))


@lru_cache(maxsize=128)
def _read(query: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, [error]
    return document, validate(schema(), document)


class Service:
    """Answers GraphQL requests about one day of the portal."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._selections = Selections(view)

    def answer(self, request: Any, disorder: str | None = None) -> Record:
        """The answer to a request body; errors are part of it, as at the portal."""
        if not isinstance(request, dict) or not isinstance(request.get("query"), str):
            return _failed([GraphQLError('Syntax Error: GraphQL query body "query" is missing.')])
        document, errors = _read(request["query"])
        if document is None or errors:
            return _failed(errors)
        operation = get_operation_ast(document, request.get("operationName"))
        if operation is None or operation.operation is not OperationType.QUERY:
            return _failed([GraphQLError("Must provide operation name if query contains multiple operations.")])
        values = get_variable_values(
            schema(), list(operation.variable_definitions or ()), _as_lists(request.get("variables") or {})
        )
        if isinstance(values, list):
            return _failed(values)
        return self._run(document, operation, values, disorder)

    def _run(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: Any, disorder: str | None
    ) -> Record:
        query = schema().query_type
        if query is None:
            raise AssertionError
        planner = _Planner(document, variables)
        data: Record = {}
        page_info: Record = {"limitPage": DEFAULT_LIMIT, "totalCount": 0, "hasNextPage": False, "lastId": None}
        for name, nodes in planner.collect(operation.selection_set).items():
            field = nodes[0].name.value
            if field.startswith("__"):
                data |= _introspected(document, operation)
                continue
            definition = query.fields[field]
            arguments = planner.arguments(definition, nodes[0])
            plan = planner.plan(get_named_type(definition.type), nodes)
            records, page_info = self._list(field, disordered(arguments, disorder), half=disorder == "shifted")
            data[name] = [self._shape(record, plan) for record in records]
        return {"data": data, "extensions": {"pageInfo": page_info}}

    def _list(self, field: str, arguments: Mapping[str, Any], *, half: bool) -> tuple[list[Record], Record]:
        asked = arguments.get("limit") or DEFAULT_LIMIT
        limit = min(MOST, asked) if asked > 0 else DEFAULT_LIMIT
        after, wanted = arguments.get("after"), arguments.get("filter") or {}
        if field in ROOTS:
            root = ROOTS[field]
            found = self._selections.page(root, wanted, limit=limit, after=after, back=limit // 2 if half else 0)
            records = [root.maker(self._view, key) for key in found.keys]
            return records, _page_info(limit, found.total, found.more, records[-1]["id"] if records else None)
        if field in _OTHERS:
            return _participants(self._view, field, wanted, limit, after)
        return [], _page_info(limit, 0, more=False, last=None)

    def _shape(self, record: Record, plan: tuple[Step, ...]) -> Record:
        shaped: Record = {}
        for step in plan:
            if step.plan is None:
                shaped[step.name] = step.constant or record.get(step.source)
            elif step.resolver is None:
                shaped[step.name] = None
            else:
                value = step.resolver(self._view, record, step.arguments)
                if isinstance(value, list):
                    shaped[step.name] = [self._shape(one, step.plan) for one in value]
                else:
                    shaped[step.name] = None if value is None else self._shape(value, step.plan)
        return shaped


def disordered(arguments: Mapping[str, Any], disorder: str | None) -> Mapping[str, Any]:
    """The arguments as a faulty portal understands them."""
    if disorder == "ignored_filter":
        return {**arguments, "filter": None}
    if disorder == "cut_limit":
        return {**arguments, "limit": max(1, (arguments.get("limit") or DEFAULT_LIMIT) // 4)}
    return arguments


class _Planner:
    """Turns the selections of one request into plans."""

    def __init__(self, document: DocumentNode, variables: Any) -> None:
        self._variables = variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def arguments(self, definition: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """The arguments of a field, coerced to their types."""
        return get_argument_values(definition, node, self._variables)

    def plan(self, type_: Any, nodes: list[FieldNode]) -> tuple[Step, ...]:
        """How to read the fields asked for from a record of that type."""
        fields: dict[str, list[FieldNode]] = {}
        for node in nodes:
            if node.selection_set:
                for name, found in self.collect(node.selection_set).items():
                    fields.setdefault(name, []).extend(found)
        return tuple(self._step(type_, name, found) for name, found in fields.items())

    def _step(self, type_: GraphQLObjectType, name: str, nodes: list[FieldNode]) -> Step:
        field = nodes[0].name.value
        if field == "__typename":
            return Step(name, field, None, None, {}, type_.name)
        definition = type_.fields[field]
        inner = get_named_type(definition.type)
        if not isinstance(inner, GraphQLObjectType):
            return Step(name, snake(field), None, None, {})
        resolver = RESOLVERS.get((type_.name, field))
        if (type_.name, field) == ("TrdBuyPause", "lots"):
            resolver = _pause_lots
        return Step(name, field, resolver, self.plan(inner, nodes), self.arguments(definition, nodes[0]))

    def collect(self, selections: SelectionSetNode) -> dict[str, list[FieldNode]]:
        """The fields asked for, by the name they are to have."""
        fields: dict[str, list[FieldNode]] = {}
        for node in self._fields(selections):
            fields.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        return fields

    def _fields(self, selections: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selections.selections:
            if not self._wanted(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)
            else:
                yield from self._fields(self._fragments[node.name.value].selection_set)  # type: ignore[attr-defined]

    def _wanted(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))


def _pause_lots(_: View, record: Record, __: Mapping[str, Any]) -> list[Record]:
    found: list[Record] = record["lots"]
    return found


def _introspected(document: DocumentNode, operation: OperationDefinitionNode) -> Record:
    """What a request asks about the schema itself, answered by graphql-core."""
    result = execute_sync(schema(), document, operation_name=operation.name.value if operation.name else None)
    return {name: value for name, value in (result.data or {}).items() if name.startswith("__")}


def _as_lists(variables: Any) -> Any:
    """Dates sent as `{"gte": …, "lte": …}` are taken as the list of both, as the portal takes them."""
    if isinstance(variables, dict):
        if variables and set(variables) <= {"gte", "lte"}:
            return [variables.get("gte", ""), variables.get("lte", "")]
        return {name: _as_lists(value) for name, value in variables.items()}
    return variables


def _subjects(view: View, wanted: Mapping[str, Any]) -> Iterator[Party]:
    """The participants to look at: those a number or an id leads to, or all."""
    if wanted.get("pid"):
        return filter(None, (view.parties.by_pid(pid) for pid in sorted(set(wanted["pid"]), reverse=True)))
    number = wanted.get("bin") or wanted.get("iin")
    return filter(None, [view.parties.by_biin(number)]) if number else view.parties.newest_first()


def _unfair(view: View, _: Mapping[str, Any]) -> Iterator[Party]:
    return view.parties.newest_first(among=view.parties.unfair)


def _unfair_record(view: View, party: Party) -> Record:
    entry = people.unfair(view, party)
    return entry | {"id": int(entry["id"]), "pid": int(entry["pid"])}


_Search = Callable[[View, Mapping[str, Any]], Iterator[Party]]
_OTHERS: Mapping[str, tuple[_Search, Callable[[View, Party], Record], str]] = {
    "Subjects": (_subjects, people.subject, "pid"),
    "Rnu": (_unfair, _unfair_record, "id"),
}


def _participants(
    view: View, field: str, wanted: Mapping[str, Any], limit: int, after: int | None
) -> tuple[list[Record], Record]:
    search, maker, cursor = _OTHERS[field]
    heeded = {name: value for name, value in wanted.items() if value is not None}
    tests = passes(heeded, ())
    if not tests and field == "Subjects":
        page = [maker(view, party) for party in islice(view.parties.newest_first(after), limit + 1)]
        total = len(view.parties)
    else:
        passed = (maker(view, party) for party in search(view, heeded))
        found = [record for record in passed if all(test(record) for test in tests)]
        total, page = len(found), [one for one in found if after is None or one[cursor] < after][: limit + 1]
    more, page = len(page) > limit, page[:limit]
    return page, _page_info(limit, total, more, page[-1][cursor] if page else None)


def _page_info(limit: int, total: int, more: bool, last: int | None) -> Record:
    return {"limitPage": limit, "totalCount": total, "hasNextPage": more, "lastId": last}


def _failed(errors: list[GraphQLError]) -> Record:
    return {"errors": [{**error.formatted, "extensions": {"category": "graphql"}} for error in errors]}
