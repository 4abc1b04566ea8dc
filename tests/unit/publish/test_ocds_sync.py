"""The client keeps a copy in step, believes nothing, and leaves the copy whole."""

import ast
import gzip
import json as stdlib_json
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from publish import ocds_sync
from publish.ocds_sync import SameKind
from publish.signing import Signing, SigningKey
from tests.support.publishing import Entry, publish, sample, tender

KEY = SigningKey(b"\x01" * 8, bytes(range(32)))
NEXT = SigningKey(b"\x02" * 8, bytes(reversed(range(32))))
CLIENT = Path(ocds_sync.__file__)
SINCE_3_10 = {
    *("UTC", "strict", "slots", "kw_only", "pairwise", "batched", "file_digest", "bit_count", "add_note", "chdir"),
    *("StrEnum", "TaskGroup", "ExceptionGroup", "TypeAlias", "Self", "override", "aiter", "anext", "autocommit"),
    *("setconfig", "getconfig", "blobopen", "serialize", "hardlink_to", "root_dir", "process_cpu_time"),
}
"""What the standard library has only since Python 3.10, of names that such a program might use."""
SHOWN = "20261121T190000Z-000001"


@pytest.fixture
def place(tmp_path):
    """A publication of two editions, whose pointer can be turned back to the first."""
    storage = FileStorage(tmp_path / "public")
    root = storage.root / "v1" / "kazakhstan"
    first = sample()
    publish(first, storage, tmp_path / "work", as_of=today(), signing=Signing(key=KEY))
    pointer = (root / "latest.json").read_bytes()
    second = first.then(**{"101-1": Entry(year=2024, states=(tender("101-1", amount=7),)), "100": None})
    publish(second, storage, tmp_path / "work", 2, as_of=today(1), signing=Signing(key=NEXT, before=KEY))
    return SimpleNamespace(root=root, copy=tmp_path / "copy", first=pointer, newest=(root / "latest.json").read_bytes())


def today(seconds=0):
    return datetime.now(UTC).replace(microsecond=0, second=seconds)


def run(*arguments):
    return ocds_sync.main([str(each) for each in arguments])


def at_first(place):
    (place.root / "latest.json").write_bytes(place.first)


def at_newest(place):
    (place.root / "latest.json").write_bytes(place.newest)


def published(place):
    """The records of the newest edition, by ocid."""
    pointer = json.decode((place.root / "latest.json").read_bytes())
    manifest = json.decode((place.root / pointer["manifest"]["path"]).read_bytes())
    files = [
        each["path"] for each in manifest["files"] if (each.get("table"), each.get("format")) == ("compiled", "jsonl")
    ]
    return sorted(line for path in files for line in gzip.decompress((place.root / path).read_bytes()).splitlines())


def copied(place, capfdbinary):
    capfdbinary.readouterr()
    assert run("dump", place.copy) == 0
    return sorted(capfdbinary.readouterr().out.splitlines())


def test_a_copy_is_made_whole_and_brought_up_by_delta(place, capfdbinary):
    at_first(place)
    assert run("sync", place.root, place.copy) == 0
    assert copied(place, capfdbinary) == published(place)

    at_newest(place)
    for file in (place.root / "data" / "compiled").rglob("*.gz"):
        file.rename(file.with_suffix(".away"))  # by the delta alone
    assert run("sync", place.root, place.copy) == 0
    for file in (place.root / "data" / "compiled").rglob("*.away"):
        file.rename(file.with_suffix(".gz"))

    assert copied(place, capfdbinary) == published(place)
    assert run("sync", place.root, place.copy) == 0
    assert b"up to date" in capfdbinary.readouterr().out


def test_without_the_delta_everything_is_read(place, capfdbinary):
    at_first(place)
    run("sync", place.root, place.copy)
    at_newest(place)
    for manifest in (place.root / "editions" / SHOWN).glob("manifest.json"):
        manifest.unlink()
    next((place.root / "editions").glob("*-000002/delta.jsonl.gz")).unlink()

    code = run("sync", place.root, place.copy)

    assert (code, copied(place, capfdbinary) == published(place)) in {(0, True), (3, False)}


