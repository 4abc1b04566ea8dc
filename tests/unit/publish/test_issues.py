"""However much checks find, the list of issues stays one that people can read, and says the same every time."""

import random
from dataclasses import replace

import pytest

from ocds_schema import json
from publish import issues
from publish.formats import lines_of
from publish.history import ProcessProblems
from publish.issues import Found, IssueCounts, Stream, finding_line, write_issues, write_problems
from tests.support.publishing import PROBLEM


def finding(rule, number):
    told = {
        "path": "tender/value",
        "pointer": "/tender/value",
        "value": f"{number}",
        "explanation": "The value is odd.",
    }
    return {"ocid": f"ocds-xxxxxx-{number:04}", "rule": rule, **told}


def written(findings, folder, troubles=()):
    folder.mkdir(exist_ok=True)
    problems, counts = write_problems(troubles, folder)
    file = write_issues(problems, Found([Stream.of(map(finding_line, findings))]), counts, folder)
    return [json.decode(line) for line in lines_of(file.path)], counts


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(issues, "MOST", 3)


def test_of_one_check_no_more_lines_are_written_than_the_bound(tmp_path):
    lines, counts = written([*(finding("often", each) for each in range(50)), finding("once", 7)], tmp_path)

    assert [line["rule"] for line in lines] == ["often"] * 3 + ["once"]
    assert counts.by_check == {"often": 3, "once": 1}
    assert [line["ocid"] for line in lines[:3]] == sorted(line["ocid"] for line in lines[:3])


def test_the_same_findings_give_the_same_lines_in_any_order(tmp_path):
    findings = [finding("often", each) for each in range(50)]
    lines, _ = written(findings, tmp_path)
    random.Random(1).shuffle(findings)

    assert sorted(line["ocid"] for line in written(findings, tmp_path)[0]) == [line["ocid"] for line in lines]


def test_lines_that_stay_are_chosen_again_when_others_go(tmp_path):
    findings = [finding("often", each) for each in range(50)]
    lines, _ = written(findings, tmp_path)
    chosen = {line["ocid"] for line in lines}

    fewer = [each for each in findings if each["ocid"] in chosen or int(each["value"]) % 2]
    assert {line["ocid"] for line in written(fewer, tmp_path)[0]} == chosen


def test_findings_that_are_the_same_do_not_pass_the_bound(tmp_path):
    lines, _ = written([finding("often", 1)] * 9, tmp_path)

    assert len(lines) == 3


def test_findings_of_several_streams_come_by_ocid_and_those_about_all_come_last(tmp_path):
    streams = [[finding("a", 1), finding("b", 1), finding("a", 4)], [finding("c", 1), finding("b", 3)]]
    last = Stream.of([finding_line(finding("all", 0))])
    found = Found([Stream.of(map(finding_line, each)) for each in streams], last)
    file = write_issues(write_problems((), tmp_path)[0], found, IssueCounts(), tmp_path)

    lines = [json.decode(line) for line in lines_of(file.path)]
    assert [(each["rule"], each["value"]) for each in lines] == [
        *(("a", "1"), ("b", "1"), ("c", "1"), ("b", "3"), ("a", "4"), ("all", "0"))
    ]
    assert file.rows == 6


def test_a_problem_is_no_finding_whatever_its_texts_are(tmp_path):
    said = replace(PROBLEM, reason='"severity":"finding"', value='x","severity":"finding"', rule="finding")
    problems, _ = write_problems(
        [ProcessProblems(process="1", ocid=None, quarantined=False, problems=(said,))], tmp_path
    )

    assert [issues.is_finding(line) for line in lines_of(problems)] == [False]


@pytest.mark.parametrize("text", ['","rule":"x', '\\","rule":"x\\', '"', ',"ocid":"', "Ключ", "\n", "\\"])
def test_the_rule_and_ocid_of_a_line_are_found_whatever_its_texts_are(text):
    line = finding_line({**finding("a/b", 1), "explanation": text, "path": text, "ocid": text, "value": text})
    odd = finding_line({**finding(text, 1), "ocid": None})

    assert issues.is_finding(line)
    assert (issues.rule_of(line), issues.ocid_of(line)) == ("a/b", text)
    assert (issues.rule_of(odd), issues.ocid_of(odd)) == (text, "")


def test_what_could_not_be_carried_over_is_there_whole(tmp_path):
    troubles = [ProcessProblems(process="buy:9", ocid=None, quarantined=True, problems=(PROBLEM,) * 9)]
    lines, counts = written([], tmp_path, troubles)

    assert len(lines) == 9
    again = IssueCounts()
    for line in lines:
        again.add(line)
    assert again.facts() == counts.facts()
