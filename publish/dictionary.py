"""What every column means: for the manifest, the workbooks, the docs, and as a Frictionless data package."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from ocds_schema.json import Json
from ocds_schema.schema import describe
from publish.tables import Column, Table
from publish.xlsx import Tab

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {"text": "string", "integer": "integer", "amount": "number", "number": "number", "time": "datetime"}
_HEADER = ("Table", "Column", "Label", "Название", "Type", "Path in OCDS", "Description", "Example")


def readme_sheet(title: str, year: int, tabs: Sequence[Tab], number: int, of: int) -> list[list[str]]:
    """Give the rows of the sheet that explains a workbook."""
    told = [
        [title or "OCDS", f"{year}" if of == 1 else f"{year}, workbook {number} of {of}"],
        ["", "Processes whose first release is of this year. / Процедуры, впервые опубликованные в этом году."],
        ["", "Ids are texts. Times are the portal's own; their format shows the offset from UTC."],
        ["", "Номера — текст. Время — по часам портала; смещение от UTC видно в формате ячейки."],
        ["", "A number of more digits than Excel keeps is a text, and is left out of sums."],
        ["", "Число, цифры которого Excel не сохранит, записано текстом и в суммы не входит."],
        ["fields", "Every column: its meaning, type, and path in OCDS. / Все столбцы: смысл, тип, путь в OCDS."],
    ]
    rows = [[tab.name, f"{tab.sheet.digest.rows:,} rows / строк".replace(",", " ")] for tab in tabs]
    return told + rows


def fields_sheet(tables: Iterable[Table]) -> list[list[str]]:
    """Give the rows of the sheet that describes every column."""
    rows = [
        [table.name, each.name, each.label, each.label_ru, each.type, each.path, each.description, each.example]
        for table in tables
        for each in table.columns
    ]
    return [list(_HEADER), *rows]


class Dictionary:
    """The tables of one edition described: with the source's own fields, and how often each column is filled."""

    def __init__(
        self, tables: Iterable[Table], entries: Iterable[Json], *, mapping: bytes | None, extensions: Sequence[str]
    ) -> None:
        """Take the entries of the data files, whose CSV files say how often columns are filled."""
        self._tables = tuple(tables)
        self._sources = source_fields(mapping or b"")
        self._extensions = tuple(extensions)
        self._rows: Counter[str] = Counter()
        self._filled: Counter[tuple[str, str]] = Counter()
        for entry in entries:
            if "filled" in entry:
                self._rows[entry["table"]] += entry["rows"]
                self._filled.update({(entry["table"], name): count for name, count in entry["filled"].items()})

    def tables(self) -> list[Json]:
        """Describe every table."""
        return [
            {
                **table.dictionary(),
                "rows": self._rows[table.name],
                "fields": [self._field(table, column) for column in table.columns],
            }
            for table in self._tables
        ]

    def _field(self, table: Table, column: Column) -> Json:
        filled, rows = self._filled[table.name, column.name], self._rows[table.name]
        found = {
            "name": column.name,
            "type": column.type,
            "label": column.label,
            "label_ru": column.label_ru,
            "path": column.path,
            "description": column.description or _meaning(column.path, self._extensions),
            "source": self._source(column.path),
            "example": column.example,
            "filled": filled,
            "fillRate": round(filled / rows, 4) if rows else None,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _source(self, path: str) -> str | None:
        """Give the source's fields that a path is made of, or else those of what it is a part of."""
        while path:
            if path in self._sources:
                return "; ".join(self._sources[path])
            path = path.rpartition("/")[0]
        return None


@cache
def _meaning(path: str, extensions: tuple[str, ...]) -> str:
    return describe(path, extensions)


def source_fields(mapping: bytes) -> Mapping[str, list[str]]:
    """Read from a mapping table which fields of which documents make what stands at a path."""
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(mapping.decode().splitlines()):
        if row.get("OCDS path") and row.get("Source fields"):
            told = f"{row['Source document']}: {row['Source fields']}"
            if told not in found.setdefault(row["OCDS path"], []):
                found[row["OCDS path"]].append(told)
    return found


def datapackage(about: Json, tables: Sequence[Json], entries: Iterable[Json], address: str) -> Json:
    """Describe the CSV and Parquet files of an edition as a Frictionless data package.

    `about` are the manifest's members of the source and the edition, `tables` what `Dictionary` gives, `entries` those
    of the data files, `address` that of the source. The name of a resource never changes; its path is the address of
    the file as it is now.
    """
    by_name = {table["name"]: table for table in tables}
    found = [entry for entry in entries if entry.get("table") in by_name and entry["format"] in {"csv", "parquet"}]
    resources = [_resource(entry, by_name[entry["table"]], address) for entry in found]
    licence = about["licence"]["url"]
    return {
        "$schema": PROFILE,
        "name": about["dataset"].replace("_", "-"),
        "id": address,
        "title": about["title"],
        "version": about["editionId"],
        "created": about["asOf"],
        "licenses": [{"path": licence, "title": licence}],
        "contributors": [
            {"title": about["publisher"]["name"], "path": about["publisher"]["uri"], "roles": ["publisher"]}
        ],
        "sources": [{"title": each["name"], "path": each["url"]} for each in about["sources"]],
        "resources": sorted(resources, key=lambda resource: str(resource["name"])),
    }


def _resource(entry: Json, table: Json, address: str) -> Json:
    form = entry["format"]
    year = f"{entry['partition']['year']:04d}" if "partition" in entry else "all"
    is_csv = form == "csv"
    return {
        "name": f"{table['name']}-{year}-{form}",
        "title": f"{table['name']}, {year}",
        "description": table["description"],
        "type": "table",
        "path": f"{address}/{entry['path']}",
        "format": form,
        "mediatype": entry["mediaType"].partition(";")[0],
        "bytes": entry["bytes"],
        "hash": f"sha256:{entry['sha256']}",
        **({"encoding": "utf-8", "dialect": {"delimiter": ",", "lineTerminator": "\r\n"}} if is_csv else {}),
        "schema": _schema(table, year, form),
    }


def _schema(table: Json, year: str, form: str) -> Json:
    schema = {
        "fields": [_declared(field, is_key=field["name"] in table["primaryKey"]) for field in table["fields"]],
        "primaryKey": table["primaryKey"],
        "missingValues": [""],
    }
    if "foreignKey" in table:
        fields, parent = table["foreignKey"]["fields"], table["foreignKey"]["table"]
        reference = {"resource": f"{parent}-{year}-{form}", "fields": fields}
        schema["foreignKeys"] = [{"fields": fields, "reference": reference}]
    return schema


def _declared(field: Json, *, is_key: bool) -> Json:
    kind = _TYPES[field["type"]]
    return {
        "name": field["name"],
        "type": kind,
        **({"format": "any"} if kind == "datetime" else {}),
        "title": field["label"],
        "title_ru": field["label_ru"],
        "description": field["description"],
        "example": field["example"],
        "ocdsPath": field["path"],
        **({"sourceFields": field["source"]} if "source" in field else {}),
        **({"fillRate": field["fillRate"]} if "fillRate" in field else {}),
        **({"constraints": {"required": True}} if is_key else {}),
    }
