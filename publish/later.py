"""What is left of editions that came after the one that a pointer names: while there is any, it was turned back."""

from ocds_schema import json
from ocds_schema.errors import PublishError
from publish.layout import EDITIONS, edition_path, pointer_key, sequence_of, source_key
from publish.storage import Storage


def left_after(storage: Storage, source: str, edition: str, last: str) -> list[str]:
    """Give the keys and folders that are left of what was published after an edition, up to the `last` one."""
    numbers = range(sequence_of(edition) + 1, sequence_of(last) + 1)
    prefix = source_key(source, "editions/")
    found = {key.removeprefix(prefix).partition("/")[0] for key in storage.keys(prefix)} if numbers else set()
    left = [source_key(source, edition_path(each, "")) for each in sorted(found) if _number(each) in numbers]
    listed = source_key(source, EDITIONS)
    return [*left, listed] if numbers and _newest_listed(storage, listed) in numbers else left


def turned_back(source: str, edition: str, last: str, left: list[str]) -> str:
    """Say that a pointer was turned back, and what can be done."""
    return (
        f"{pointer_key(source)} would lead back to edition {edition}, but {last} was published since: run "
        "`ocds-pipeline repair`, and with `--from COPY` where its manifest is gone or damaged. Only where no copy has "
        f"that edition: remove {' and '.join(left)}, repair again and publish; readers who have it refuse what follows "
        "until they begin anew"
    )


def nothing_left(source: str, edition: str, last: str) -> str:
    """Say that a storage is taken for one that was put back from an earlier moment."""
    return (
        f"{pointer_key(source)} points to edition {edition}, the database remembers {last}, and nothing is left of "
        "that: the storage is taken for one that was put back from a backup. Readers who have that edition refuse what "
        "follows until they begin anew"
    )


def _number(name: str) -> int:
    try:
        return sequence_of(name)
    except PublishError:
        return 0


def _newest_listed(storage: Storage, key: str) -> int:
    if storage.stat(key) is None:
        return 0
    try:
        return max((_number(str(each["editionId"])) for each in json.decode(storage.read(key))["editions"]), default=0)
    except (ValueError, KeyError, TypeError):
        return 0
