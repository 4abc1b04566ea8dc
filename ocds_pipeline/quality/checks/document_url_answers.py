"""The addresses of documents answer.

Asks 100 addresses of documents, chosen by their fingerprints so that the same data give the same choice: none answers
with an error. Not applicable where no way to ask is given: a publication is made without the network.
"""

from ocds_pipeline.quality.check import DatasetCheck
from ocds_pipeline.quality.context import Context, Probe
from ocds_pipeline.quality.counters import Sample
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.kept import Kept
from ocds_pipeline.quality.result import At, Failure, Result, not_applicable

_NO_PROBE = not_applicable("no way to ask addresses was given")
_NONE = not_applicable("no document has an address")
_ASKED = 100
_ERROR = 400


class Tally:
    """A choice of addresses."""

    def __init__(self, probe: Probe | None) -> None:
        self._probe = probe
        self._sample: Sample[tuple[str, At]] = Sample(_ASKED)

    def add(self, index: Index) -> None:
        """Take in the addresses of a release."""
        if self._probe is not None:
            for url, owner, name in index.sights("document_url"):
                if type(url) is str and url.startswith("http") and self._sample.wants(url):
                    self._sample.add(url, (index.ocid, index.place((owner, name))))

    def keep(self) -> Kept:
        """Give the choice."""
        return Kept([[url, ocid, list(at)] for url, (ocid, at) in self._sample.chosen()])

    def take(self, kept: Kept) -> None:
        """Choose from a choice that was kept."""
        for url, ocid, at in kept.facts:
            if self._sample.wants(url):
                self._sample.add(url, (ocid, tuple(at)))

    def result(self) -> Result:
        """Ask the addresses, and judge the answers."""
        if self._probe is None:
            return _NO_PROBE
        chosen = self._sample.chosen()
        if not chosen:
            return _NONE
        failures = []
        for url, (ocid, at) in chosen:
            status = self._probe(url)
            if status is None or status >= _ERROR:
                reason = "does not answer" if status is None else f"answers with error {status}"
                failures.append(Failure(at, reason, url, ocid))
        return Result("fail" if failures else "pass", failures=failures, figures={"asked": len(chosen)})


def start(context: Context) -> Tally:
    """Begin with no addresses."""
    return Tally(context.probe)


CHECK = DatasetCheck(start=start, needs=("Document/url",), caveat="documents")
