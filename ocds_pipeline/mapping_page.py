"""Shows or writes a source's mapping, made from the code that runs."""

from pathlib import Path

from ocds_pipeline.sources import source_names
from ocds_schema import json
from ocds_schema.errors import ConfigurationError
from transformers.report import mapping_csv, mapping_markdown


def mapping_page(source: str, out: Path | None, *, as_json: bool) -> str:
    """Give the mapping as Markdown, or as JSON with the CSV in it; with a folder, write both files and name them.

    Raises:
        ConfigurationError: there is no such source.
    """
    if source not in source_names():
        raise ConfigurationError(f"there is no source {source!r}; there are: {', '.join(source_names())}")
    pages = {"md": mapping_markdown(source), "csv": mapping_csv(source)}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        written = [out / f"{source}.{ending}" for ending in pages]
        for path, page in zip(written, pages.values(), strict=True):
            path.write_bytes(page.encode())
        return "".join(f"{path}\n" for path in written)
    if as_json:
        return json.encode_pretty({"markdown": pages["md"], "csv": pages["csv"]}).decode()
    return pages["md"]
