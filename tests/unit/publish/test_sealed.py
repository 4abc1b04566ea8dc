"""A verification finds signatures that are not of what they stand beside, whichever byte is another."""

import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest

from ocds_pipeline.publisher import this_publisher
from ocds_pipeline.storage import FileStorage
from ocds_schema import json
from ocds_schema.errors import PublishError
from ocds_schema.source import read_source
from publish.layout import edition_path, sequence_of, source_key
from publish.lock import hold
from publish.manifest import point_to, read_pointer, sealed, sums_of, unsealed
from publish.retract import retract
from publish.retractions import Retraction
from publish.sealed import is_ours
from publish.signing import Signing, SigningKey
from publish.site import Remembered
from publish.stamp import stamped
from publish.verify import verify
from tests.support.publishing import FIRST, contents, mended, publish, sample

KEY = SigningKey(b"\x01" * 8, bytes(range(32)))
OTHER = SigningKey(b"\x01" * 8, bytes(reversed(range(32))))
SOURCE = "kazakhstan"


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signed")
    made = FileStorage(folder / "public")
    publish(sample(), made, folder / "work", signing=Signing(key=KEY))
    return made


@pytest.fixture
def signatures(storage):
    """The signatures and the public key, put back afterwards."""
    paths = [path for path in sorted(storage.root.rglob("*")) if path.suffix in {".minisig", ".pub"}]
    whole = {path: path.read_bytes() for path in paths}
    assert len(whole) == 3
    assert verify(storage, SOURCE).is_sound
    yield whole
    for path, content in whole.items():
        path.write_bytes(content)


def found(storage):
    return {finding.file for finding in verify(storage, SOURCE).findings}


