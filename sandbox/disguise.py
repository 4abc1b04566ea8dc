"""Web pages that say the same in another dress: other classes and ids, other columns, a value less, another page."""

import random
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

_ATTRIBUTE = re.compile(r'(?<=[\s<])(class|id|for|headers|aria-labelledby|aria-controls)="([^"]*)"')
_ANCHOR = re.compile(r'(?<=[\s<])(href|data-target|data-bs-target)="#([^"]+)"')
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disguise:
    """What of the pages is not as the portal has it.

    A `seed` other than 0 renames every class and id and moves every column, each seed in its own way. Values labelled
    `omit` are left out. Where `strange` is part of a path, a wholly different page is answered there.
    """

    seed: int = 0
    omit: str = ""
    strange: str = ""

    def columns(self, cells: Sequence[T]) -> list[T]:
        """Cells of a row, or the head's, in the order of the columns: the same for rows of one length."""
        moved = list(cells)
        if self.seed and len(moved) > 1:
            random.Random(self.seed * 1000 + len(moved)).shuffle(moved)
            if moved == list(cells):
                moved.append(moved.pop(0))
        return moved

    def labelled(self, values: Mapping[str, T]) -> dict[str, T]:
        """Values by label, without the one that is left out."""
        return {label: value for label, value in values.items() if label != self.omit}

    def dress(self, page: str, kept: Collection[str] = ()) -> str:
        """The page with every class and id renamed but those that are kept, such as the ids clients send back."""
        if not self.seed:
            return page
        page = _ATTRIBUTE.sub(lambda found: f'{found[1]}="{self._renamed(found[1], found[2], kept)}"', page)
        return _ANCHOR.sub(lambda found: f'{found[1]}="#{self._name("id", found[2], kept)}"', page)

    def hides(self, path: str) -> bool:
        """Whether a wholly different page is answered at a path."""
        return bool(self.strange) and self.strange in path

    def _renamed(self, attribute: str, value: str, kept: Collection[str]) -> str:
        kind = "class" if attribute == "class" else "id"
        return " ".join(self._name(kind, name, kept) for name in value.split())

    def _name(self, kind: str, name: str, kept: Collection[str]) -> str:
        if name in kept:
            return name
        return "x" + blake2b(f"{self.seed} {kind} {name}".encode(), digest_size=5).hexdigest()


STRANGE_PAGE = """<!DOCTYPE html>
<html lang="ru"><head><meta charset="UTF-8"><title>Добро пожаловать</title></head>
<body><div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript></body></html>
"""
"""What a portal answers everywhere once it has become another program."""

GONE_PAGE = """<!DOCTYPE html>
<html lang="ru"><head><meta charset="UTF-8"><title>404</title></head><body><h1>Страница не найдена</h1></body></html>
"""
"""What a portal answers where it has no such page."""
