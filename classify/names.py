"""Names in text that point to a country or body: countries, peoples, capitals, bodies, institutions, groups, leaders, places.

It gives candidates, all from the tables in gazetteer/; refuses to judge which of them a sentence means.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

Kind = Literal["country", "demonym", "capital", "body", "institution", "group", "person", "place"]

#: Stands for no country: the name is known, and keeps a shorter one inside it from being read (South China Sea).
NOWHERE = "-"
#: The kinds of the name columns of each table. A name in several tables has the meanings of all.
TABLES: dict[str, tuple[Kind, ...]] = {
    "countries": ("country", "demonym", "capital"),
    "bodies": ("body",),
    "institutions": ("institution",),
    "groups": ("group",),
    "regions": ("place",),
    "leaders": ("person",),
    "places": ("place",),
}
#: Peoples whose plural is no word of its own: the Chinese, the British, the Swiss.
NO_PLURAL = re.compile(r"(s|sh|ch|ese|men|man|women|woman)$")
#: From so many letters on, an abbreviation is also written as a word (Nato, Unifil) and a word shouted (IRAN).
SURE_LENGTH = 4
#: Abbreviations that are words, too: a headline all in capitals means the word.
ALSO_WORDS = frozenset({"CAR", "GI", "SEAL", "SEALS", "WHO"})

WORD = re.compile(r"[^\W_]+")
SPACE = re.compile(r"\s?[\s\u2010-\u2013&-]\s?")
DOTS = frozenset({".", ". "})
QUOTES = frozenset("'\u2018\u2019\u02bc`")
HYPHENS = ("-", "\u2010", "\u2011")
#: Letters that Unicode does not decompose into a plain letter and a mark.
PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "ə": "e"})


@dataclass(frozen=True, slots=True)
class Name:
    """One candidate: text[start:end] points to `code`. A name of two countries gives two of them at one place."""

    start: int
    end: int
    code: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a name: its words without accents, what it means, whether a hyphen must follow (Franco-)."""

    words: tuple[str, ...]
    code: str
    kind: Kind
    before_hyphen: bool


