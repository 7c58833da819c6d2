"""Changes items in ways that leave every label right, anew each epoch: titles left out or in capitals, one country for another.

The model should read who sends whom where, not remember which countries do.
"""

import random
from collections.abc import Mapping

from classify.items import Item
from classify.labels import countries
from classify.names import Name, Names
from wire.places import places

NO_TITLE = 0.15
CAPITAL_TITLE = 0.05
SWAPPED = 0.35
SLOTS = ("force", "place", "speaker_side")


def augmented(item: Item, names: Names, chance: random.Random) -> Item:
    """The item as one epoch sees it."""
    if chance.random() < SWAPPED:
        item = swapped(item, names, chance)
    drawn = chance.random()
    if drawn < NO_TITLE:
        return {**item, "title": ""}
    if drawn < NO_TITLE + CAPITAL_TITLE:
        return {**item, "title": item["title"].upper()}
    return item


def swapped(item: Item, names: Names, chance: random.Random) -> Item:
    """The item with countries exchanged for others, in its words and its labels alike.

    Only a country that stands there by its own name or demonym alone can be: one that is also meant by a city, a ministry
    or a leader would leave the item contradicting itself.
    """
    found = {text: names.find(text) for text in (item["title"], *(s["text"] for s in item["sentences"]))}
    standing = {name.code for all_names in found.values() for name in all_names}
    fixed = {name.code for text, all_names in found.items() for name in all_names if plain_form(text, name) is None}
    movable = sorted((standing - fixed) & set(countries()))
    if not movable:
        return item
    free = sorted(set(countries()) - standing)
    instead = dict(zip(movable, chance.sample(free, len(movable)), strict=True))
    return {
        **item,
        "title": rewritten(item["title"], found[item["title"]], instead),
        "sentences": [_sentence(sentence, found[sentence["text"]], names, instead) for sentence in item["sentences"]],
    }


def _sentence(sentence: Item, found: list[Name], names: Names, instead: Mapping[str, str]) -> Item:
    return {
        "text": rewritten(sentence["text"], found, instead),
        "mentions": [_mention(mention, names, instead) for mention in sentence["mentions"]],
    }


def _mention(mention: Item, names: Names, instead: Mapping[str, str]) -> Item:
    speaker = mention["speaker"]
    return {
        **mention,
        "force": sorted(instead.get(code, code) for code in mention["force"]),
        "place": instead.get(mention["place"], mention["place"]),
        "speaker_side": instead.get(mention["speaker_side"], mention["speaker_side"]),
        "speaker": speaker and rewritten(speaker, names.find(speaker), instead),
    }


def plain_form(text: str, name: Name) -> str | None:
    """`name` or `demonym`, whichever of the country's two plain names this is; None where it is another."""
    place, words = places().get(name.code), text[name.start : name.end]
    if place is None:
        return None
    return "name" if words == place.name else "demonym" if words == place.demonym else None


def rewritten(text: str, found: list[Name], instead: Mapping[str, str]) -> str:
    """The text with the names of each country in `instead` replaced by the same form of the other's."""
    for name in sorted(found, key=lambda name: -name.start):
        form = plain_form(text, name)
        if form and name.code in instead:
            text = text[: name.start] + getattr(places()[instead[name.code]], form) + text[name.end :]
    return text