def test_every_flipped_byte_is_found(place, capfdbinary):
    assert run("verify", place.root) == 0
    found = 0
    for file in sorted(place.root.rglob("*")):
        if not file.is_file() or (file.name.startswith("policy") and file.parent == place.root):
            continue
        newest = "000002" in str(file) or file.parent.parent.parent.name in {"data", "compiled"} or "data" in file.parts
        if not newest or file.suffix == ".minisig":
            continue
        whole = file.read_bytes()
        at = len(whole) // 2
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        found += run("verify", place.root) == 1
        file.write_bytes(whole)
    listed = json.decode(next((place.root / "editions").glob("*-000002/manifest.json")).read_bytes())["files"]
    assert found == len([each for each in listed if "omitted" not in each]) + 2  # and the manifest and the checksums


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"asOf": "2026-01-01T00:00:00Z"}, b"another asOf"),
        ({"testData": False}, b"another testData"),
        ({"previous": None}, b"another previous"),
        ({"expires": "2999-01-01T00:00:00Z"}, b"longer than a week"),
    ],
)
def test_a_pointer_that_says_other_than_its_manifest_is_refused(place, capfdbinary, changed, told):
    (place.root / "latest.json").write_bytes(json.encode(json.decode(place.newest) | changed))

    assert run("sync", place.root, place.copy) == 1
    assert told in capfdbinary.readouterr().out


def test_checksums_are_held_against_their_signature(place):
    signature = next((place.root / "editions").glob("*-000002/SHA256SUMS.minisig"))
    signature.write_bytes(KEY.sign(b"other checksums", "x"))

    assert run("verify", place.root) == 0
    assert run("verify", place.root, "--key", KEY.public.text) == 1


@pytest.mark.parametrize("what", ["compiled", "delta", "manifest", "pointer"])
def test_a_refused_step_leaves_the_copy_as_it_was(place, capfdbinary, what):
    at_first(place)
    run("sync", place.root, place.copy)
    before = copied(place, capfdbinary)
    at_newest(place)
    spoil(place, what)

    assert run("sync", place.root, place.copy) == 1
    assert b"Refused" in capfdbinary.readouterr().out
    assert copied(place, capfdbinary) == before


def spoil(place, what):
    edition = next((place.root / "editions").glob("*-000002"))
    if what == "pointer":
        body = json.decode(place.newest) | {"editionId": SHOWN}
        (place.root / "latest.json").write_bytes(json.encode(body))
        return
    if what == "compiled":
        (edition / "delta.jsonl.gz").write_bytes(b"")
        return
    file = edition / {"delta": "delta.jsonl.gz", "manifest": "manifest.json"}[what]
    file.write_bytes(file.read_bytes()[:-1] + b"?")


def test_a_pointer_that_went_back_is_refused(place):
    assert run("sync", place.root, place.copy) == 0
    at_first(place)

    assert run("sync", place.root, place.copy) == 1


def test_a_pointer_that_has_run_out_is_refused_unless_that_is_accepted(place, capfdbinary):
    body = json.decode(place.newest) | {"expires": "2026-01-01T00:00:00Z"}
    (place.root / "latest.json").write_bytes(json.encode(body))

    assert run("sync", place.root, place.copy) == 1
    assert b"good until 2026-01-01" in capfdbinary.readouterr().out
    assert run("sync", place.root, place.copy, "--accept-stale") == 0


def test_a_second_edition_of_one_number_is_refused(place, tmp_path):
    assert run("sync", place.root, place.copy) == 0
    other = FileStorage(tmp_path / "other")
    publish(sample(), other, tmp_path / "w", as_of=today())
    publish(sample().then(), other, tmp_path / "w", 2, as_of=today(1))

    assert run("sync", other.root / "v1" / "kazakhstan", place.copy) == 1


def test_a_path_out_of_the_folder_is_not_read(place):
    reader = ocds_sync.Place(str(place.root))
    for path in ("../../secret", "/etc/passwd", "editions/../../x", "http://other/x", "..\\x"):
        with pytest.raises(ocds_sync.RefusedError), reader.open(path):
            pass


def test_what_is_signed_is_taken_and_the_new_key_is_followed_to(place):
    assert run("sync", place.root, place.copy, "--key", KEY.public.text) == 0
    assert run("verify", place.root, "--key", KEY.public.text) == 0
    assert run("verify", place.root, "--key", NEXT.public.text) == 0