def test_a_flipped_byte_in_a_signature_or_a_key_is_found(storage, signatures):
    for path, content in signatures.items():
        for place in {0, len(content) // 3, content.index(b"\n"), len(content) - 2, len(content) - 1}:
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert found(storage), f"byte {place} of {path}"
        path.write_bytes(content)


def test_a_signature_or_a_key_that_is_gone_is_found(storage, signatures):
    for path, content in signatures.items():
        path.unlink()
        assert found(storage) == {str(path.relative_to(storage.root))}
        path.write_bytes(content)


def test_the_signature_of_another_key_is_found(storage, signatures):
    (path, *_) = [path for path in signatures if path.name == "manifest.json.minisig"]
    path.write_bytes(OTHER.sign(path.with_suffix("").read_bytes(), "x"))

    assert found(storage) == {str(path.relative_to(storage.root))}


POINTER = f"v1/{SOURCE}/latest.json"


@pytest.fixture
def apart(storage, tmp_path):
    """A publication of one's own."""
    return FileStorage(shutil.copytree(storage.root, tmp_path / "public"))


def rewrite(storage, alter):
    path = storage.root / POINTER
    path.write_bytes(alter(path.read_bytes()))


def test_every_byte_of_the_pointer_is_held(apart):
    whole = apart.read(POINTER)
    for place in range(0, len(whole), 37):
        rewrite(apart, lambda _, place=place: whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert found(apart), f"byte {place}"


def test_a_pointer_without_its_signature_is_found_and_not_followed(apart, tmp_path):
    rewrite(apart, lambda pointer: unsealed(pointer)[0])

    assert found(apart) == {POINTER}
    with pytest.raises(PublishError, match=r"latest.json is not signed: somebody else wrote it.*repair"):
        publish(sample().then(), apart, tmp_path / "work", 2, signing=Signing(key=KEY))


def test_what_somebody_else_wrote_into_the_pointer_is_not_signed_by_us(apart, tmp_path):
    """The next publication carries on what the pointer says of retracted editions, and signs it."""
    stranger = SigningKey(b"\x09" * 8, bytes(32))

    def forge(pointer):
        text = unsealed(pointer)[0].replace(b'"retracted": []', b'"retracted": ["20261121T190000Z-000001"]')
        return sealed(text, stranger.sign(text, "x"))

    rewrite(apart, forge)

    with pytest.raises(PublishError, match=r"latest.json is not signed with 0101"):
        publish(sample().then(), apart, tmp_path / "work", 2, signing=Signing(key=KEY))


def test_a_pointer_of_the_key_before_is_followed_and_the_next_one_is_of_the_new_key(apart, tmp_path):
    new = SigningKey(b"\x02" * 8, bytes(range(1, 33)))
    with pytest.raises(PublishError, match="set OCDS_SIGNING_KEY_BEFORE"):
        publish(sample().then(), apart, tmp_path / "work", 2, signing=Signing(key=new))

    publish(sample().then(), apart, tmp_path / "work", 2, signing=Signing(key=new, before=KEY))

    assert verify(apart, SOURCE).findings == ()
    text, signature = unsealed(apart.read(POINTER))
    new.public.check(text, signature)


def test_minisign_itself_is_given_what_it_can_check(apart):
    """The text is the file without one line, so that a reader needs no JSON to take the signature out."""
    pointer = apart.read(POINTER)
    text = b"".join(line for line in pointer.splitlines(keepends=True) if not line.startswith(b'  "signature"'))

    KEY.public.check(text, json.decode(pointer)["signature"].encode())
    assert len(pointer) < 2048


def test_editions_without_a_key_have_a_pointer_without_a_signature(tmp_path):
    plain = FileStorage(tmp_path / "public")
    publish(sample(), plain, tmp_path / "work")

    assert unsealed(plain.read(POINTER))[1] is None
    assert verify(plain, SOURCE).findings == ()
    publish(sample().then(), plain, tmp_path / "work", 2, signing=Signing(key=KEY))
    assert verify(plain, SOURCE).findings == ()


@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_pointer_is_put_back_signed_where_the_key_is_there_or_it_is_remembered(apart, tmp_path, has_key, is_known):
    whole = apart.read(POINTER)
    rewrite(apart, lambda pointer: pointer.replace(b"untrusted", b"unbelieved"))
    signing = Signing(key=KEY) if has_key else None
    report = mended(apart, tmp_path / "mending", signing=signing, remembered=whole if is_known else None)

    assert (apart.read(POINTER) == whole) is (has_key or is_known)
    assert (report.broken == []) is (has_key or is_known)


def test_repair_signs_no_pointer_to_a_manifest_that_is_not_ours(apart, tmp_path):
    """Else it would make ours, run twice, what somebody put there who can write but has no key."""
    pointer = json.decode(apart.read(POINTER))
    path = apart.root / source_key(SOURCE, pointer["manifest"]["path"])
    forged = json.encode_pretty({**json.decode(path.read_bytes()), "title": "forged"})
    path.write_bytes(forged)
    (apart.root / POINTER).write_bytes(point_to(json.decode(forged), forged))
    (apart.root / source_key(SOURCE, "editions.json")).unlink()

    for _ in range(2):
        report = mended(apart, tmp_path / "mending", signing=Signing(key=KEY))

    assert report.broken
    assert b'"signature"' not in apart.read(POINTER)
    signature = path.with_name("manifest.json.minisig").read_bytes()
    assert not is_ours(forged, signature, Signing(key=KEY))


FOLDER = f"v1/{SOURCE}"
MANIFEST = f"{FOLDER}/editions/20261121T190000Z-000001/manifest.json"


def remove(storage, *keys):
    for key in keys:
        (storage.root / key).unlink()


@pytest.fixture
def copy(storage, tmp_path):
    return FileStorage(shutil.copytree(storage.root, tmp_path / "copy"))


def test_signatures_that_are_lost_with_the_pointer_are_taken_from_a_copy(apart, copy, tmp_path):
    whole = contents(apart)
    assert MANIFEST in whole
    remove(apart, POINTER, f"{MANIFEST}.minisig", MANIFEST.replace("manifest.json", "SHA256SUMS.minisig"))

    report = mended(apart, tmp_path / "mending", copy, signing=Signing(key=KEY))

    assert (report.broken, report.damaged) == ([], [])
    assert [(each.key, each.whence) for each in report.mended] == [(f"{MANIFEST}.minisig", "the copy")]
    assert contents(apart) == whole


def test_nothing_is_signed_by_the_word_of_a_copy_that_has_another_s_signature(apart, copy, tmp_path):
    stranger = SigningKey(b"\x01" * 8, bytes(32))
    (copy.root / f"{MANIFEST}.minisig").write_bytes(stranger.sign(copy.read(MANIFEST), "x"))
    remove(apart, POINTER, f"{MANIFEST}.minisig")

    for given in (copy, None):
        report = mended(apart, tmp_path / "mending", given, signing=Signing(key=KEY))

        assert report.broken
        assert apart.stat(f"{MANIFEST}.minisig") is None
        assert b'"signature"' not in apart.read(POINTER)


def test_a_list_of_retracted_editions_is_believed_by_its_signature_in_a_copy(apart, tmp_path):
    wanted = Retraction(edition_id=MANIFEST.split("/")[3], by="A. Editor", reason="wrong", date="2026-11-22T00:00:00Z")
    pointer = read_pointer(apart, SOURCE)
    with hold(apart, SOURCE, this_publisher()) as lock:
        retract(apart, SOURCE, pointer, wanted, lock=lock, signing=Signing(key=KEY))
    mended(apart, tmp_path / "mending", signing=Signing(key=KEY))
    copy = FileStorage(shutil.copytree(apart.root, tmp_path / "copy"))
    whole = contents(apart)
    signatures = [key for key in apart.keys(f"{FOLDER}/retractions/") if key.endswith(".minisig")]
    assert len(signatures) == 1
    remove(apart, POINTER, f"{MANIFEST}.minisig", *signatures)

    report = mended(apart, tmp_path / "mending", copy, signing=Signing(key=KEY))

    assert (report.broken, report.damaged) == ([], [])
    assert contents(apart) == whole


REMEMBERED = Remembered(last=MANIFEST.split("/")[3], signed_by=lambda _: KEY.public.name)


def forge(storage, *, edition=None):
    """Put a manifest of somebody's own there, with checksums and a pointer to it and no trace of the key."""
    manifest = {name: value for name, value in json.decode(storage.read(MANIFEST)).items() if name != "signedBy"}
    manifest["title"] = "forged"
    key = MANIFEST
    if edition:
        manifest |= {"editionId": edition, "sequence": sequence_of(edition)}
        key = MANIFEST.replace(REMEMBERED.last, edition)
        (storage.root / key).parent.mkdir()
    forged = json.encode_pretty(manifest)
    (storage.root / key).write_bytes(forged)
    (storage.root / key.replace("manifest.json", "SHA256SUMS")).write_bytes(sums_of(manifest, forged))
    (storage.root / POINTER).write_bytes(point_to(manifest, forged))
    remove(storage, f"{FOLDER}/editions.json")


@pytest.mark.parametrize("edition", [None, "20261123T190000Z-000002"])
def test_what_has_no_signature_although_the_database_remembers_one_is_not_believed(apart, tmp_path, edition):
    forge(apart, edition=edition)
    forged = contents(apart)
    without = FileStorage(shutil.copytree(apart.root, tmp_path / "without"))

    report = mended(apart, tmp_path / "mending", signing=Signing(key=KEY), known=REMEMBERED)

    assert any(
        "somebody else wrote them" in each or "no edition whose manifest is whole" in each for each in report.broken
    )
    assert {key: data for key, data in contents(apart).items() if key != POINTER} == {
        key: data for key, data in forged.items() if key != POINTER
    }
    assert b'"signature"' not in apart.read(POINTER)
    # Nobody can tell without the database: it is whole by all that it says itself.
    mended(without, tmp_path / "mending", signing=Signing(key=KEY))
    assert without.stat(f"{FOLDER}/editions.json") is not None


def test_what_the_database_remembers_as_signed_is_put_back_from_a_copy(apart, copy, tmp_path):
    whole = contents(apart)
    forge(apart)

    report = mended(apart, tmp_path / "mending", copy, signing=Signing(key=KEY), known=REMEMBERED)

    assert (report.broken, report.damaged) == ([], [])
    assert {f"{MANIFEST}", f"{MANIFEST}.minisig"} <= {each.key for each in report.mended}
    assert contents(apart) == whole


def test_a_copy_s_forged_manifest_is_not_put_back(apart, copy, tmp_path):
    forge(apart)
    forge(copy)

    report = mended(apart, tmp_path / "mending", copy, signing=Signing(key=KEY), known=REMEMBERED)

    assert report.broken
    assert b'"signature"' not in apart.read(POINTER)


def test_a_pointer_that_was_turned_back_from_a_damaged_edition_is_told(apart, tmp_path):
    first = apart.read(POINTER)
    second = publish(sample().then(), apart, tmp_path / "work", 2, signing=Signing(key=KEY))
    (apart.root / POINTER).write_bytes(first)
    remove(apart, f"{FOLDER}/editions.json")
    (apart.root / source_key(SOURCE, edition_path(second.id, "manifest.json"))).write_bytes(b"{}")

    known = Remembered(last=second.id, signed_by=REMEMBERED.signed_by)
    report = mended(apart, tmp_path / "mending", signing=Signing(key=KEY), known=known)

    assert [each for each in report.broken if f"{second.id} was published since" in each]
    assert apart.read(POINTER) == first


def test_the_last_edition_of_the_database_is_pointed_to_though_a_file_of_it_is_damaged(apart, tmp_path):
    first = apart.read(POINTER)
    second = publish(sample().then(), apart, tmp_path / "work", 2, signing=Signing(key=KEY))
    now = apart.read(POINTER)
    copy = FileStorage(shutil.copytree(apart.root, tmp_path / "copy"))
    whole = contents(apart)
    (apart.root / POINTER).write_bytes(first)
    remove(apart, f"{FOLDER}/editions.json", source_key(SOURCE, edition_path(second.id, "changelog.jsonl.gz")))

    known = Remembered(last=second.id, signed_by=REMEMBERED.signed_by)
    report = mended(apart, tmp_path / "mending", copy, signing=Signing(key=KEY), known=known)

    assert (report.broken, apart.read(POINTER)) == ([], now)
    assert contents(apart) == whole


def test_a_pointer_of_a_key_that_is_not_set_any_more_stays_as_it_is(apart, tmp_path):
    whole = contents(apart)
    new = SigningKey(b"\x02" * 8, bytes(range(1, 33)))

    report = mended(apart, tmp_path / "mending", signing=Signing(key=new), known=REMEMBERED)

    assert [each for each in report.broken if "set OCDS_SIGNING_KEY_BEFORE" in each]
    assert whole.items() <= contents(apart).items()
    report = mended(apart, tmp_path / "mending", signing=Signing(key=new, before=KEY), known=REMEMBERED)
    assert report.broken == []


@pytest.fixture
def three(apart, tmp_path):
    """Two more editions, a copy of all, and what the database remembers; the pointer is that of the second one."""
    pointers = []
    made = sample()
    for number in (2, 3):
        made = made.then()
        last = publish(made, apart, tmp_path / "work", number, signing=Signing(key=KEY))
        pointers.append(apart.read(POINTER))
    copy = FileStorage(shutil.copytree(apart.root, tmp_path / "copy"))
    (apart.root / POINTER).write_bytes(pointers[0])
    known = Remembered(last=last.id, signed_by=lambda _: KEY.public.name)
    return SimpleNamespace(pointer=pointers[0], copy=copy, last=last.id, known=known)


@pytest.mark.parametrize("is_there", [True, False])
def test_no_shorter_list_is_made_while_something_is_left_of_the_last_edition(apart, three, tmp_path, is_there):
    remove(apart, f"{FOLDER}/editions.json", source_key(SOURCE, edition_path(three.last, "manifest.json")))
    if not is_there:
        remove(apart, POINTER)
    before = contents(apart)

    for _ in range(2):
        report = mended(apart, tmp_path / "mending", signing=Signing(key=KEY), known=three.known)
        assert [each for each in report.broken if f"but {three.last} was published since" in each]

    assert contents(apart) == before
    mended(apart, tmp_path / "mending", three.copy, signing=Signing(key=KEY), known=three.known)
    assert contents(apart) == contents(three.copy)


@pytest.mark.parametrize("is_there", [True, False])
def test_what_the_message_says_leads_out_where_an_edition_is_lost(apart, three, tmp_path, is_there):
    (apart.root / source_key(SOURCE, edition_path(three.last, "manifest.json"))).write_bytes(b"{}")
    if not is_there:
        remove(apart, POINTER)
    report = mended(apart, tmp_path / "mending", signing=Signing(key=KEY), known=three.known)
    folder, listed = f"{FOLDER}/editions/{three.last}/", f"{FOLDER}/editions.json"
    assert report.broken
    assert not is_there or f"remove {folder} and {listed}, repair again and publish" in report.broken[0]

    remove(apart, *apart.keys(folder), listed)
    held = three.copy.read(POINTER) if is_there else None
    report = mended(apart, tmp_path / "mending", signing=Signing(key=KEY), remembered=held, known=three.known)

    assert (report.broken, report.damaged, apart.read(POINTER)) == ([], [], three.pointer)
    assert any("nothing is left of that" in each for each in report.done)
    made = sample().then().then()
    publish(made, apart, tmp_path / "work", 3, as_of=FIRST + timedelta(days=9), signing=Signing(key=KEY))
    assert verify(apart, SOURCE).findings == ()


@pytest.fixture
def strange(apart, tmp_path):
    """Another source of the same publisher, and its files by their paths."""
    source = read_source("kyrgyzstan")
    for number, made in enumerate((sample(), sample().then()), 1):
        publish(made, apart, tmp_path / "strange", number, source=source, signing=Signing(key=KEY))
    prefix = "v1/kyrgyzstan/"
    return {key.removeprefix(prefix): apart.read(key) for key in apart.keys(prefix)}


@pytest.mark.parametrize("name", ["latest.json", "manifest.json"])
def test_what_is_signed_for_another_source_is_found_and_not_followed(apart, strange, tmp_path, name):
    copied = {path: data for path, data in strange.items() if name == "latest.json" or "000001/" in path}
    put(apart, copied)

    assert {f"{FOLDER}/{path}" for path in copied if path.endswith(name)} & found(apart)
    assert [each for each in verify(apart, SOURCE).findings if "kyrgyzstan" in str(each)]
    with pytest.raises(PublishError, match=r"repair|put the original back"):
        publish(sample().then(), apart, tmp_path / "work", 3, signing=Signing(key=KEY))


def put(storage, files):
    for path, data in files.items():
        target = storage.root / FOLDER / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def test_repair_takes_and_signs_nothing_of_another_source(apart, copy, strange, tmp_path):
    whole = {key: data for key, data in contents(apart).items() if key.startswith(FOLDER)}
    put(apart, strange)
    remove(apart, POINTER)

    for pointer in (None, strange["latest.json"]):
        if pointer:
            put(apart, {"latest.json": pointer})
        report = mended(apart, tmp_path / "mending", signing=Signing(key=KEY), remembered=strange["latest.json"])
        assert report.broken
        assert (apart.stat(POINTER) and apart.read(POINTER)) == pointer
    assert "what is there is that of 'kyrgyzstan'" in report.broken[0]
    mended(apart, tmp_path / "mending", copy, signing=Signing(key=KEY), known=REMEMBERED)

    assert {key: apart.read(key) for key in whole} == whole


@pytest.mark.parametrize("name", ["retention.json", "redactions.json"])
def test_what_is_said_of_another_source_s_editions_is_not_believed(apart, tmp_path, name):
    put(apart, {name: stamped({"dataset": "kyrgyzstan", "kept": [], "collected": [], "redactions": []})})

    assert any(f"{FOLDER}/{name} is that of 'kyrgyzstan'" in str(each) for each in verify(apart, SOURCE).findings)
    if name == "redactions.json":
        remove(apart, f"{FOLDER}/{name}")
    assert mended(apart, tmp_path / "mending", signing=Signing(key=KEY), known=REMEMBERED).broken == []
    assert verify(apart, SOURCE).findings == ()


def test_a_copy_of_another_source_is_not_taken_for_ours(apart, strange, tmp_path):
    copy = FileStorage(tmp_path / "copy")
    put(copy, strange)
    remove(apart, POINTER, MANIFEST, f"{FOLDER}/editions.json")

    report = mended(apart, tmp_path / "mending", copy, signing=Signing(key=KEY), known=REMEMBERED)

    assert report.broken
    assert apart.stat(MANIFEST) is None
