"""What others wrote is shown so that a terminal does not obey it."""

from ocds_pipeline.visible import visible


def test_text_that_can_be_seen_stays():
    assert visible("Қазақстан, «ЖШС» – 5 %") == "Қазақстан, «ЖШС» – 5 %"


def test_what_cannot_be_seen_is_spelled_out():
    assert visible("a\x1b[2J\n\u202eb\ud800") == "a\\x1b[2J\\n\\u202eb\\ud800"


def test_lines_stay_lines_where_they_may():
    assert visible("a\n\x07b", lines=True) == "a\n\\x07b"
