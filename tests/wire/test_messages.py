"""The contract between services: what it takes, what it refuses and how it says so, ids and keys that do not change."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from wire.messages import Article, Finding, Message, MessageError, derived_id, utc_now

NOON = datetime(2024, 10, 18, 12, tzinfo=UTC)


def article(**changes: Any) -> Article:
    """A valid article."""
    values: dict[str, Any] = {
        "id": "a1",
        "feed": "https://example.org/feed",
        "outlet": "Example",
        "url": "https://example.org/1",
        "title": "Troops",
        "text": "One.\nTwo.",
        "full_text": True,
        "language": "en",
        "published": NOON,
        "fetched": NOON + timedelta(minutes=1),
    }
    return Article(**values | changes)


def finding(**changes: Any) -> Finding:
    """A valid finding."""
    values: dict[str, Any] = {
        "id": "f1",
        "article": "a1",
        "url": "https://example.org/1",
        "outlet": "Example",
        "title": "Troops",
        "text_hash": "0" * 64,
        "published": NOON,
        "fetched": NOON,
        "topic": "foreign_troops",
        "stance": "confirm",
        "force": ("KP",),
        "place": "RU",
        "speaker": "Maria Zakharova",
        "speaker_side": "RU",
        "count": 11000,
        "sentence": "She confirmed it.",
        "sentence_index": 0,
        "score": 0.9,
        "model": "m-0",
        "tagged": NOON,
    }
    return Finding(**values | changes)


@pytest.mark.parametrize(
    "message", [article(), article(language=None, text="Größe 東 \u2028"), finding(), finding(force=(), place=None, count=None)]
)
def test_encode_and_decode_are_inverses(message: Message) -> None:
    assert type(message).decode(message.encode()) == message


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "Article: null record"),
        (b"", "Article: record: Invalid JSON"),
        (b"\xff", "Article: record: Invalid JSON"),
        (b"[]", "Article: record: "),
        (article().encode().replace(b'"version":1', b'"version":2'), "Article: version: "),
        (article().encode().replace(b'"id":"a1",', b""), "Article: id: Field required"),
        (article().encode().replace(b'"id"', b'"new":1,"id"'), "Article: new: Extra inputs are not permitted"),
        (article().encode().replace(b"12:00:00Z", b"12:00:00"), "Article: published: Input should have timezone info"),
    ],
)
def test_what_is_no_article_is_refused_with_its_field(value: bytes | None, said: str) -> None:
    with pytest.raises(MessageError) as refused:
        Article.decode(value)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("topic", "weather"),
        ("stance", "maybe"),
        ("force", ("Korea",)),
        ("place", "NATO"),
        ("place", "ru"),
        ("speaker_side", "nobody"),
        ("count", -1),
        ("score", 1.1),
        ("sentence_index", -2),
    ],
)
def test_values_outside_the_vocabulary_are_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        finding(**{field: value})


@pytest.mark.parametrize("side", ["RU", "NATO", "AUNION", "anonymous", "media", "expert", "nonstate", None])
def test_every_kind_of_side_is_taken(side: str | None) -> None:
    assert finding(speaker_side=side).speaker_side == side


def test_times_are_utc_whatever_they_came_in() -> None:
    east = datetime(2024, 10, 18, 15, tzinfo=timezone(timedelta(hours=3)))
    assert article(published=east).published == NOON
    assert b'"published":"2024-10-18T12:00:00Z"' in article(published=east).encode()
    assert utc_now().utcoffset() == timedelta(0)


def test_the_claim_key_is_topic_force_and_place() -> None:
    assert finding().claim_key == "foreign_troops|KP|RU"
    assert finding(force=("KP", "RU"), place=None).claim_key == "foreign_troops|KP+RU|-"
    assert finding(topic="escalation", force=()).claim_key == "escalation|-|RU"


def test_the_text_hash_is_of_title_and_text() -> None:
    assert article().text_hash == article(url="https://elsewhere.example/").text_hash
    assert article().text_hash != article(title="Other").text_hash


def test_derived_ids_never_change() -> None:
    """They are on the log and in ledgers: another way to derive them would make every article new."""
    assert derived_id("a", 1) == "839e11a421d370be28db56fde67e9aad"
    assert derived_id("a", 1) == derived_id("a", "1") != derived_id("a1")
    assert len(derived_id("\ud800")) == 32