class Words:
    """The words of a text: letters and digits between anything else."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [match.span() for match in WORD.finditer(text)]
        words = WORD.findall(text)
        self.plain = words if text.isascii() else [without_accents(word) for word in words]
        self.folded = [word.lower() for word in self.plain]

    def between(self, at: int) -> str:
        """What stands between the word at `at` and the next one."""
        return self.text[self.spans[at][1] : self.spans[at + 1][0]]

    def keys(self, at: int, most: int) -> list[str]:
        """The runs of up to `most` words from this one on, as the table is looked up: `u`, `u.s`; `n`, `n'djamena`."""
        keys = [self.folded[at]]
        for last in range(at, min(at + most, len(self.spans)) - 1):
            sign = gap(self.between(last))
            if sign is None:
                break
            keys.append(f"{keys[-1]}{sign}{self.folded[last + 1]}")
        return keys


class Names:
    """The compiled tables. Making it takes a fraction of a second; make one and keep it."""

    def __init__(self) -> None:
        self.spellings: dict[str, list[Spelling]] = {}
        self.longest: dict[str, int] = {}
        self.uncapitalised: set[str] = set()
        for name, code, kind in rows(TABLES):
            self._add(name, code, kind)

    def find(self, text: str) -> list[Name]:
        """The names in this text, in order, none inside another; the text in composed form (NFC)."""
        words = Words(text)
        found: list[Name] = []
        free = 0
        for at, word in enumerate(words.folded):
            most = self.longest.get(word)
            if most and at >= free and (words.plain[at] != word or word in self.uncapitalised):
                free = at + self._take(words, at, most, found)
        return found

    def _take(self, words: Words, at: int, most: int, found: list[Name]) -> int:
        """Adds the meanings of the longest name that starts at this word; how many words it has, 0 for none."""
        keys = words.keys(at, most)
        for length in range(len(keys), 0, -1):
            fitting = [one for one in self.spellings.get(keys[length - 1], ()) if fits(one, words, at)]
            if fitting:
                start, end = words.spans[at][0], words.spans[at + length - 1][1]
                kinds: dict[str, Kind] = {}
                for one in fitting:
                    kinds.setdefault(one.code, one.kind)
                found.extend(Name(start, end, code, kind) for code, kind in kinds.items() if code != NOWHERE)
                return length
        return 0

    def _add(self, name: str, code: str, kind: Kind) -> None:
        words = Words(name.removesuffix("-"))
        keys = words.keys(0, len(words.spans))
        if len(keys) < len(words.spans):
            raise ValueError(f"gazetteer: {name!r} ({code}): words of a name stand apart by a space, hyphen, dot, apostrophe or &")
        self.longest[words.folded[0]] = max(self.longest.get(words.folded[0], 0), len(keys))
        if words.plain[0] == words.folded[0]:
            self.uncapitalised.add(words.folded[0])
        spelling = Spelling(tuple(words.plain), code, kind, name.endswith("-"))
        self.spellings.setdefault(keys[-1], []).append(spelling)


def rows(tables: Mapping[str, tuple[Kind, ...]]) -> Iterator[tuple[str, str, Kind]]:
    """Every name of these tables with its code and kind; once for each code of a name that has several."""
    for table, kinds in tables.items():
        for line in files("classify").joinpath("gazetteer", f"{table}.tsv").read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            codes, *columns = line.split("\t")
            for kind, column in zip(kinds, columns, strict=True):
                for name in column.split("|") if column else ():
                    for form in forms(name, kind):
                        yield from ((form, code, kind) for code in codes.split("+"))


def forms(name: str, kind: Kind) -> Iterator[str]:
    """The name as it is found in text: a people in the plural, too; a leader also by the words in brackets."""
    if kind == "person":
        yield name.replace("[", "").replace("]", "")
        bracketed = re.search(r"\[(.+)\]", name)
        if bracketed and bracketed[1] != name[1:-1]:
            yield bracketed[1]
    else:
        yield name
        if kind == "demonym" and not NO_PLURAL.search(name) and not name.endswith("-"):
            yield f"{name}s"


def gap(between: str) -> str | None:
    """What two words of one name may have between them, in one sign; None where a name cannot go on."""
    if between == " " or SPACE.fullmatch(between):
        return " "
    if between in DOTS:
        return "."
    return "'" if between.removesuffix(" ") in QUOTES else None


@lru_cache(maxsize=10_000)
def _without_marks(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.translate(PLAIN)) if not unicodedata.combining(c))


def without_accents(word: str) -> str:
    """Goïta as Goita, Şırnak as Sirnak."""
    return word if word.isascii() else _without_marks(word)


def fits(spelling: Spelling, words: Words, at: int) -> bool:
    """Whether the words' capitals are a name's: Turkey and TURKEY are, turkey is not; US is, us and Us are not."""
    if spelling.before_hyphen and not words.text.startswith(HYPHENS, words.spans[at][1]):
        return False
    return all(capitals_fit(name, words, at + place, place > 0) for place, name in enumerate(spelling.words))


def capitals_fit(name: str, words: Words, at: int, inside: bool) -> bool:
    """As `fits`, for one word of the name; `inside` for one that is not its first (Kim Jong-un)."""
    seen = words.plain[at]
    if name == seen:
        return name not in ALSO_WORDS or not shouted(words, at)
    if name[0].islower():
        return True
    if seen[0].islower():
        return inside and words.between(at - 1) in HYPHENS
    if name.isupper() or not seen.isupper():
        return len(name) >= SURE_LENGTH and seen == name.capitalize()
    return len(name) >= SURE_LENGTH or shouted(words, at)


def shouted(words: Words, at: int) -> bool:
    """Whether the line that this word stands in is all in capitals, as headlines are."""
    start, end = words.spans[at]
    last = words.text.find("\n", end)
    line = words.text[words.text.rfind("\n", 0, start) + 1 : last if last >= 0 else None]
    return line.isupper() and len(line.split()) > 1
