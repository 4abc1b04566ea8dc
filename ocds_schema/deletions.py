"""What is left in a compiled release of something that was deleted.

OCDS deletes by null, but an object in a list keeps the ids it must have. Such a rest says nothing: who counts or shows
the members of a compiled release leaves out those that are bare.
"""

from ocds_schema.json import Json

IDENTITY = frozenset({"id", "awardID"})
"""Members that an object may have to keep."""


def is_bare(value: Json) -> bool:
    """Tell whether a value is nothing but what merging cannot take away: ids and empty lists."""
    if isinstance(value, dict):
        return all(name in IDENTITY or is_bare(member) for name, member in value.items())
    if isinstance(value, list):
        return all(isinstance(member, dict) and is_bare(member) for member in value)
    return value is None