@pytest.mark.parametrize("spoiled", ["no signature", "other key", "other content", "no voucher", "wrong voucher"])
def test_what_is_not_signed_is_refused(place, spoiled):
    signature = next((place.root / "editions").glob("*-000002/manifest.json.minisig"))
    voucher = place.root.parent / "keys" / f"{NEXT.public.name}.pub.minisig"
    stranger = SigningKey(b"\x03" * 8, bytes(32))
    manifest = signature.with_suffix("").read_bytes()
    acts = {
        "no signature": signature.unlink,
        "other key": partial(signature.write_bytes, stranger.sign(manifest, "x")),
        "other content": partial(signature.write_bytes, NEXT.sign(manifest + b" ", "x")),
        "no voucher": voucher.unlink,
        "wrong voucher": partial(voucher.write_bytes, KEY.sign(stranger.public.file, "x")),
    }
    acts[spoiled]()

    assert run("sync", place.root, place.copy, "--key", KEY.public.text) == 1


def test_a_key_that_is_none_is_refused(place):
    assert run("sync", place.root, place.copy, "--key", "RWQabc") == 1


def test_a_publisher_over_http_is_read(place, capfdbinary):
    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(place.root))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert run("sync", url, place.copy) == 0
        assert run("verify", url) == 0
        server.shutdown()

    assert copied(place, capfdbinary) == published(place)


def test_a_publisher_that_is_not_there_is_told(place, monkeypatch):
    monkeypatch.setattr(ocds_sync, "PATIENCE", (0,))

    assert run("sync", "http://127.0.0.1:9", place.copy) == 3
    assert run("sync", place.root / "nowhere", place.copy) == 3


def test_the_published_file_runs_by_itself(place):
    client = place.root.parent / "ocds_sync.py"
    command = [sys.executable, "-I", "-S", str(client), "sync", str(place.root), str(place.copy)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert client.read_bytes() == CLIENT.read_bytes()


def test_it_needs_nothing_but_python_3_9():
    text = CLIENT.read_text()
    tree = ast.parse(text, feature_version=(3, 9))
    named = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    named |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}

    assert named <= set(sys.stdlib_module_names)
    assert "from __future__ import annotations" in text
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    used |= {word.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for word in node.keywords if word.arg}
    assert used & SINCE_3_10 == set()
    # A union of types is evaluated outside annotations, where Python 3.9 knows none.
    bare = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance"]
    assert [ast.unparse(node) for node in bare if isinstance(node.args[1], ast.BinOp)] == []


def test_it_checks_signatures_as_the_library_does():
    message = b"a message"
    signature = KEY._key().sign(message)

    assert ocds_sync.is_signed(KEY.public.point, message, signature)
    for place in range(0, 64, 7):
        wrong = bytes(byte ^ (index == place) for index, byte in enumerate(signature))
        assert not ocds_sync.is_signed(KEY.public.point, message, wrong)
    assert not ocds_sync.is_signed(NEXT.public.point, message, signature)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "98 bytes before its end"),
        (b"what is this\r\n\r\n", "what is this"),
        (b"HTTP/1.1 302 Found\r\nLocation: file:///etc/hosts\r\nContent-Length: 0\r\n\r\n", "answered 302"),
        (b"HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n", "answered 302"),
    ],
)
def test_an_answer_that_breaks_off_or_leads_elsewhere_is_no_refusal(tmp_path, capfd, monkeypatch, answer, told):
    monkeypatch.setattr("publish.ocds_sync.PATIENCE", ())
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with server.accept()[0] as connection:
                connection.recv(1 << 16)
                connection.sendall(answer)

        serving = threading.Thread(target=serve)
        serving.start()
        assert run("sync", f"http://127.0.0.1:{server.getsockname()[1]}", tmp_path / "copy") == 3
        serving.join()
    assert told in capfd.readouterr().out


def test_from_https_only_https_is_followed_to():
    request = urllib.request.Request("https://data.example.org/latest.json")
    with pytest.raises(urllib.error.HTTPError) as refused:
        SameKind().redirect_request(request, None, 302, "Found", {}, "http://data.example.org/latest.json")
    refused.value.close()
    assert SameKind().redirect_request(request, None, 302, "Found", {}, "https://other.example.org/latest.json")


