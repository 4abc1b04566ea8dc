"""Pages of Kyrgyzstan's legacy portal, small and of our own making: as tests want them, in another dress if asked."""

import random
import re
from collections.abc import Mapping, Sequence

STATE = "-5021:7733"
CELL_LABEL = '<span class="ui-column-title">{}</span>'


def list_page(
    columns: Mapping[str, str],
    *,
    form: str = "j_idt82",
    table: str = "j_idt82:j_idt83:table",
    path: str = "/popp/view/order/list.xhtml?cid=7",
    total: int | None = 3,
    heads: bool = True,
) -> str:
    """A list's page as it is opened: the table with its head, and a script that tells how many rows there are."""
    head = "".join(f'<th role="columnheader"><span>{label}</span></th>' for label in columns)
    count = f",rowCount:{total}" if total is not None else ""
    return f"""<!DOCTYPE html><html><head><title>Портал</title></head><body>
<form id="j_idt12" name="j_idt12" method="post" action="{path}"><input type="hidden" name="j_idt12" value="j_idt12"/>
<input type="hidden" name="javax.faces.ViewState" value="{STATE}"/></form>
<form id="{form}" name="{form}" method="post" action="{path}"><input type="hidden" name="{form}" value="{form}"/>
<input type="text" name="{form}:search" value=""/><input type="submit" name="{form}:find" value="Найти"/>
<div id="{table}" class="ui-datatable"><table role="grid">{f"<thead><tr>{head}</tr></thead>" if heads else ""}
<tbody id="{table}_data" class="ui-datatable-data">{row(columns)}</tbody></table>
<select name="{table}_rppDD"><option value="10" selected="selected">10</option></select></div>
<input type="hidden" name="{table}_selection" value=""/>
<script>PrimeFaces.cw("DataTable","widget_1",{{id:"{table}",paginator:{{id:['p'],rows:10{count},page:0}}}});</script>
<input type="hidden" name="javax.faces.ViewState" value="{STATE}"/></form></body></html>"""


def row(columns: Mapping[str, str], *, key: str = "1", labels: bool = True, closed: bool = True) -> str:
    """A row of a list; each cell says its label before its value, unless told otherwise."""
    end = "</td>" if closed else ""
    cells = "".join(
        f'<td role="gridcell">{CELL_LABEL.format(label) if labels else ""}{value}{end}'
        for label, value in columns.items()
    )
    return f'<tr data-ri="0" data-rk="{key}" role="row">{cells}</tr>'


def empty_row(columns: int = 9) -> str:
    """The row that says that there are none."""
    return f'<tr class="ui-datatable-empty-message"><td colspan="{columns}">Не найдено ни одной записи.</td></tr>'


def partial(table: str, rows: Sequence[str], extension: str = "") -> str:
    """A piece of a page that replaces a table's rows."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<partial-response id="j_id1"><changes>'
        f'<update id="{table}"><![CDATA[{"".join(rows)}]]></update>'
        f'<update id="j_id1:javax.faces.ViewState:0"><![CDATA[{STATE}]]></update></changes>{extension}'
        "</partial-response>"
    )


def expired() -> str:
    """The answer where the conversation is over."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<partial-response id="j_id1"><error>'
        "<error-name>class javax.faces.application.ViewExpiredException</error-name>"
        "<error-message><![CDATA[viewId:/view/order/list.xhtml - could not be restored.]]></error-message>"
        "</error></partial-response>"
    )


def pair(label: str, value: str) -> str:
    """A labelled value of an order's page."""
    return f'<div class="col-12 col-md-6"><span class="label">{label}</span><span class="text">{value}</span></div>'


def _pairs(values: Mapping[str, str]) -> str:
    return "".join(pair(label, value) for label, value in values.items())


