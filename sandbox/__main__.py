"""`python -m sandbox`: the stand-ins in the foreground."""

import argparse
from datetime import date

from sandbox.portal import ROBOTS, START, TOKEN, countries
from sandbox.server import serve


def main() -> None:
    """Read the arguments and serve until interrupted."""
    parser = argparse.ArgumentParser(prog="sandbox", description="Stand-ins for the portals on loopback.")
    parser.add_argument("--processes", type=int, default=1000, help="cases begun before the start")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8700, help="of the first country; 0 takes free ones")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME=RATE", help="may be given several times")
    parser.add_argument("--start", type=date.fromisoformat, default=START, help="the portal's date (YYYY-MM-DD)")
    parser.add_argument("--days", type=int, default=0, help="move the clock on by so many days before serving")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--unauthorized", type=int, choices=(404, 401, 403), default=404)
    parser.add_argument("--hang", type=float, default=5.0, help="seconds by which a timed-out answer is late")
    parser.add_argument("--disguise", type=int, default=0, help="rename classes and ids, move columns: 0 does nothing")
    parser.add_argument("--omit", default="", metavar="LABEL", help="leave a labelled value out of web pages")
    parser.add_argument("--strange", default="", metavar="PATH", help="answer a wholly different page at such paths")
    parser.add_argument("--gone", default="", metavar="TEXT", help="answer 404 at addresses that hold such a text")
    parser.add_argument("--robots", default=ROBOTS, metavar="TEXT", help="what robots.txt says; empty: there is none")
    parser.add_argument(
        "--variant", action="append", default=[], metavar="NAME", help="a way in which a portal answers"
    )
    parser.add_argument(
        "--only", action="append", default=[], choices=countries(), help="leave the other countries out"
    )
    given = vars(parser.parse_args())
    try:
        serve(faults=given.pop("fault"), variants=tuple(given.pop("variant")), **given)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
