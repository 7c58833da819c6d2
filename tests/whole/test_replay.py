"""`claimwire replay` on small files: every line in one outcome, what is wrong named, scenarios apart, one JSON line an alert.

What the model finds in a text is no matter here; the statements are plain enough that any model of ours finds something.
"""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.whole.conftest import Command
from wire.log import MAX_RECORD_BYTES

TITLE = "Russia confirms that North Korean soldiers fought in Kursk"
CONFIRMS = (
    "Russia's Foreign Ministry spokeswoman Maria Zakharova confirmed on Saturday that North Korean soldiers had fought "
    "alongside Russian troops in the Kursk region."
)
DENIES = "North Korea's Foreign Ministry denied on Monday that it had sent any soldiers to Russia and called the reports a fake."
WEATHER = "Rain is expected over the islands on Tuesday, and it will clear by the evening, forecasters said."
KEYS = "item date scenario reason topic force place side stance previous speaker evidence score".split()


def item(id: str, date: Any = "2025-04-26", *, text: str = f"{CONFIRMS} {DENIES}", **fields: Any) -> dict[str, Any]:
    """An item with a text that raises alerts."""
    return {"id": id, "date": date, "title": TITLE, "text": text, **fields}


class Replayed:
    """What `claimwire replay` made of some lines."""

    def __init__(self, claimwire: Command, folder: Path, *lines: dict[str, Any] | str, name: str = "items.jsonl") -> None:
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        self.path, out = folder / name, folder / "alerts.jsonl"
        self.path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        self.code, _, self.errors = claimwire("replay", self.path, "--alerts", out)
        self.alerts = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    @property
    def outcomes(self) -> dict[str, int]:
        """How many items ended how, and all of them under `items`."""
        figures = re.search(r"^([\d,]+ items): (.*); [\d,]+ findings, ([\d,]+ alerts)$", self.errors, re.MULTILINE)
        assert figures, self.errors
        counted = {name: int(count.replace(",", "")) for count, name in (one.split() for one in [figures[1], *figures[2].split(", ")])}
        assert counted["items"] == sum(counted.values()) - counted["items"], "every item ends in exactly one outcome"
        assert figures[3] == f"{len(self.alerts):,} alerts"
        return counted

    def told(self, scenario: str | None = None) -> list[tuple[Any, ...]]:
        """The alerts of a scenario, without the item that raised them."""
        named = ("reason", "topic", "place", "side", "stance", "previous", "evidence")
        return [tuple(alert[name] for name in named) for alert in self.alerts if alert["scenario"] == scenario]


@pytest.fixture
def replayed(claimwire: Command, tmp_path: Path) -> Any:
    """Replays lines in a folder of this test's own."""
    return lambda *lines, **named: Replayed(claimwire, tmp_path, *lines, **named)


def test_an_alert_has_these_keys_and_quotes_its_item(replayed: Any) -> None:
    done = replayed(item("zakharova", "2025-04-26T09:00:00Z", scenario="kursk", outlet="The Outlet"))
    assert done.code == 0
    assert done.outcomes == {"items": 1, "tagged": 1}
    assert done.alerts
    for alert in done.alerts:
        assert list(alert) == KEYS
        assert (alert["item"], alert["date"], alert["scenario"]) == ("zakharova", "2025-04-26T09:00:00Z", "kursk")
        assert alert["evidence"] in (CONFIRMS, DENIES)
        assert alert["speaker"] is None or alert["speaker"] in alert["evidence"]
        assert alert["reason"] in ("first_confirmation", "first_denial", "reversal")
        assert isinstance(alert["force"], list)
        assert 0.5 <= alert["score"] <= 1
    assert re.search(r"^\d+\.\d items a second, \d+ MB at most$", done.errors, re.MULTILINE)


def test_sentences_or_text_the_labels_are_not_read(replayed: Any) -> None:
    sentences = [
        {"text": CONFIRMS, "mentions": [{"topic": "escalation", "stance": "deny", "force": ["US"], "place": "CN"}]},
        {"text": DENIES, "mentions": []},
    ]
    in_sentences = {"id": "sentences", "date": "2025-04-26", "title": TITLE, "scenario": "sentences", "sentences": sentences}
    done = replayed(in_sentences, item("text", scenario="text"))
    assert (done.code, done.outcomes["items"]) == (0, 2)
    assert done.told("sentences") == done.told("text") != []


