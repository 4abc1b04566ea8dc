"""Words as they compare: names of organizations, titles of purchases, and the mark of a purchase that is repeated."""

import re
import unicodedata

_SIGNS = re.compile(r"[\W_]+")
_REPEATED = re.compile(r"[\s,;:.–—-]*\(?\s*\b(?:повторн(?:о|ый|ая|ое)|кайталап|кайра)\s*\)?[\s.]*\Z", re.IGNORECASE)


def normal(text: str) -> str:
    """Give a text without case, punctuation, quotation marks, № and doubled blanks; ё is е."""
    folded = unicodedata.normalize("NFKC", text.replace("№", " ")).casefold().replace("ё", "е")
    return _SIGNS.sub(" ", folded).strip()


def without_mark(title: str) -> str:
    """Give a title without the mark at its end that says that a purchase is announced again."""
    while (found := _REPEATED.sub("", title)) != title:
        title = found
    return title


def is_marked(title: str) -> bool:
    """Tell whether a title says that its purchase is announced again."""
    return without_mark(title) != title
