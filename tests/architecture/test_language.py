"""The project speaks of itself and its field, and holds no secret and no personal number."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, timeout=30)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_file_names_a_folder_of_this_machine() -> None:
    home = str(ROOT) + "/"
    assert [file for file in tracked() if file.is_file() and home.encode() in file.read_bytes()] == []


def test_no_source_file_holds_a_conflict_or_a_left_over() -> None:
    marks = re.compile(r"^(<<<<<<<|>>>>>>>)|\bTODO\b|\bFIXME\b|\bXXX\b", re.MULTILINE)
    code = [file for file in tracked() if file.suffix in {".py", ".md", ".toml"} and file.name != "test_language.py"]

    assert [file.name for file in code if marks.search(file.read_text())] == []
