"""`claimwire compare`: which alerts go together, and the command on two models that differ in their thresholds alone."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from classify.model import CARD, FILES, WEIGHTS
from tests.whole.conftest import Command
from tests.whole.test_replay import item
from whole.compare import Line, differences


def line(stance: str = "confirm", evidence: str = "It is so.", date: str = "2025-04-26", **fields: Any) -> Line:
    plain = {"scenario": "kursk", "topic": "foreign_troops", "force": ["KP"], "place": "RU", "side": "RU", "item": "a"}
    return {**plain, "stance": stance, "reason": f"first_{stance}", "evidence": evidence, "date": date, **fields}


def told(old: list[Line], new: list[Line]) -> list[tuple[str, list[str]]]:
    return [(one.change, one.fields()) for one in differences(old, new)]


def test_the_same_alert_is_no_difference() -> None:
    assert told([line()], [line(score=0.7)]) == [("same", [])]


@pytest.mark.parametrize("field", ["scenario", "topic", "force", "place", "side"])
def test_another_matter_is_dropped_and_added(field: str) -> None:
    other = line() | {field: ["BY"] if field == "force" else "other"}
    assert sorted(told([line()], [other])) == [("added", []), ("dropped", [])]


def test_another_stance_reason_or_sentence_is_a_change() -> None:
    assert told([line()], [line("deny", "It is not.")]) == [("changed", ["stance", "reason", "evidence"])]
    assert told([line()], [line(reason="reversal")]) == [("changed", ["reason"])]
    assert told([line()], [line(evidence="So it is.", item="b")]) == [("changed", ["evidence"])]


def test_of_several_on_one_matter_the_most_alike_go_together() -> None:
    old = [line("confirm", "One."), line("deny", "Two.", "2025-04-27"), line("confirm", "Three.", "2025-04-28", reason="reversal")]
    new = [line("deny", "Other.", "2025-04-27"), line("confirm", "Three.", "2025-04-28", reason="reversal")]
    assert told(old, new) == [("dropped", []), ("changed", ["evidence"]), ("same", [])]


def test_they_are_told_by_date() -> None:
    found = differences([line(date="2025-02-01")], [line(date="2025-01-01", side="KP"), line(date="2025-03-01", side="KR")])
    assert [(one.change, one.line["date"]) for one in found] == [
        ("added", "2025-01-01"),
        ("dropped", "2025-02-01"),
        ("added", "2025-03-01"),
    ]


@pytest.fixture
def deaf(tmp_path: Path) -> Path:
    """The shipped graphs under thresholds that nothing reaches."""
    folder = tmp_path / "deaf"
    folder.mkdir()
    for name in FILES:
        shutil.copyfile(WEIGHTS / name, folder / name)
    card = json.loads((WEIGHTS / CARD).read_text("utf-8"))
    (folder / CARD).write_text(json.dumps(card | {"name": "deaf", "thresholds": [2.0] * 12}), "utf-8")
    return folder


@pytest.fixture
def items(tmp_path: Path) -> Path:
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in (item("one", scenario="a"), item("two", scenario="b"))))
    return path


def test_a_model_that_hears_nothing_drops_every_alert(claimwire: Command, deaf: Path, items: Path) -> None:
    code, output, errors = claimwire("compare", "shipped", deaf, items, "--json")
    report = json.loads(output)
    assert code == 0
    assert report["new"].startswith("deaf@")
    assert report["counts"]["dropped"] == report["alerts"]["old"] == len(report["differences"]) > 0
    assert (report["items"], report["alerts"]["new"], report["counts"]["added"]) == (2, 0, 0)
    assert {one["old"]["scenario"] for one in report["differences"]} == {"a", "b"}
    assert all(one["new"] is None and one["old"]["evidence"] for one in report["differences"])
    assert "2 tagged" in errors
    assert "2 clean" in errors


def test_what_a_person_reads(claimwire: Command, deaf: Path, items: Path) -> None:
    code, output, _ = claimwire("compare", deaf, "shipped", items)
    assert code == 0
    assert "added" in output
    assert "foreign_troops KP@RU" in output
    assert " 0 alerts before, " in output.splitlines()[-1].replace("(", " ")


def test_a_folder_without_a_model_is_named_at_once(claimwire: Command, items: Path, tmp_path: Path) -> None:
    code, _, errors = claimwire("compare", "shipped", tmp_path / "nowhere", items)
    assert code == 2
    assert f"{tmp_path}/nowhere/model.json: not there" in errors
