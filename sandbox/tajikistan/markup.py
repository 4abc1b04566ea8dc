"""Pieces of the portal's pages: tables, labelled values, pagers, and the frame around them."""

from collections.abc import Mapping, Sequence
from html import escape

from sandbox.disguise import Disguise

_FRAME = """<!DOCTYPE html>
<html lang="ru">
<head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{title}</title>
    <link href="/css/bootstrap.min.css" rel="stylesheet">
    <script src="/js/jquery.js"></script>
    <style>a:visited {{ color: #555; }}</style>
</head>
<body>
<div class="wrap">
    <div class="navbar navbar-default" role="navigation">
        <a class="navbar-brand" href="/ru">Портал государственных закупок</a>
        <ul class="nav navbar-nav">
            <li><a href="/ru/searchanno">Поиск объявлений</a></li>
            <li><a href="/ru/user/login">Войти</a></li>
        </ul>
    </div>
    <div class="container-full">
        <div class="alert alert-danger" id="offline-message"><strong>Внимание!</strong> Соединение прервано.</div>
        <div id="loading" class="alert alert-info" style="display: none;">Подождите, идет загрузка данных</div>
        <div class="content-block">
{content}
        </div>
    </div>
</div>
<footer class="footer"><p class="pull-left">Агентство по государственным закупкам товаров, работ и услуг</p></footer>
</body>
</html>
"""
_TABLE = "table table-bordered table-hover table-striped"


def frame(title: str, content: str) -> str:
    """A whole page."""
    return _FRAME.format(title=escape(title), content=content)


def panel(title: str, content: str) -> str:
    """A block with a heading."""
    return (
        f'<div class="panel panel-default"><div class="panel-heading"><b>{escape(title)} </b></div>\n'
        f'<div class="panel-body">\n{content}\n</div></div>'
    )


def table(
    disguise: Disguise,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    plain_head: bool = False,
    open_cells: bool = False,
) -> str:
    """A table; `head` is text, cells are markup. A column whose label is left out is not there at all."""
    shown = [place for place, label in enumerate(head) if label != disguise.omit]
    places = disguise.columns(shown)
    cell = "td" if plain_head else "th"
    end = "" if open_cells else "</td>"
    lines = ["<tr>" + "".join(f"\n    <{cell}>{escape(head[place])}</{cell}>" for place in places) + "\n</tr>"]
    lines += [
        "<tr>" + "".join(f"\n    <td>\n        {row[place]}{end}" for place in places) + "\n</tr>" for row in rows
    ]
    return f'<div class="table-responsive"><table class="{_TABLE}">\n' + "\n".join(lines) + "\n</table></div>"


def labelled(disguise: Disguise, values: Mapping[str, str]) -> str:
    """Labelled values, one a row; the values are text."""
    rows = (
        f"<tr>\n    <th>{escape(label)}</th>\n    <td>{escape(value)}                    </td>\n</tr>"
        for label, value in disguise.labelled(values).items()
    )
    return f'<table class="{_TABLE}">\n' + "\n".join(rows) + "\n</table>"


def inputs(disguise: Disguise, values: Mapping[str, str]) -> str:
    """Labelled values in fields that cannot be written to."""
    return "\n".join(
        f'<div class="form-group">\n    <label class="col-sm-4 control-label">{escape(label)}</label>\n'
        f'    <div class="col-sm-7">\n        <input type="text" class="form-control" value="{escape(value)}" '
        f"readonly/>\n    </div>\n</div>\n<br/> &nbsp;"
        for label, value in disguise.labelled(values).items()
    )


def pager(address: str, page: int, pages: int) -> str:
    """Links to the pages before and behind; the last one is not among them until it is near."""
    if pages == 1:
        return ""
    near = range(max(1, page - 2), min(pages, page + 2) + 1)
    found = [
        f'<li class="active"><a>{number}</a></li>'
        if number == page
        else f'<li><a href="{escape(address)}page={number}">{number}</a></li>'
        for number in near
    ]
    if page > 1:
        found.insert(0, f'<li><a href="{escape(address)}page={page - 1}">&lt;</a></li>')
    if page < pages:
        found.append(f'<li><a href="{escape(address)}page={page + 1}">&gt;</a></li>')
    return f'<ul class="pagination">{"".join(found)}</ul>'


def page_of(text: str, pages: int) -> int:
    """The page that is answered: the last one where none so far on is, the first where it is no number."""
    return min(max(int(text), 1), pages) if text.isdecimal() else 1
