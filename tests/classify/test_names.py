"""Names are found where they are names, and every table says what the rest of the project knows."""

import random
import time
from functools import cache

import pytest

from classify.names import NOWHERE, TABLES, Names, Words, forms, rows
from wire.messages import BODIES
from wire.places import Place, places


@cache
def names() -> Names:
    return Names()


def found(text: str) -> list[tuple[str, str]]:
    return [(text[name.start : name.end], name.code) for name in names().find(text)]


def kinds(text: str) -> list[str]:
    return [name.kind for name in names().find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Russia's army and the Russians'", [("Russia", "RU"), ("Russians", "RU")]),
        ("Russia\u2019s army", [("Russia", "RU")]),
        ("US-led and Russian-backed troops", [("US", "US"), ("Russian", "RU")]),
        ("anti-Russian, pro-Russian", [("Russian", "RU"), ("Russian", "RU")]),
        ("the U.S. and the U.N. said", [("U.S", "US"), ("U.N", "UN")]),
        ("North Koreans in the DPRK, not in S. Korea", [("North Koreans", "KP"), ("DPRK", "KP"), ("S. Korea", "KR")]),
        ("Turks, Britons, Frenchmen and Poles", [("Turks", "TR"), ("Britons", "GB"), ("Frenchmen", "FR"), ("Poles", "PL")]),
        ("in N'Djamena and Côte d\u2019Ivoire", [("N'Djamena", "TD"), ("Côte d\u2019Ivoire", "CI")]),
        ("al-Shabaab, Al Shabaab", [("al-Shabaab", "SO"), ("Al Shabaab", "SO")]),
        ("Kim Jong-un and Erdogan", [("Kim Jong-un", "KP"), ("Erdogan", "TR")]),
        ("Erdoğan and Assimi Goïta", [("Erdoğan", "TR"), ("Assimi Goïta", "ML")]),
        ("Nato and NATO, Minusma", [("Nato", "NATO"), ("NATO", "NATO"), ("Minusma", "UN")]),
        ("Kiev, Kyiv and Kursk", [("Kiev", "UA"), ("Kyiv", "UA"), ("Kursk", "RU")]),
        ("Burma and Zaire", [("Burma", "MM"), ("Zaire", "CD")]),
    ],
)
def test_finds(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_kinds() -> None:
    text = "Mali; Malians; Bamako; ECOWAS; the Kremlin; Wagner; Putin; Timbuktu"
    assert kinds(text) == ["country", "demonym", "capital", "body", "institution", "group", "person", "place"]


def test_the_longest_name_wins() -> None:
    assert found("South Sudan, Equatorial Guinea, the Democratic People's Republic of Korea") == [
        ("South Sudan", "SS"),
        ("Equatorial Guinea", "GQ"),
        ("Democratic People's Republic of Korea", "KP"),
    ]


def test_a_sea_or_a_newspaper_is_no_country() -> None:
    assert found("the South China Sea; The Washington Post; Latin American leaders") == []


@pytest.mark.parametrize(
    "text", ["turkey and china", "they told us of us", "It Us", "reading a polish jordan", "who is at the diet", "Thailander"]
)
def test_a_common_word_is_no_name(text: str) -> None:
    assert found(text) == []


def test_a_name_does_not_cross_a_full_stop() -> None:
    assert found("It went south. Sudan said no to the South. Korea too.") == [("Sudan", "SD"), ("Korea", "KP"), ("Korea", "KR")]


def test_capitals_of_a_headline() -> None:
    assert found("US TROOPS LEAVE MALI, UAE") == [("US", "US"), ("MALI", "ML"), ("UAE", "AE")]
    assert found("CAR BOMB IN BAGHDAD") == [("BAGHDAD", "IQ")]
    assert found("Rebels take the CAR capital") == [("CAR", "CF")]


def test_a_prefix_needs_its_hyphen() -> None:
    assert found("Franco-British, Franco died. Franco") == [("Franco", "FR"), ("British", "GB")]


def test_a_name_of_two_countries_gives_both() -> None:
    assert found("Congolese") == [("Congolese", "CD"), ("Congolese", "CG")]
    assert found("Koreans") == [("Koreans", "KP"), ("Koreans", "KR")]


def test_a_bracketed_leader_is_known_by_that_name_alone() -> None:
    assert list(forms("Vladimir [Putin]", "person")) == ["Vladimir Putin", "Putin"]
    assert list(forms("Hun Sen", "person")) == ["Hun Sen"]


def test_every_code_is_a_country_or_body() -> None:
    known = set(places()) | set(BODIES) | {NOWHERE}
    assert {code for _, code, _ in rows(TABLES)} <= known


def test_every_body_has_names() -> None:
    assert {code for _, code, kind in rows(TABLES) if kind == "body"} == set(BODIES)


@pytest.mark.parametrize("place", places().values(), ids=lambda place: place.code)
def test_every_party_is_found_by_the_words_that_alerts_have_for_it(place: Place) -> None:
    assert (place.name, place.code) in found(f"the people of {place.name} said")
    assert place.code in {code for _, code in found(f"the {place.demonym} army said")}


def test_every_country_is_found_by_its_name_in_cldr() -> None:
    babel = pytest.importorskip("babel", reason="pip install babel")
    territories = babel.Locale("en").territories
    missing = {
        name for code, name in territories.items() if code in places() and "(" not in name and code not in {c for _, c in found(name)}
    }
    assert missing == set()


def test_a_made_place_is_in_no_kept_table() -> None:
    def keys(tables: list[str]) -> set[str]:
        spelled = [Words(name.removesuffix("-")) for name, _, _ in rows({table: TABLES[table] for table in tables})]
        return {words.keys(0, len(words.spans))[-1] for words in spelled}

    assert keys(["places"]) & keys([table for table in TABLES if table != "places"]) == set()


def test_places_stand_in_order_and_apart_in_any_text() -> None:
    chance = random.Random(7)
    pieces = [
        "U",
        ".",
        "S",
        " ",
        "-",
        "Kim Jong",
        "\u2019",
        "Côte d",
        "Ivoire",
        "\n",
        "\ud800",
        "\u200b",
        "ﾞ",
        "⒈",
        "ŉ",
        "İ",
        "é",
        "Franco",
        "North",
        "Korea",
    ]
    for _ in range(2000):
        text = "".join(chance.choices(pieces, k=12))
        spans = sorted({(name.start, name.end) for name in names().find(text)})
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(one[1] <= other[0] for one, other in zip(spans, spans[1:], strict=False))


def test_long_text_takes_seconds_at_most() -> None:
    text = "North " * 20_000 + "U.S." * 40_000
    start = time.process_time()
    names().find(text)
    assert time.process_time() - start < 8