def order_page(
    values: Mapping[str, str],
    buyer: Mapping[str, str],
    lots: Sequence[Sequence[tuple[str, str]]],
    *,
    requirements: Sequence[tuple[str, str]] = (),
    protocol: bool = True,
    table: str = "j_idt78:lotsTable",
) -> str:
    """An order's page: values, the buyer's block, lots and requirements."""
    rows = "".join(
        f'<tr data-ri="{number}">'
        + "".join(
            f'<td role="gridcell"><span>{label}</span><span class="bold">{value}</span></td>' for label, value in lot
        )
        + '<td><div class="ui-row-toggler"></div></td></tr>'
        for number, lot in enumerate(lots)
    )
    asked = "".join(
        f"<tr><td>{place}</td><td>{what}</td><td>{how}</td></tr>" for place, (what, how) in enumerate(requirements, 1)
    )
    link = (
        '<a id="j_idt78:contest" href="#" onclick="mojarra.jsfcljs(document.getElementById(\'j_idt76\'),'
        "{'j_idt78:contest':'j_idt78:contest'},'');return false\">Протокол вскрытия</a>"
        if protocol
        else ""
    )
    return f"""<!DOCTYPE html><html><head><title>Объявление</title></head><body>
<form id="j_idt76" method="post" action="/popp/view/order/view.xhtml?cid=31">
<input type="hidden" name="j_idt76" value="j_idt76"/>
<div class="container-content"><h3>Общие данные</h3><div class="row">{_pairs(values)}</div></div>
<div class="container-content"><h3>Данные организации</h3><div class="row">{_pairs(buyer)}</div></div>
<div class="container-content"><h3>Лоты</h3><div id="{table}"><table><tbody id="{table}_data">{rows}</tbody></table>
</div></div><table class="publicTableData"><thead><tr><th>№</th><th>Квалификация</th><th>Требование</th></tr></thead>
<tbody>{asked}</tbody></table>
{link}<input type="hidden" name="javax.faces.ViewState" value="{STATE}"/></form></body></html>"""


def items_piece(table: str, items: Sequence[Mapping[str, str]]) -> str:
    """The row that unfolds below a lot."""
    heads = "".join(f"<th>{label}</th>" for label in items[0])
    rows = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in item.values()) + "</tr>" for item in items)
    inner = f'<table class="display-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return partial(table, [f'<tr class="ui-expanded-row-content"><td colspan="8">{inner}</td></tr>'])


def protocol_page(participants: Sequence[tuple[str, Sequence[Sequence[str]]]], columns: Sequence[str]) -> str:
    """An opening protocol; a participant's prices are a table inside the row."""
    heads = "".join(f"<th>{label}</th>" for label in columns)
    rows = ""
    for number, (name, prices) in enumerate(participants, 1):
        inner = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in price) + "</tr>" for price in prices)
        told = {"№": str(number), "Наименование участника": name, "Лоты": f"<table>{inner}</table>"}
        rows += "<tr>" + "".join(f"<td>{told.get(label, 'KGS')}</td>" for label in columns) + "</tr>"
    return f"""<!DOCTYPE html><html><body>{pair("Дата вскрытия", "22.09.2026 14:20")}
<table><thead><tr>{heads}</tr></thead><tbody id="submissions_data">{rows}</tbody></table></body></html>"""


def in_another_dress(html: str, seed: int) -> str:
    """The same page with every class renamed, and with the ids that the server makes renumbered alike."""
    dice = random.Random(seed)
    names = {name: f"c{dice.randrange(10**6)}" for name in sorted(set(re.findall(r'class="([^"]*)"', html)))}
    html = re.sub(r'class="([^"]*)"', lambda found: f'class="{names[found[1]]}"', html)
    shift = dice.randrange(1, 900)
    return re.sub(r"j_idt(\d+)", lambda found: f"j_idt{int(found[1]) + shift}", html)


def moved(columns: Mapping[str, str], seed: int) -> dict[str, str]:
    """The same columns in another order, the same one for the same seed."""
    places = list(columns.items())
    random.Random(seed).shuffle(places)
    return dict(places)
