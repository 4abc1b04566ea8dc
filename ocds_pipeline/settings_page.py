"""Makes docs/settings.md from the declared settings: `python -m ocds_pipeline.settings_page`."""

import sys

from ocds_pipeline.settings import SETTINGS

HEAD = """# Settings

Settings come from the environment, or from a file `.env` in the working folder; the environment wins. They are read
once, when a command or a task begins. Credentials of an S3 storage, and its endpoint, go by the usual AWS names
(`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL_S3`, …). `<SOURCE>` is a source's name in capitals,
such as `KAZAKHSTAN`, `<PORTAL>` that of a further portal in its `source.toml`. This page is made from
the code: `make settings`.

| setting | default | what it is for |
|---|---|---|
"""


def settings_page() -> str:
    """Give the page, in Markdown."""
    rows = (f"| `{setting.name}` | {setting.default} | {setting.help} |\n" for setting in SETTINGS)
    return HEAD + "".join(rows).replace("<OCDS_HOME>", "`OCDS_HOME`")


if __name__ == "__main__":
    sys.stdout.write(settings_page())
