"""The conversation that the legacy portal keeps: forms with their state, tables by their ids, answers in pieces.

Ids are made by the server and change from one of its versions to the next, so all are taken from the page.
"""

import re
from collections.abc import Collection, Sequence
from typing import TypedDict
from urllib.parse import urljoin, urlsplit

from extractors.base import Request, SessionExpiredError, ShapeError
from extractors.markup import Element, parse, walk
from extractors.pages import Form, Link, Reading, Table, partial_response
from ocds_schema.errors import PortalUnavailableError

PORTAL = "legacy"
COOKIES = (("zakupki_locale", "ru"),)
STATE = "javax.faces.ViewState"

_AJAX = (("Faces-Request", "partial/ajax"), ("X-Requested-With", "XMLHttpRequest"))
_WIDGET = re.compile(r"""PrimeFaces\.cw\(\s*["']DataTable["'].{0,200}?\bid\s*:\s*["']([^"']+)["']""", re.DOTALL)
_ROW_COUNT = re.compile(r"\browCount\s*:\s*(\d{1,9})")
_TOTAL_RECORDS = re.compile(r"totalRecords\W{1,8}(\d{1,9})")
_PARAMETER = re.compile(r"""["']([^"']+)["']\s*:\s*["']([^"']*)["']""")
_PARAMETERS = re.compile(r"\{([^{}]*)\}")
_EXPIRED = re.compile(
    r"ViewExpired|NonexistentConversation|session (?:has )?expired|сесси\w+ (?:истекла|завершена)", re.IGNORECASE
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^?#]*", re.IGNORECASE)
_BODY = "_data"
_UNSENT = frozenset({"button", "submit", "image", "reset", "file"})
_TICKED = frozenset({"checkbox", "radio"})


class Talk(TypedDict):
    """What goes on from a page: where its form is posted, with which fields, and the table that is asked for."""

    path: str
    fields: list[tuple[str, str]]
    table: str
    headers: list[str]
    total: int | None


def page_request(path: str) -> Request:
    """Give the request for a whole page."""
    return Request(path=path, accept="html", cookies=COOKIES, portal=PORTAL)


def talk(html: str, page: Reading, path: str, table: Table | None) -> Talk:
    """Read what goes on from a page that came from `path`.

    Raises:
        ShapeError: the page has no form with a state, or no table where one is due.
    """
    name = table_name(html, table) if table is not None else ""
    form = _form(page.forms, name)
    if form is None:
        raise ShapeError(f"a form with its {STATE} is due; the page has {len(page.forms)} forms and none with it")
    fields = [
        (each.name, each.value)
        for each in form.controls
        if each.name and each.type not in _UNSENT and not (each.type in _TICKED and not each.value)
    ]
    if all(each != STATE for each, _ in fields):
        fields.append((STATE, page.hidden[STATE]))
    return Talk(
        path=_path(path, form.action),
        fields=fields,
        table=name,
        headers=list(table.headers) if table is not None else [],
        total=_total(html, name),
    )


def piece_request(said: Talk, **asked: str) -> Request:
    """Give the request for a piece of the page's table; `asked` are the table's own parameters."""
    table = said["table"]
    own = [
        ("javax.faces.partial.ajax", "true"),
        ("javax.faces.source", table),
        ("javax.faces.partial.execute", table),
        ("javax.faces.partial.render", table),
        *((f"{table}_{name}", value) for name, value in asked.items()),
        (f"{table}_skipChildren", "true"),
        (f"{table}_encodeFeature", "true"),
    ]
    if "first" in asked:
        own[4:4] = [("javax.faces.behavior.event", "page"), ("javax.faces.partial.event", "page")]
    else:
        own.insert(4, (table, table))
    return Request(
        path=said["path"],
        form=_with(own, said["fields"]),
        accept="xml",
        headers=_AJAX,
        cookies=COOKIES,
        portal=PORTAL,
    )


def press_request(said: Talk, parameters: Sequence[tuple[str, str]]) -> Request:
    """Give the request that pressing a link sends; the answer is a whole page."""
    return Request(
        path=said["path"], form=_with(list(parameters), said["fields"]), accept="html", cookies=COOKIES, portal=PORTAL
    )


def parameters_of(link: Link) -> list[tuple[str, str]]:
    """Give what pressing a link adds to its form, from the script that it calls."""
    return [pair for group in _PARAMETERS.findall(link.onclick) for pair in _PARAMETER.findall(group)]


def piece(content: str, said: Talk) -> tuple[str, int | None]:
    """Give the piece of a page that an answer holds for its table, and the number of its rows where it is told.

    The state that comes with the piece is the conversation's from then on.

    Raises:
        SessionExpiredError: the conversation is over.
        PortalUnavailableError: the server failed, and says so.
        ShapeError: the answer holds no such piece.
    """
    try:
        answer = partial_response(content)
    except ValueError:
        raise SessionExpiredError("a whole page came where a piece of one is due") from None
    if answer.redirect:
        raise SessionExpiredError("the portal sends us to another page")
    if answer.errors:
        words = " ".join(answer.errors)
        if _EXPIRED.search(words):
            raise SessionExpiredError("the portal says that the view has expired")
        raise PortalUnavailableError(f"the portal's page failed: {words[:200]}")
    pieces = {name: text for name, text in answer.updates.items() if STATE not in name}
    found = pieces.get(said["table"])
    if found is None and len(pieces) == 1:
        found = next(iter(pieces.values()))
    if found is None:
        raise ShapeError(f"a piece for the table is due; the answer has {len(answer.updates)} others")
    state = next((text.strip() for name, text in answer.updates.items() if STATE in name), "")
    if state:
        said["fields"] = [(name, state if name == STATE else value) for name, value in said["fields"]]
    total = _TOTAL_RECORDS.search(content)
    return found, int(total[1]) if total else None


def check_alive(page: Reading) -> None:
    """Look whether a whole page says that the conversation is over.

    Raises:
        SessionExpiredError: it does.
    """
    if _EXPIRED.search(page.text):
        raise SessionExpiredError("the portal says that the view has expired")


def table_name(html: str, table: Table) -> str:
    """Give the id of a table's component, from the id of its body.

    Raises:
        ShapeError: neither that id tells, nor one that it begins with, nor what stands around it, nor a script behind.
    """
    body = table.body_id
    if body.endswith(_BODY):
        return body.removesuffix(_BODY)
    around = _around(parse(html), body) if body else []
    shorter = [name for name in around if body.startswith(name)]
    if shorter or around:
        return (shorter or around)[-1]
    after = _WIDGET.search(html, html.find(body)) if body else None
    if after is not None:
        return str(after[1])
    raise ShapeError("the table has no id that its pages could be asked for by")


def _around(root: Element, body: str) -> list[str]:
    """Give the ids of the elements that an element with an id stands in, from the outermost."""
    ids: list[str] = []
    for kind, what in walk(root):
        name = "" if isinstance(what, str) else what.attributes.get("id", "")
        if kind == "open" and name == body:
            return ids
        if kind == "open" and name:
            ids.append(name)
        elif kind == "close" and name:
            ids.pop()
    return []


def _form(forms: Sequence[Form], table: str) -> Form | None:
    holding = [form for form in forms if STATE in form.hidden]
    ranks = (
        lambda form: bool(table) and any(each.name.startswith(f"{table}_") for each in form.controls),
        lambda form: bool(table) and table.split(":", maxsplit=1)[0] in (form.id, *form.hidden),
        lambda form: form.method == "post",
    )
    for is_meant in ranks:
        if chosen := [form for form in holding if is_meant(form)]:
            return max(chosen, key=lambda form: len(form.controls))
    return max(holding, key=lambda form: len(form.controls)) if holding else None


def _total(html: str, table: str) -> int | None:
    for widget in _WIDGET.finditer(html) if table else ():
        if widget[1] == table:
            ends = html.find("PrimeFaces.cw(", widget.end())
            found = _ROW_COUNT.search(html, widget.end(), ends if ends >= 0 else len(html))
            return int(found[1]) if found else None
    return None


def _path(path: str, action: str) -> str:
    address = urlsplit(urljoin(path, action or path))
    place = _SESSION_IN_PATH.sub("", address.path)
    return f"{place}?{address.query}" if address.query else place


def _with(own: Sequence[tuple[str, str]], fields: Collection[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    mine = {name for name, _ in own}
    return (*own, *((name, value) for name, value in fields if name not in mine))
