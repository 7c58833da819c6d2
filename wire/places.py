"""English names and demonyms of the country and body codes in messages, read once from places.tsv.

Refuses to guess: a code that it does not know is its own name. Finding names in text is the classifier's task.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: `AL` is Albania by ISO 3166-1 and the Arab League among the bodies; a party's code alone does not tell which.
TWO_PARTIES = "AL"


@dataclass(frozen=True, slots=True)
class Place:
    """A country or body: `name` as a heading has it, `prose` as a sentence has it ("the Philippines")."""

    code: str
    name: str
    prose: str
    demonym: str


@cache
def places() -> dict[str, Place]:
    """Every known place by its code: ISO 3166-1 alpha-2, Kosovo's XK, and the bodies of wire.messages."""
    lines = files("wire").joinpath("places.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {code: Place(code, prose.removeprefix("the "), prose, demonym) for code, prose, demonym in rows}


def place_name(code: str) -> str:
    """The country's English name: `KP` is North Korea; the code itself where it is unknown."""
    place = places().get(code)
    return place.name if place else code


def party_name(code: str) -> str:
    """The name of a force or speaking side: as place_name, but `AL` names both parties that it may be."""
    return "Albania or Arab League" if code == TWO_PARTIES else place_name(code)


def demonym(code: str) -> str:
    """The adjective for its people and forces: `KP` is North Korean; the code itself where it is unknown."""
    if code == TWO_PARTIES:
        return "Albanian or Arab League"
    place = places().get(code)
    return place.demonym if place else code


def in_prose(code: str) -> str:
    """The country's name as it stands in a sentence: `PH` is "the Philippines"."""
    place = places().get(code)
    return place.prose if place else code
