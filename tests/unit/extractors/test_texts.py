"""What the bytes of a web page say, and whether all of them came."""

import pytest

from extractors.texts import NO_CHARACTER, decode_text, is_whole_page, is_whole_xml


def plain(encoding):
    return [("Content-Type", f"text/html; charset={encoding}")]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("№ 7 — закупка".encode("cp1251"), plain("windows-1251")),
        ("№ 7 — закупка".encode("cp1251"), [("content-type", 'text/html;charset="Windows-1251"')]),
        (b'<meta charset="windows-1251">' + "№ 7 — закупка".encode("cp1251"), []),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=cp1251"/>' + "№ 7 — закупка".encode("cp1251"),
            [("Content-Type", "text/html")],
        ),
        (b'<?xml version="1.0" encoding="windows-1251"?>' + "№ 7 — закупка".encode("cp1251"), []),
        ("№ 7 — закупка".encode(), []),
        ("№ 7 — закупка".encode(), plain("no-such-encoding")),
        ("№ 7 — закупка".encode("utf-8-sig"), plain("windows-1251")),
        ("\ufeff№ 7 — закупка".encode("utf-16-le"), []),
        ("№ 7 — закупка".encode("utf-16-le"), plain("utf-16")),
        (b'<meta charset="koi8-r">' + "№ 7 — закупка".encode(), plain("utf-8")),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_names(body, headers):
    text, mended = decode_text(body, headers)

    assert text.endswith("№ 7 — закупка")
    assert mended == {}


def test_bytes_that_are_no_characters_are_replaced_and_counted():
    text, mended = decode_text("Көмір \ufffd ".encode() + b"\xff\xfe \xd0", [])

    assert text == "Көмір \ufffd \ufffd\ufffd \ufffd"
    assert mended == {NO_CHARACTER: 3}


@pytest.mark.parametrize("label", ["idna", "unicode_escape", "rot13", "zip", "utf-7", "undefined", "\x00", "."])
def test_an_encoding_that_is_no_page_s_is_passed_over(label):
    assert decode_text(b"\\u0041 abc", plain(label)) == ("\\u0041 abc", {})


def test_latin_is_read_as_browsers_do():
    assert decode_text(b"\x93 7 \x94", plain("iso-8859-1"))[0] == "“ 7 ”"


@pytest.mark.parametrize(
    "text", ["<html></html>", "<HTML>x</HTML >\n<!-- 7 ms -->", "<!doctype html><html><body></html><script></script>"]
)
def test_a_page_with_its_closing_tag_is_whole(text):
    assert is_whole_page(text)


@pytest.mark.parametrize("text", ["", "<html><body>", "<html><body></htm", "html"])
def test_a_page_without_its_closing_tag_is_not(text):
    assert not is_whole_page(text)


@pytest.mark.parametrize(
    "text",
    [
        "<a><b/></a>",
        '<?xml version="1.0"?>\n<!-- <c> -->\n<partial-response id="x"><changes/></partial-response>\n',
        "<a/>",
        "<!DOCTYPE html><html><body>Профилактика</body></html>",
    ],
)
def test_xml_that_ends_with_its_root_is_whole(text):
    assert is_whole_xml(text)


@pytest.mark.parametrize("text", ["", "Профилактика", "<a><b></b>", "<a><a/>", "<?xml version='1.0'?>", "<!-- <a></a>"])
def test_xml_that_does_not_is_cut_short(text):
    assert not is_whole_xml(text)


@pytest.mark.parametrize("piece", ["<!--", "<?", "<!DOCTYPE", "<a ", "<meta ", "<meta charset=", "</html", " ", "<"])
def test_no_page_is_looked_at_again_and_again(piece):
    # Four million characters: whoever looked from each of them to the end would not come back today.
    text, _ = decode_text((piece * 1_000_000).encode()[:4_000_000], [])

    assert not is_whole_page(text)
    assert not is_whole_xml(text)
