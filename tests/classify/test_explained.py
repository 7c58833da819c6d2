"""Explanations as a person sees them, with and without colours, and as data."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

import claimwire
from classify.explain import Explanation, explain
from classify.explained import coloured, data, print_explanations
from classify.sentences import Text
from classify.tag import Tagger

DENIAL = "North Korea's foreign ministry denied on Monday that it had sent any soldiers to Russia."
RAIN = ["It rained.", "It snowed.", "It was warm again.", "The sun shone on the hills."]


@pytest.fixture(scope="module")
def explanations(tagger: Tagger) -> list[Explanation]:
    return explain(tagger, Text("Pyongyang", [DENIAL, *RAIN]))


def printed(explanations: list[Explanation], *, terminal: bool = False, width: int = 100, no_color: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=terminal, color_system="standard" if terminal else None, no_color=no_color
    )
    print_explanations(console, "Pyongyang [1]", explanations, "m@1")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_it_reads_without_colours(explanations: list[Explanation]) -> None:
    shown = printed(explanations)
    assert "\x1b" not in shown
    assert "Pyongyang [1]" in shown
    assert shown.count(DENIAL[:60]) == 1
    assert re.search(r"found +deny foreign troops KP@RU by ", shown)
    assert re.search(r"score +0\.\d\d, 0\.\d\d over its threshold of 0\.\d\d", shown)
    assert re.search(r"force +KP \d\.\d\d \(Pyongyang, North Korea\)", shown)
    assert re.search(r"stages +gate \+\d+\.\d, reader 0\.\d\d", shown)
    assert re.search(r"denied +\++ +0\.\d\d without", shown)


def test_a_miss_says_how_far_it_was(explanations: list[Explanation]) -> None:
    shown = printed(explanations)
    assert re.search(r"score +0\.\d\d, 0\.\d\d short of its threshold of 0\.\d\d", shown)
    assert re.search(r"^ +\d .*0\.\d\d of 0\.\d\d ", shown, re.MULTILINE), "the farthest miss is a line"


def test_a_sentence_that_the_gate_kept_back_says_so(gated: Callable[[float], Tagger]) -> None:
    shown = printed(explain(gated(100), Text("", [DENIAL])))
    assert re.search(r"missed +deny", shown)
    assert re.search(r"score +0\.\d\d, 0\.\d\d over its threshold", shown)
    assert re.search(r"gate -\d+\.\d: not read; the reader would have given 0\.\d\d", shown)


def test_words_are_coloured_on_a_terminal(explanations: list[Explanation]) -> None:
    shown = printed(explanations, terminal=True)
    assert re.search(r"\x1b\[[0-9;]*(32|42)m *denied", shown)
    assert "weighs" in shown


def test_no_color_is_heeded(explanations: list[Explanation]) -> None:
    assert "weighs" not in printed(explanations, terminal=True, no_color=True)
    assert not coloured(Console(file=io.StringIO(), force_terminal=True, color_system="standard", no_color=True))


def test_a_narrow_terminal_loses_no_word(explanations: list[Explanation]) -> None:
    assert set(DENIAL.split()) <= set(printed(explanations, width=40).split())


def test_nothing_to_read_is_said() -> None:
    assert "no sentence to read" in printed([])


def test_data_is_gold_form_and_more(explanations: list[Explanation]) -> None:
    item = data({"id": "a", "title": "Pyongyang", "text": "x", "scenario": "kursk"}, [DENIAL, *RAIN], explanations, "m@1")
    item = json.loads(json.dumps(item))
    assert (item["id"], item["scenario"], item["model"]) == ("a", "kursk", "m@1")
    assert "text" not in item
    first, second, *_ = item["sentences"]
    assert (first["text"], first["index"], first["nearest"]) == (DENIAL, 0, None)
    assert first["stages"].keys() == {"reader", "gate"}
    (mention,) = first["mentions"]
    assert (mention["stance"], mention["force"], mention["place"]) == ("deny", ["KP"], "RU")
    assert mention["others"][0].keys() == {"stance", "score", "threshold"}
    assert mention["slots"]["side"][0].keys() == {"code", "probability", "names", "chosen"}
    word = mention["words"][0]
    assert first["read"][word["start"] : word["end"]] == word["text"] == "North"
    assert mention["around"][0].keys() == {"text", "without", "weight", "index"}
    assert second["mentions"] == []
    assert second["nearest"]["score"] < second["nearest"]["threshold"]


def test_the_command_explains(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(DENIAL, "utf-8")
    assert claimwire.main(["tag", "--explain", "--json", str(path)]) == 0
    (mention,) = json.loads(capsys.readouterr().out)["sentences"][0]["mentions"]
    assert (mention["stance"], bool(mention["words"])) == ("deny", True)
    assert claimwire.main(["tag", "--explain", str(path)]) == 0
    assert "without" in capsys.readouterr().out
