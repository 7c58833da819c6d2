from datetime import UTC, datetime

import pytest

from alerts.wording import claim_title, headline, printable, side_name


@pytest.mark.parametrize(
    ("topic", "force", "place", "title"),
    [
        ("foreign_troops", ["KP"], "RU", "North Korean troops in Russia"),
        ("foreign_troops", ["EG", "UN"], "SO", "Egyptian and UN troops in Somalia"),
        ("foreign_troops", ["FR", "GB", "PL"], "UA", "French, British and Polish troops in Ukraine"),
        ("foreign_troops", [], "PH", "Foreign troops in the Philippines"),
        ("foreign_troops", ["KP"], None, "North Korean troops abroad"),
        ("foreign_troops", [], None, "Foreign troops"),
        ("escalation", ["RU"], "UA", "Escalation by Russia in Ukraine"),
        ("escalation", ["US", "IL"], "IR", "Escalation by the United States and Israel in Iran"),
        ("escalation", [], "TW", "Escalation in Taiwan"),
        ("escalation", ["KP"], None, "Escalation by North Korea"),
        ("escalation", ["LB"], "LB", "Escalation by Lebanon at home"),
        ("escalation", [], None, "Escalation"),
    ],
)
def test_a_claim_s_title(topic: str, force: list[str], place: str | None, title: str) -> None:
    assert claim_title(topic, force, place) == title


SINCE = datetime(2024, 10, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("claim", "side", "stance", "reason", "previous", "words"),
    [
        (
            ("foreign_troops", ["KP"], "RU"),
            "RU",
            "confirm",
            "reversal",
            "no_comment",
            "Russia CONFIRMS North Korean troops in Russia: reverses its no-comment of 24 October 2024",
        ),
        (
            ("foreign_troops", [], "UA"),
            "GB",
            "deny",
            "first_denial",
            None,
            "The United Kingdom DENIES foreign troops in Ukraine: its first denial",
        ),
        (
            ("escalation", ["RU"], "UA"),
            "nonstate",
            "confirm",
            "first_confirmation",
            "allege",
            "A non-state group CONFIRMS escalation by Russia in Ukraine: its first confirmation",
        ),
    ],
)
def test_a_headline(claim: tuple[str, list[str], str], side: str, stance: str, reason: str, previous: str | None, words: str) -> None:
    assert headline(*claim, side, stance, reason, previous, SINCE) == words


def test_sides() -> None:
    assert [side_name(side) for side in ("RU", "NATO", "anonymous", None)] == ["Russia", "NATO", "Unnamed sources", "The article itself"]
    assert side_name("XX") == "XX"


def test_printable_text_is_one_line_and_does_nothing() -> None:
    assert printable(" a\r\nb\x1b[0m\u202ec\u2028d ") == "a  b [0m c d"
