"""Publications that have one of everything that there can be."""

from datetime import timedelta
from pathlib import Path

from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from publish import garbage
from publish.derive import derive
from publish.gates import record_failure
from publish.layout import source_key
from publish.lock import hold
from publish.manifest import read_pointer
from publish.redactions import Altered, publish_redactions
from publish.retention import Ledger, Rule
from publish.retract import retract
from publish.retractions import Retraction
from publish.signing import Signing, SigningKey
from tests.support.publishing import FIRST, KAZAKHSTAN, LEAN, changed, order, publish, sample

SOURCE = "kazakhstan"
KEY = SigningKey(b"\x01" * 8, bytes(range(32)))
NEXT = SigningKey(b"\x02" * 8, bytes(reversed(range(32))))
BASE = KAZAKHSTAN.publisher.base_url


def everything(storage: FileStorage, work: Path, left_out=LEAN, moment=FIRST) -> FileStorage:
    """Three editions, signed by one key and then the next; one was taken back, one stopped, something taken out."""
    history = sample()
    editions = []
    for number, signing in enumerate(
        (Signing(key=KEY), Signing(key=NEXT, before=KEY), Signing(key=NEXT, before=KEY)), 1
    ):
        made = publish(
            history, storage, work, number, as_of=moment + timedelta(seconds=number), signing=signing, left_out=left_out
        )
        editions.append(made)
        history = changed(history) if number == 1 else history.then()
    signing = Signing(key=NEXT, before=KEY)
    words = {"by": "A. Editor", "reason": "a wrong currency", "date": moment.isoformat()}
    for made in editions[:2]:
        with hold(storage, SOURCE, this_publisher()) as lock:
            pointer = read_pointer(storage, SOURCE)
            retract(storage, SOURCE, pointer, Retraction(edition_id=made.id, **words), lock=lock, signing=signing)
    record_failure(storage, SOURCE, failure(order(4).edition_id))
    kept = {editions[0].id: {"editionId": editions[0].id, "by": "Ann", "reason": "cited in a report"}}
    collected = {editions[1].id: moment.isoformat()}
    garbage.publish_ledger(storage, SOURCE, Rule(), Ledger(held=kept, collected=collected))
    publish_redactions(storage, SOURCE, [redacted(storage, editions[0].id)], NEXT)
    derive(storage, SOURCE, BASE, ())
    return storage


def failure(edition: str):
    """The verdict that stopped an edition."""
    checks = [{"outcome": "fail", "what": "rows", "expected": "some", "found": "none", "previous": None}]
    return {
        "editionId": edition,
        "asOf": FIRST.isoformat(),
        "gates": [{"name": "totals", "outcome": "fail", "rule": {"en": "Totals stay."}, "checks": checks}],
    }


def redacted(storage: FileStorage, edition: str):
    """What redactions.json says of a file that something is taken out of, which is done here."""
    path = f"editions/{edition}/issues.jsonl.gz"
    before, after = storage.read(source_key(SOURCE, path)), b"rewritten"
    (storage.root / source_key(SOURCE, path)).write_bytes(after)
    altered = Altered(
        path=path, bytes=len(before), sha256=json.digest(before), new_bytes=len(after), new_sha256=json.digest(after)
    )
    said = {"date": FIRST.isoformat(), "by": "Ann", "reason": "asked", "legalGround": "Law 94-V"}
    return {"id": 1, "kind": "value", **said, "objects": [altered.facts()]}
