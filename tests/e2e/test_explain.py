"""From a published value back to the bytes that the portal sent, for every source, by the command line."""

import gzip
from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from ocds_schema import json
from tests.support.first_runs import first_run
from tests.support.stand_ins import ALL, WEB

MOST = 3
"""Values of each source that are followed."""


@pytest.fixture(scope="module", params=ALL, ids=str)
def country(request):
    return request.param


@pytest.fixture(scope="module")
def installation(country, tmp_path_factory):
    return first_run(country, tmp_path_factory).installation


def compiled(installation):
    """Give every compiled release of the edition."""
    files = [content for key, content in installation.published().items() if "/compiled/" in key and "jsonl" in key]
    return [json.decode(line) for file in files for line in gzip.decompress(file).splitlines()]


def amounts(installation):
    """Name contracts' amounts, and awards' where a portal has no contracts."""
    releases = compiled(installation)
    section = "contracts" if any(one.get("contracts") for one in releases) else "awards"
    return [
        (one["ocid"], f"{section}/{each['id'].replace('/', '~1')}/value/amount", each["value"]["amount"])
        for one in releases
        for each in one.get(section, ())
        if each.get("value", {}).get("amount")
    ][:MOST]


def payload(installation, told):
    """Read a record's bytes with warcio alone."""
    place = told.get("repeats", told)
    with (installation.home / "archive" / place["segment"]).open("rb") as file:
        file.seek(place["offset"])
        return next(iter(ArchiveIterator(file))).content_stream().read()


def test_every_amount_leads_to_its_bytes_in_the_archive(installation):
    followed = amounts(installation)

    assert len(followed) == MOST
    for ocid, path, amount in followed:
        report = installation.done("explain", ocid, path)
        (value,) = report["values"]
        deciding = [one for one in value["from"] if one["part"] in ("value", "together")]
        assert (value["value"], report["findings"]) == (amount, [])
        assert value["rule"]
        assert value["releases"][0]["op"] == "appeared"
        assert value["releases"][0]["edition"]
        assert deciding
        for one in deciding:
            told = report["documents"][one["document"]]
            sent = payload(installation, told)[slice(*one["bytes"])]
            assert sent
            if told["way"] != "html":
                assert json.decode(sent) == one["raw"]
            else:
                assert " ".join(str(one["raw"]).split()) in " ".join(sent.decode().split())


def test_whole_processes_are_followed_and_nothing_private_is_shown(country, installation):
    secrets = country.secrets() if country in WEB else ()
    for one in compiled(installation)[:: len(compiled(installation)) // 2 or 1]:
        code, out, err = installation.run("explain", one["ocid"])
        assert code == 0, out + err
        assert [secret for secret in secrets if secret in out + err] == []


def test_what_is_not_published_is_said_with_what_is_near(installation):
    ocid, path, _ = amounts(installation)[0]

    code, _, err = installation.run("explain", f"{ocid}9")
    assert code == 2
    assert ocid in err
    code, _, err = installation.run("explain", ocid, path.replace("amount", "amuont"))
    assert code == 2
    assert "value/amount" in err


def test_an_archive_that_was_changed_is_found_out(installation):
    ocid, path, _ = amounts(installation)[0]
    report = installation.done("explain", ocid, path)
    told = report["documents"][0]
    file = installation.home / "archive" / told.get("repeats", told)["segment"]
    whole = file.read_bytes()
    try:
        file.write_bytes(_spoilt(whole, told.get("repeats", told)["offset"]))
        code, out, _ = installation.run("explain", ocid, path)
    finally:
        file.write_bytes(whole)

    assert code == 1
    assert "NOT FOLLOWED TO THE END" in out
    assert "was written down" in out


def _spoilt(segment, offset):
    """Change one digit of the last character that the record at the offset ends with."""
    member = gzip.GzipFile(fileobj=BytesIO(segment[offset:])).read()
    end = member.index(b"\r\n\r\n", member.index(b"\r\n\r\n") + 4) + 4
    place = next(at for at in range(end, len(member)) if member[at : at + 1].isdigit())
    changed = member[:place] + (b"1" if member[place : place + 1] != b"1" else b"2") + member[place + 1 :]
    return segment[:offset] + gzip.compress(changed)
