"""The page on conformance has all points, and names tests that there are."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "conformance.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.splitlines() if re.match(r"\| \d", line)
]
TESTS = {
    node.name
    for node in ast.walk(ast.parse((ROOT / "tests" / "e2e" / "test_conformance.py").read_text()))
    if isinstance(node, ast.FunctionDef)
}


def test_every_point_has_a_row() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 34))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_point_is_proven_or_says_why_not(row: list[str]) -> None:
    named = re.findall(r"`([^`]+)`", row[3])

    assert named or "not" in row[2]
    assert [name for name in named if name not in TESTS and not is_there(name)] == []


def is_there(name: str) -> bool:
    """Whether there is such a file, and in it such a test, where one is named."""
    place, _, test = name.partition("::")
    return (ROOT / place).is_file() and (not test or f"def {test}(" in (ROOT / place).read_text())


def test_every_proof_is_on_the_page() -> None:
    assert {name for name in TESTS if name.startswith("test_")} <= set(re.findall(r"`(test_\w+)`", PAGE))