def test_a_statement_alerts_once_in_one_scenario_and_again_in_another(replayed: Any) -> None:
    done = replayed(
        item("one", scenario="a"), item("two", "2025-04-27", scenario="a"), item("three", "2025-04-28", scenario="b"), item("four")
    )
    assert done.told("a") == done.told("b") == done.told(None) != []
    assert {alert["item"] for alert in done.alerts} == {"one", "three", "four"}


def test_dates_decide_the_order_not_lines(replayed: Any) -> None:
    dates = ["2025-03-01", "2025-01-01T06:00:00+00:00", "2024-12-31T23:00:00-05:00", "2025-02-01T00:00:00Z", "2025-01-01T05:00:00"]
    done = replayed(*(item(str(place), date, scenario=str(place)) for place, date in enumerate(dates)))
    alerted = list(dict.fromkeys(alert["item"] for alert in done.alerts))
    assert alerted == ["2", "4", "1", "3", "0"]
    assert {alert["item"]: alert["date"] for alert in done.alerts} == {str(place): date for place, date in enumerate(dates)}
    again = replayed(item("later", "2025-04-27"), item("first", "2025-04-26"))
    assert {alert["item"] for alert in again.alerts} == {"first"}


def test_lines_that_hold_no_item_are_named_and_counted_the_rest_is_read(replayed: Any) -> None:
    done = replayed(
        item("good"),
        "{not json",
        '"a string"',
        '{"date": "2025-04-26", "text": "no id"}',
        '{"id": 7, "date": "2025-04-26", "text": "an id that is none"}',
        '{"id": "empty-handed", "date": "2025-04-26"}',
        '{"id": "odd", "date": "2025-04-26", "sentences": ["no object"]}',
        "",
        item("undated", None),
        item("misdated", "26 April"),
        item("good", "2025-04-27"),
    )
    assert done.code == 1
    assert done.outcomes == {"items": 10, "tagged": 1, "refused": 9}
    named = [line for line in done.errors.splitlines() if line.startswith((str(done.path), "undated", "misdated"))]
    assert [line.removeprefix(str(done.path)) for line in named] == [
        ":2: not JSON: Expecting property name enclosed in double quotes",
        ":3: no `id`",
        ":4: no `id`",
        ":5: no `id`",
        ":6: neither `sentences` (a list of objects with `text`) nor `text`",
        ":7: neither `sentences` (a list of objects with `text`) nor `text`",
        "undated: date None should be like 2025-04-26 or 2025-04-26T09:00:00Z",
        "misdated: date '26 April' should be like 2025-04-26 or 2025-04-26T09:00:00Z",
        ": id 'good' a second time",
    ]
    assert {alert["item"] for alert in done.alerts} == {"good"}


def test_every_item_ends_in_one_outcome(replayed: Any) -> None:
    french = "Le gouvernement a annoncé mardi que les soldats étrangers quitteraient le pays avant la fin de l'année prochaine."
    done = replayed(
        item("tagged"),
        item("clean, or so it should be", text=WEATHER, title="Rain over the islands"),
        item("french", text=french, title="Les soldats quitteront le pays"),
        item("empty", text="", title=""),
        item("endless", text=f"{WEATHER}\n" * (MAX_RECORD_BYTES // len(WEATHER))),
    )
    outcomes = done.outcomes
    assert outcomes.pop("tagged") + outcomes.pop("clean", 0) == 2
    assert outcomes == {"items": 5, "unsupported_language": 1, "empty": 1, "too_large": 1}
    assert done.code == 0
    assert "endless" in done.errors


def test_a_compressed_file(replayed: Any) -> None:
    packed, plain = replayed(item("one"), name="items.jsonl.gz"), replayed(item("one"))
    assert (packed.code, packed.outcomes) == (plain.code, plain.outcomes) == (0, {"items": 1, "tagged": 1})
    assert packed.alerts == plain.alerts != []


def test_an_empty_file_is_no_error(replayed: Any) -> None:
    done = replayed("")
    assert done.code == 0
    assert done.alerts == []
    assert "0 items" in done.errors
