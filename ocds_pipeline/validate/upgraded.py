"""OCDS 1.0 read as 1.1 by ocdskit, and what is lost by that."""

import logging
from copy import deepcopy

from ocdskit.upgrade import upgrade_10_11

from ocds_schema.json import Json

OLD = "1.0"
_SAID_BY = logging.getLogger("ocdskit")


class _Lost(logging.Filter):
    """Takes note of parties that are described in two ways, in place of a log that shows them in full: persons, too."""

    def __init__(self) -> None:
        super().__init__()
        self.roles: list[str] = []

    def filter(self, record: logging.LogRecord) -> bool:
        """Note the role, and have nothing logged."""
        self.roles.append(str(record.args[0]) if isinstance(record.args, tuple) and record.args else "")
        return False


def upgraded(content: Json, members: str) -> tuple[Json, list[str]]:
    """Give a release, or a record, as OCDS 1.1 has it, with the roles of parties of which one description was dropped.

    `members` is `releases` or `records`. What is too odd to be upgraded is given as it is.
    """
    lost = _Lost()
    _SAID_BY.addFilter(lost)
    try:
        old = {"version": OLD, "uri": "", members: [deepcopy(content)]}
        return upgrade_10_11(old, reorder=False)[members][0], lost.roles
    except (AttributeError, KeyError, TypeError, ValueError):
        return content, []
    finally:
        _SAID_BY.removeFilter(lost)
