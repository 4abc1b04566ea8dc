"""How often a portal is asked again, and how long is waited in between."""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a request is repeated, and how long to wait in between, in seconds.

    The wait doubles from `first` to `longest`, and `jitter`, a number below 1, lengthens it by up to a half; without
    jitter the waits are always the same. A portal's own Retry-After counts where it is longer, up to `longest_asked`.
    """

    attempts: int = 8
    first: float = 2.0
    longest: float = 120.0
    longest_asked: float = 600.0
    jitter: Callable[[], float] | None = random.random

    def wait(self, attempt: int, asked: float) -> float:
        """Give the wait after the attempt with this number, counted from 1."""
        wait = min(self.longest, self.first * 2.0 ** (attempt - 1))
        if self.jitter is not None:
            wait *= 1 + self.jitter() / 2
        return max(wait, min(asked, self.longest_asked))
