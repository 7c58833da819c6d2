"""Every code that a message may hold has a name; an unknown one is its own."""

from wire import messages, places


def test_every_body_has_a_name() -> None:
    assert set(messages.BODIES) <= set(places.places())


def test_all_249_iso_codes_and_kosovo_have_names() -> None:
    countries = [code for code in places.places() if len(code) == 2 and code not in messages.BODIES]
    assert "XK" in countries
    # AL is counted as a body above; UN and EU are two letters and no countries.
    assert len(countries) + 1 == 249 + 1


def test_no_two_places_share_a_name() -> None:
    names = [place.name for place in places.places().values()]
    assert len(names) == len(set(names))


def test_names_and_demonyms() -> None:
    assert places.place_name("KP") == "North Korea"
    assert places.demonym("KP") == "North Korean"
    assert places.in_prose("PH") == "the Philippines"
    assert places.place_name("PH") == "Philippines"
    assert places.party_name("AUNION") == "African Union"


def test_a_code_with_two_meanings_says_so_as_a_party_only() -> None:
    assert places.place_name("AL") == "Albania"
    assert places.party_name("AL") == "Albania or Arab League"


def test_an_unknown_code_is_its_own_name() -> None:
    assert places.place_name("QZ") == places.demonym("QZ") == places.in_prose("QZ") == "QZ"
