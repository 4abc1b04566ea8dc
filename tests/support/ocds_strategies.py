"""Hypothesis strategies for histories of releases: regular ones, ones with conflicts, and any JSON at all."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

TEXTS = st.sampled_from(["", "a", "b", "стол", "0"])
AMOUNTS = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.sampled_from([Decimal("1.50"), Decimal("123456789012345678.91"), Decimal("1E+2")]),
)
DATES = st.integers(1, 6).map(lambda day: f"2024-01-0{day}T00:00:00Z")


def sparse(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with any of the members, each also as null."""
    return st.fixed_dictionaries({}, optional={name: st.one_of(st.none(), one) for name, one in members.items()})


def with_id(ids: st.SearchStrategy[Any], **members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with an id and any of the members."""
    return st.tuples(ids, sparse(**members)).map(lambda pair: {"id": pair[0], **pair[1]})


VALUES = sparse(amount=AMOUNTS, currency=st.sampled_from(["KZT", "KGS"]))
CLASSIFICATIONS = sparse(scheme=TEXTS, id=st.sampled_from(["1", 2]), description=TEXTS)


def items(ids: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An item; its own lists are replaced as a whole."""
    return with_id(
        ids,
        description=TEXTS,
        quantity=AMOUNTS,
        unit=sparse(name=TEXTS, value=VALUES),
        additionalClassifications=st.lists(CLASSIFICATIONS, max_size=2),
        deliveryLocation=sparse(geometry=sparse(type=TEXTS, coordinates=st.lists(AMOUNTS, max_size=2))),
        changes=st.lists(sparse(property=TEXTS), max_size=2),
    )


def releases(ids: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A release shaped after the schema, its members told apart by ids of the given kind."""
    documents = with_id(ids, title=TEXTS, relatedLots=st.lists(TEXTS, max_size=2))
    anonymous = sparse(description=TEXTS, date=TEXTS)
    amendments = with_id(
        ids, rationale=TEXTS, changes=st.lists(sparse(property=TEXTS, former_value=AMOUNTS), max_size=2)
    )
    tenders = sparse(
        title=TEXTS,
        value=VALUES,
        submissionMethod=st.lists(TEXTS, max_size=2),
        items=st.lists(items(ids), max_size=3),
        documents=st.lists(documents, max_size=2),
        amendments=st.lists(st.one_of(amendments, anonymous), max_size=2),
        tenderPeriod=sparse(startDate=TEXTS, durationInDays=st.integers(0, 2)),
        lots=st.lists(with_id(ids, title=TEXTS, value=VALUES), max_size=2),
        local=sparse(a=TEXTS, b=sparse(c=AMOUNTS)),
        localList=st.lists(with_id(ids, x=TEXTS, deep=st.lists(with_id(ids, y=AMOUNTS), max_size=2)), max_size=2),
        localPlain=st.lists(TEXTS, max_size=2),
        noIds=st.lists(sparse(x=TEXTS, y=sparse(z=TEXTS)), max_size=2),
    )
    return st.fixed_dictionaries(
        {"ocid": st.just("ocds-xxxxxx-1"), "id": TEXTS, "date": DATES, "tag": st.lists(TEXTS, max_size=2)},
        optional={
            "initiationType": st.just("tender"),
            "language": st.one_of(st.none(), TEXTS),
            "tender": tenders,
            "buyer": sparse(id=TEXTS, name=TEXTS, additionalIdentifiers=st.lists(CLASSIFICATIONS, max_size=2)),
            "parties": st.lists(
                with_id(ids, name=TEXTS, roles=st.lists(TEXTS, max_size=2), details=VALUES), max_size=3
            ),
            "awards": st.lists(with_id(ids, items=st.lists(items(ids), max_size=2), value=VALUES), max_size=2),
        },
    )


def histories() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Releases of one process whose ids and fields keep their kinds."""
    kinds = [st.sampled_from(["1", "2", "3"]), st.sampled_from([1, 2, 3]), st.sampled_from(["1", "b", 7])]
    return st.one_of([st.lists(releases(ids), min_size=1, max_size=4) for ids in kinds])


LITERALS = st.sampled_from([None, 0, 1, "", "1", "None", "a", False, True, Decimal("1.0"), 1.5])
KEYS = st.sampled_from(["id", "a", "b", "items", "1"])
ANYTHING = st.recursive(
    LITERALS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
        st.lists(st.dictionaries(KEYS, inner, min_size=1, max_size=3), min_size=1, max_size=3),
    ),
    max_leaves=8,
)


def odd_histories() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Releases of one process whose ids mix texts, numbers and nulls, and whose fields change their kinds."""
    mixed = st.sampled_from(["1", 1, "2", 2, "a", None])
    return st.lists(
        st.tuples(
            releases(mixed), st.dictionaries(st.sampled_from(["tender", "odd", "awards"]), ANYTHING, max_size=2)
        ).map(lambda pair: {**pair[0], **pair[1]}),
        min_size=1,
        max_size=4,
    )


def strange_histories() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Any JSON at all under a few names, so that they meet."""
    release = st.fixed_dictionaries(
        {"date": DATES},
        optional={"ocid": st.one_of(st.just("ocds-xxxxxx-1"), LITERALS), "id": LITERALS, "tag": ANYTHING},
    )
    body = st.fixed_dictionaries(
        {},
        optional={
            "x": ANYTHING,
            "tender": st.fixed_dictionaries(
                {}, optional={"y": ANYTHING, "items": ANYTHING, "submissionMethod": ANYTHING}
            ),
        },
    )
    return st.lists(st.tuples(release, body).map(lambda pair: {**pair[0], **pair[1]}), min_size=1, max_size=4)
