"""All amounts of a process are in one currency.

Looks at the values of tender, lots, bids, awards and contracts. Two currencies in one process are possible, but far
more often one of them is wrong, and sums over both are meaningless. Fails at the first value whose currency differs
from that of the tender, or of the first value where the tender has none. Not applicable where fewer than two values
have one.
"""

from ocds_pipeline.quality.check import ReleaseCheck
from ocds_pipeline.quality.context import Context
from ocds_pipeline.quality.index import Index
from ocds_pipeline.quality.result import PASS, Failure, Result, judged, not_applicable

_NONE = not_applicable("fewer than two values have a currency")


def judge(index: Index, _: Context) -> Result:
    """Judge the currencies of a process."""
    found = [one for one in index.objects["Value"] if type(one.get("currency")) is str]
    if len(found) < 2:  # noqa: PLR2004 - one alone agrees
        return _NONE
    if len({value["currency"] for value in found}) == 1:
        return PASS
    first = found[0]["currency"]
    value = next(one for one in found if one["currency"] != first)
    return judged([Failure((value, "currency"), f"differs from the {first} of other amounts", value["currency"])])


def plain(index: Index, _: Context) -> bool:
    """Tell whether several values have one and the same currency."""
    currencies = index.fields["code currency"]
    try:
        return len(currencies) > 1 and type(currencies[0]) is str and len(set(currencies)) == 1
    except TypeError:
        return False


CHECK = ReleaseCheck(judge=judge, needs=("Value/currency",), plain=plain, caveat="amounts")
