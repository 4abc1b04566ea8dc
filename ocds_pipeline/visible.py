"""Texts of others, made safe to show: what a terminal would obey, or a reader would not see, is spelled out."""


def visible(text: str, *, lines: bool = False) -> str:
    r"""Give a text with every character that cannot be seen written as its escape, such as `\x1b`.

    With `lines` the text may have lines.
    """
    if lines:
        return "\n".join(visible(line) for line in text.split("\n"))
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