def test_a_folder_that_cannot_be_is_told(place, tmp_path, capfd):
    (tmp_path / "file").write_bytes(b"")

    assert run("sync", place.root, tmp_path / "file") == 2
    assert "The copy cannot be used" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("alter", "told"),
    [
        (
            lambda pointer: b"".join(line for line in pointer.splitlines(True) if b'"signature"' not in line),
            "not signed",
        ),
        (lambda pointer: pointer.replace(b'"sequence": 2', b'"sequence": 3'), "its signature is wrong"),
        (lambda pointer: pointer.replace(b'"expires": "20', b'"expires": "21'), "its signature is wrong"),
        (lambda pointer: pointer.replace(b"untrusted comment", b"unbelieved comment"), "not written as minisign"),
        (lambda pointer: pointer.replace(b'",\n  "testData"', b'",\n  "signature": "",\n  "testData"'), "several"),
    ],
)
def test_a_pointer_that_is_not_what_was_signed_is_refused(place, capfd, alter, told):
    (place.root / "latest.json").write_bytes(alter(place.newest))

    assert run("sync", place.root, place.copy, "--key", NEXT.public.text) == 1
    assert told in capfd.readouterr().out


def test_what_stands_on_the_line_of_the_signature_is_not_read(place):
    """Else somebody could say there what is not signed, and the last of two members of a name would count."""
    forged = place.newest.replace(b'\\n",\n  "testData"', b'\\n", "expires": "2999-01-01T00:00:00Z",\n  "testData"')
    assert json.decode(forged)["expires"].startswith("2999")
    (place.root / "latest.json").write_bytes(forged)
    reader = ocds_sync.Publisher(str(place.root), NEXT.public.text)

    assert reader.newest().sequence == 2
    assert json.decode(place.newest)["expires"] == reader._pointer(forged)["expires"]


def test_another_source_s_data_is_refused_where_the_place_says_whose_it_is(place, tmp_path, capfd):
    """One key signs all sources, so that its signature does not tell."""
    moved = place.root.rename(place.root.with_name("kyrgyzstan"))
    key = ("--key", NEXT.public.text)

    for command in (("verify", moved), ("sync", moved, place.copy)):
        assert run(*command, *key) == 1
        assert "latest.json is of kazakhstan, and stands where kyrgyzstan should be" in capfd.readouterr().out
    assert run("sync", moved, place.copy, *key, "--dataset", "kazakhstan") == 0
    mirror = moved.parent.rename(tmp_path / "mirror")
    assert run("sync", mirror / "kyrgyzstan", place.copy, *key) == 0
    assert run("verify", mirror / "kyrgyzstan", *key, "--dataset", "tajikistan") == 1


@pytest.mark.parametrize(
    ("url", "dataset"),
    [
        ("https://data.example.org/v1/kazakhstan/", "kazakhstan"),
        ("https://data.example.org/v1/kazakhstan/latest.json", "kazakhstan"),
        ("https://data.example.org/mirror/kazakhstan", ""),
        ("https://v1.example.org/kazakhstan", ""),
    ],
)
def test_an_address_says_whose_data_it_is_where_it_is_a_publisher_s_own(url, dataset):
    assert ocds_sync.Publisher(url).dataset == dataset


def test_an_old_pointer_that_was_signed_is_refused_once_it_has_run_out(place, monkeypatch, capfd):
    later = datetime.now(UTC) + timedelta(days=8)
    monkeypatch.setattr(
        ocds_sync, "datetime", SimpleNamespace(now=lambda _: later, fromisoformat=datetime.fromisoformat)
    )

    assert run("sync", place.root, place.copy, "--key", NEXT.public.text) == 1
    assert "good until" in capfd.readouterr().out


class Looks:
    """What happens between the looks of one that follows; it stops when all of it has happened."""

    def __init__(self, monkeypatch, *acts):
        self.acts, self.waits = list(acts), []
        monkeypatch.setattr(ocds_sync, "time", SimpleNamespace(sleep=self))

    def __call__(self, seconds):
        self.waits.append(seconds)
        if not self.acts:
            raise KeyboardInterrupt
        self.acts.pop(0)()


