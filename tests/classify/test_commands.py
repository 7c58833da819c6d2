import json
from pathlib import Path

import pytest

import claimwire

DENIAL = "North Korea's foreign ministry denied on Monday that it had sent any soldiers to Russia."


def test_a_lone_surrogate_comes_out_as_it_went_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "items.jsonl"
    item = {"id": "a\ud800", "title": "\udc00", "sentences": [{"text": f"\ud800{DENIAL}"}]}
    path.write_text(json.dumps(item), "utf-8")
    assert claimwire.main(["tag", "--json", str(path)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    tagged = json.loads(line)
    assert (tagged["id"], tagged["title"], tagged["sentences"][0]["text"]) == (item["id"], item["title"], f"\ud800{DENIAL}")
    assert [mention["stance"] for mention in tagged["sentences"][0]["mentions"]] == ["deny"]
    assert claimwire.main(["tag", str(path)]) == 0
    assert "deny" in capsys.readouterr().out


def test_a_line_that_is_no_item_is_named_and_the_rest_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": 1}\n' + json.dumps({"id": "b", "text": DENIAL}) + "\n", "utf-8")
    assert claimwire.main(["tag", "--json", str(path)]) == 1
    shown = capsys.readouterr()
    assert f"{path}:1: no `id`" in shown.err
    assert json.loads(shown.out)["id"] == "b"
