from pathlib import Path

import numpy as np
import pytest

from classify.labels import Mention
from classify.sentences import Text, split
from classify.tag import Tagger, chosen_force

SHARED = Path(__file__).parents[3] / "shared"


def found(tagger: Tagger, title: str, *sentences: str) -> list[list[Mention]]:
    return tagger.tag([Text(title, sentences)])[0]


def test_a_confirmation_with_all_its_slots(tagger: Tagger) -> None:
    ((mention,),) = found(
        tagger,
        "",
        "Russian Foreign Ministry spokeswoman Maria Zakharova confirmed that 11,000 North Korean soldiers fought in the Kursk region.",
    )
    assert (mention.topic, mention.stance) == ("foreign_troops", "confirm")
    assert (mention.force, mention.place, mention.speaker_side) == (("KP",), "RU", "RU")
    assert mention.count == 11000
    assert mention.speaker
    assert "Zakharova" in mention.speaker


def test_a_denial_and_an_allegation_stand_apart(tagger: Tagger) -> None:
    first, second = found(
        tagger,
        "Mali denies that Wagner is in the country",
        "France says that Russian mercenaries from the Wagner group are fighting in Mali.",
        "The Malian government denied it, saying that there are no mercenaries on its soil.",
    )
    assert "allege" in [m.stance for m in first]
    assert [m.stance for m in second] == ["deny"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The striker scored twice as the hosts won 3-1.",
        "Shares in the chipmaker rose four percent on Tuesday.",
        "It will rain in the north tomorrow.",
    ],
)
def test_other_news_holds_nothing(tagger: Tagger, sentence: str) -> None:
    assert found(tagger, "", sentence) == [[]]


def test_texts_are_tagged_alike_alone_and_together(tagger: Tagger) -> None:
    texts = [
        Text("Pyongyang", ["North Korea denied on Monday that it had sent soldiers to Russia."]),
        Text("", []),
        Text("Weather", [f"Sentence {n} tells of rain and wind in the hills above the town." for n in range(40)]),
        Text("Sahel", ["The Malian army acknowledged that Russian instructors are in the country.", "They came in January."]),
    ]
    assert tagger.tag(texts) == [tagger.tag([text])[0] for text in texts]


def test_hostile_text_is_read_all_the_same(tagger: Tagger) -> None:
    for text in ("\u202e\u200b" * 500, "a" * 5000, "🙂" * 3000, "\ud800 lone", "1" * 3000):
        sentences = split(text).sentences
        assert len(found(tagger, text[:100].encode("utf-8", "ignore").decode(), *sentences)) == len(sentences)


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared: the seed article")
def test_the_seed_article_is_understood(tagger: Tagger) -> None:
    sentences = split((SHARED / "seed" / "zakharova-kursk.txt").read_text("utf-8")).sentences
    mentions = [(s, m) for s, ms in zip(sentences, found(tagger, "", *sentences), strict=True) for m in ms]
    confirmed = [m for _, m in mentions if (m.topic, m.stance) == ("foreign_troops", "confirm")]
    assert any("Zakharova" in (m.speaker or "") and m.speaker_side == "RU" and m.force == ("KP",) and m.place == "RU" for m in confirmed)
    alleged = [m for s, m in mentions if "11,000" in s and (m.topic, m.stance) == ("foreign_troops", "allege")]
    assert any(m.count == 11000 and m.force == ("KP",) and {"UA", "KR"} & {m.speaker_side} for m in alleged)
    assert any(m.topic == "escalation" for _, m in mentions)


@pytest.mark.parametrize(
    ("chances", "chosen"),
    [((0.9, 0.86, 0.5), [0, 1]), ((0.3, 0.6, 0.5), [1]), ((0.01, 0.06, 0.0), [1]), ((0.01, 0.04, 0.0), [])],
    ids=["all that are likely", "else the likeliest", "however doubtful", "but none out of nothing"],
)
def test_whose_forces(chances: tuple[float, ...], chosen: list[int]) -> None:
    assert np.nonzero(chosen_force(np.array(chances, dtype=np.float32)))[0].tolist() == chosen
