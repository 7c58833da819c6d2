"""The pure parts: time axis, lanes, numbers, words, names to codes."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.ledger.views import FindingView, NumberGiven
from alerts.web import numbers, words
from alerts.web.parties import codes_of
from alerts.web.timeline import MOST_TICKS, Axis

START = datetime(2024, 10, 13, 18, 20, tzinfo=UTC)


def given(days: float, count: int, side: str | None = "UA") -> NumberGiven:
    """A number given so many days after START."""
    date = START + timedelta(days=days)
    said = FindingView("f", "a", "https://x", "Outlet", "t", date, date, "allege", None, side, count, "s", 0, 0.9, "m")
    return NumberGiven(date, side, count, said)


@pytest.mark.parametrize("days", [0, 0.01, 0.3, 1, 3, 10, 40, 200, 900, 9000])
def test_an_axis_has_a_few_ticks_in_order_and_room_at_both_ends(days: float) -> None:
    axis = Axis.over([START, START + timedelta(days=days)])
    places = [tick.x for tick in axis.ticks()]
    assert 1 <= len(places) <= MOST_TICKS + 1
    assert places == sorted(set(places))
    assert all(0 <= place <= 100 for place in places)
    assert axis.at(START) > 0
    assert axis.at(START + timedelta(days=days)) < 100
    assert axis.at(START - timedelta(days=99999)) == 0


def test_ticks_fall_on_round_times() -> None:
    half_a_day = Axis.over([START, START + timedelta(hours=14)])
    assert [tick.label for tick in half_a_day.ticks()] == ["18:00", "21:00", "14 Oct", "03:00", "06:00", "09:00"]
    assert [tick.label for tick in Axis.over([START, START + timedelta(days=200)]).ticks()] == [
        "Nov 2024",
        "Jan 2025",
        "Mar 2025",
        "May 2025",
    ]


def test_each_sides_largest_number_is_labelled_and_labels_keep_apart() -> None:
    chosen = [given(0, 1500), given(1, 12000, "KR"), given(1, 11900), given(1, 11800, "US"), given(9, 2), given(9, 0, None)]
    chart = numbers.draw(Axis.over([one.date for one in chosen]), chosen)
    labels = {dot.label: dot.label_y for dot in chart.dots if dot.label}
    assert set(labels) == {"South Korea 12,000", "Ukraine 11,900", "United States 11,800", "No source named 0"}
    heights = sorted(labels.values())
    assert all(lower - higher >= numbers.LABEL_HEIGHT for higher, lower in zip(heights, heights[1:], strict=False))
    assert [label for _, label in chart.lines] == ["0", "5,000", "10,000"]


@pytest.mark.parametrize("most", [0, 1, 3, 7, 40, 999, 10_000, 2_000_000_000])
def test_a_chart_of_any_size_has_few_lines(most: int) -> None:
    chart = numbers.draw(Axis.over([START]), [given(0, most)])
    assert 1 <= len(chart.lines) <= numbers.MOST_LINES + 1


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("North Korea, RU; nato", ("KP", "RU", "NATO")),
        ("russian,Russia , ru", ("RU",)),
        ("the Philippines\nUnited  States", ("PH", "US")),
        ("", ()),
        (" , ,", ()),
    ],
)
def test_names_become_codes(typed: str, codes: tuple[str, ...]) -> None:
    assert codes_of("forces", typed) == codes


def test_what_a_field_does_not_take_is_refused_with_a_suggestion() -> None:
    assert codes_of("sides", "Media, experts, unnamed sources, nonstate") == ("media", "expert", "anonymous", "nonstate")
    for field, typed, told in (
        ("forces", "media", "“media” is not known here"),
        ("places", "NATO", "“NATO” is not known here"),
        ("forces", "Ukrane", "did you mean Ukraine?"),
        ("sides", "expertz", "did you mean Experts?"),
        ("forces", "qqqqqq", "two-letter code."),
    ):
        with pytest.raises(ValueError, match=told.replace("?", r"\?")):
            codes_of(field, typed)


def test_times_are_as_short_as_they_can_be() -> None:
    assert words.short(START, START + timedelta(hours=1)) == "18:20"
    assert words.short(START, START + timedelta(days=9)) == "13 Oct 18:20"
    assert words.short(START, START + timedelta(days=99)) == "13 Oct 2024"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:x",
        "data:text/html,x",
        "//x.example",
        "ftp://x.example",
        "http:",
        "http://[x",
        "",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert words.web_link(url) is None
    assert words.web_link("HTTPS://outlet.example/a") == "HTTPS://outlet.example/a"


def test_the_speaker_is_marked_in_the_sentence() -> None:
    assert words.spoken("So, the ministry said.", "the ministry") == [("So, ", False), ("the ministry", True), (" said.", False)]
    assert words.spoken("So it is.", None) == words.spoken("So it is.", "Peskov") == [("So it is.", False)]
