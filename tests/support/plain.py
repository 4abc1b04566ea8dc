"""Canonical processes as plain JSON, for files that people read."""

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from ocds_schema.json import Json


def plain(value: Any) -> Json:
    """Give a value of the model as JSON: fields by their Python names, empty ones left out."""
    if is_dataclass(value):
        members = {member.name: getattr(value, member.name) for member in fields(value)}
        return {name: plain(member) for name, member in members.items() if member not in (None, (), "")}
    if isinstance(value, tuple):
        return [plain(member) for member in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value