def test_one_that_follows_goes_on_where_the_trouble_passes(place, monkeypatch, capfd):
    away = place.root.with_name("away")
    at_first(place)
    looks = Looks(
        monkeypatch,
        lambda: (at_newest(place), spoil(place, "pointer")),
        lambda: at_newest(place),
        lambda: at_first(place),
        lambda: place.root.rename(away),
        lambda: (away.rename(place.root), at_newest(place)),
    )

    assert run("follow", place.root, place.copy, "--every", "5") == 130
    told = capfd.readouterr().out.splitlines()
    assert [
        words
        for line in told
        for words in ("whole", "once more", "deltas", "seen before", "no latest", "up to date")
        if words in line
    ] == [
        "whole",
        "once more",
        "deltas",
        "seen before",
        "no latest",
        "up to date",
    ]
    assert looks.waits == [300, 10, 300, 300, 300, 300]


def test_one_that_follows_ends_where_the_same_pointer_is_refused_twice(place, monkeypatch, capfd):
    at_first(place)
    looks = Looks(monkeypatch, lambda: (at_newest(place), spoil(place, "manifest")), lambda: None, lambda: None)

    assert run("follow", place.root, place.copy, "--every", "5") == 1
    assert "Refused: editions/" in capfd.readouterr().out.splitlines()[-1]
    assert looks.waits == [300, 10]


def test_one_that_follows_ends_where_it_is_shown_what_nobody_signed(place, monkeypatch):
    (place.root / "latest.json").write_bytes(place.newest.replace(b'"sequence": 2', b'"sequence": 3'))
    looks = Looks(monkeypatch, lambda: None, lambda: None)

    assert run("follow", place.root, place.copy, "--key", KEY.public.text) == 1
    assert looks.waits == [10]


@pytest.mark.parametrize("before", [None, KEY])
def test_what_a_signed_edition_follows_needs_no_signature_of_a_known_key(tmp_path, capfdbinary, monkeypatch, before):
    """A copy comes by deltas from before there was a key, and from before the only key that it knows."""
    monkeypatch.setattr(ocds_sync, "_whole", lambda _: 1 << 30)
    storage, made = FileStorage(tmp_path / "public"), sample()
    place = SimpleNamespace(root=storage.root / "v1" / "kazakhstan", copy=tmp_path / "copy")
    keys = [before and Signing(key=before)] * 2 + [Signing(key=NEXT, before=before)]
    for number, signing in enumerate(keys, 1):
        publish(made, storage, tmp_path / "work", number, as_of=today(number), signing=signing)
        made = made.then(**{"101-1": Entry(year=2024, states=(tender("101-1", amount=number),))})
        if number == 1:
            assert run("sync", place.root, place.copy) == 0

    assert run("sync", place.root, place.copy, "--key", NEXT.public.text) == 0
    assert b"deltas applied: 2" in capfdbinary.readouterr().out
    assert copied(place, capfdbinary) == published(place)


@pytest.mark.parametrize(
    "broken",
    [
        {"expires": 7},
        {"expires": "2026"},
        {"manifest": {"path": 7, "sha256": ""}},
        {"manifest": []},
        {"sequence": 1e999},
        {"layoutVersion": "1", "expires": "9999-12-31T23:59:59-23:59"},
    ],
)
def test_a_pointer_of_another_form_is_a_refusal_and_no_crash(place, capfd, broken):
    pointer = {**json.decode(place.newest), **broken}
    (place.root / "latest.json").write_text(stdlib_json.dumps(pointer))

    assert run("sync", place.root, place.copy) == 1
    assert "Refused" in capfd.readouterr().out


def test_a_voucher_of_another_form_is_a_refusal_and_no_crash(place, capfd):
    (place.root.parent / "keys" / f"{NEXT.public.name}.pub.minisig").write_bytes(b"one line")

    assert run("sync", place.root, place.copy, "--key", KEY.public.text) == 1
    assert "Refused" in capfd.readouterr().out


def test_one_that_follows_waits_for_whoever_else_works_on_the_copy(place, monkeypatch, capfd):
    locked = iter([sqlite3.OperationalError("database is locked"), sqlite3.OperationalError("disk I/O error")])
    monkeypatch.setattr(ocds_sync, "sync", lambda *_: (_ for _ in ()).throw(next(locked)))
    looks = Looks(monkeypatch, lambda: None)

    assert run("follow", place.root, place.copy, "--every", "5") == 2
    assert "Somebody else is at work on the copy" in capfd.readouterr().out
    assert looks.waits == [300]
