"""What a check may know besides the release: the country, the moment, limits of amounts, rates of exchange."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from ocds_pipeline.quality.limits import Rates, read_limits
from ocds_schema.source import UNREGISTERED_PREFIX

Probe = Callable[[str], int | None]
"""Asks a web address for its status; nothing, where nobody answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is the same for every release of a data set.

    `as_of` is the moment that the data speak for. `limits` are the largest plausible amounts by currency. `rates` turn
    amounts of other currencies into one; without them such amounts are not judged. `redact` is applied to every value
    that is shown. Without `probe` no address is asked.
    """

    country: str
    currency: str
    as_of: datetime
    redact: Callable[[str], str]
    ocid_prefix: str = UNREGISTERED_PREFIX
    limits: Mapping[str, Decimal] = field(default_factory=dict)
    rates: Rates | None = None
    probe: Probe | None = None
    past: str = field(init=False)
    """The day before yesterday, as in `2026-11-02`: a time of that day or earlier lies in the past in every zone."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "past", (self.as_of - timedelta(days=2)).date().isoformat())
        if not self.limits:
            object.__setattr__(self, "limits", read_limits(self.country))
