"""What a run is asked to do, in a form that is the same each time it is asked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from ocds_schema.errors import ConfigurationError
from ocds_schema.source import read_source


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One source, and the part of its portal to read.

    Without `first` a window begins where the last harvest ended, less an overlap; without `until` it ends now. `full`
    reads everything. `limit` ends each listing after so many objects, for a look at a portal.
    """

    source: str
    first: datetime | None = None
    until: datetime | None = None
    full: bool = False
    limit: int | None = None

    @classmethod
    def parse(
        cls, source: str, *, first: str | None, until: str | None, full: bool, limit: int | None = None
    ) -> "Request":
        """Make a request of texts: a date is midnight in the source's zone, a time without an offset is in it too.

        Raises:
            ConfigurationError: a text is no date, or the parts contradict one another.
        """
        zone = read_source(source).zone
        request = cls(
            source=source,
            first=_moment("from", first, zone),
            until=_moment("until", until, zone),
            full=full,
            limit=limit,
        )
        request.check()
        return request

    def check(self) -> None:
        """Raise where the parts contradict one another.

        Raises:
            ConfigurationError: they do.
        """
        if self.full and self.first:
            raise ConfigurationError("--full reads everything, so it cannot go with --from")
        if self.first and self.until and self.first >= self.until:
            raise ConfigurationError("--from must lie before --until")
        if self.limit is not None and self.limit < 1:
            raise ConfigurationError("--limit must be at least 1")

    def text(self, step: str = "") -> str:
        """Give the request as a text that is equal for equal requests, so that an unfinished run can be found again."""
        parts = [step] if step else []
        parts.append("full" if self.full else "window")
        parts += [
            f"{name}={value.astimezone(UTC).isoformat()}"
            for name, value in (("from", self.first), ("until", self.until))
            if value
        ]
        if self.limit:
            parts.append(f"limit={self.limit}")
        return " ".join(parts)


def _moment(name: str, text: str | None, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        if len(text) == len("2026-01-31"):
            return datetime.combine(date.fromisoformat(text), time(), zone)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            f"--{name}: a date such as 2026-01-31 or a time such as 2026-01-31T09:00:00+05:00 is wanted, not {text!r}"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
