import random

import pytest

from classify.items import Item
from classify.names import Names
from classify.train.augment import swapped
from wire.places import places


@pytest.fixture(scope="module")
def names() -> Names:
    return Names()


def item(title: str, sentence: str, **mention: object) -> Item:
    plain = {
        "topic": "foreign_troops",
        "stance": "deny",
        "force": ["ET"],
        "place": "KE",
        "speaker": None,
        "speaker_side": None,
        "count": None,
    }
    return {"id": "a", "title": title, "sentences": [{"text": sentence, "mentions": [{**plain, **mention}]}]}


def test_words_and_labels_change_together(names: Names) -> None:
    before = item("Ethiopian troops?", "A Kenyan official denied that Ethiopia has troops.", speaker="A Kenyan official", speaker_side="KE")
    after = swapped(before, names, random.Random(1))
    (mention,) = after["sentences"][0]["mentions"]
    force, place = places()[mention["force"][0]], places()[mention["place"]]
    assert mention["force"] != ["ET"]
    assert mention["place"] != "KE"
    assert mention["speaker_side"] == mention["place"]
    assert after["title"] == f"{force.demonym} troops?"
    assert after["sentences"][0]["text"] == f"A {place.demonym} official denied that {force.name} has troops."
    assert mention["speaker"] == f"A {place.demonym} official"


def test_a_country_that_a_city_also_means_stays(names: Names) -> None:
    before = item(
        "", "Nairobi denied that Kenya has sent troops to Ethiopia.", force=["KE"], place="ET", speaker="Nairobi", speaker_side="KE"
    )
    (mention,) = swapped(before, names, random.Random(1))["sentences"][0]["mentions"]
    assert (mention["force"], mention["speaker_side"]) == (["KE"], "KE")
    assert mention["place"] != "ET"


def test_an_item_without_countries_stays_as_it_is(names: Names) -> None:
    before = item("", "He denied it.", force=[], place=None)
    assert swapped(before, names, random.Random(1)) == before
