"""HTML and hostile strings to plain text (hazards 16, 17)."""

import pytest

from ingest import plain


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One.</p><p>Two &amp; three.</p>", "One.\nTwo & three."),
        ("One<br/>Two<br>Three", "One\nTwo\nThree"),
        ("<div>wrapped\n  in its\tsource</div>", "wrapped in its source"),
        ("<b>bold</b> and <a href='javascript:alert(1)'>link</a>", "bold and link"),
        ("<script>alert(1)</script>Seen<style>p {}</style>", "Seen"),
        ("<p>5 &lt; 6</p>", "5 < 6"),
        ("AT&T &#38; sons", "AT&T & sons"),
        ("x < y and y > z", "x < y and y > z"),
        ("<img src=x onerror=alert(1)>Text<!-- comment -->", "Text"),
        ("plain text, wrapped\nat some column", "plain text, wrapped at some column"),
        ("First sentence.\nSecond one", "First sentence.\nSecond one"),
        ("Heading\n\nText of it", "Heading\nText of it"),
        ("nul\x00 and bell\x07, zero\u200bwidth, bidi \u202eover\u202c, lone \ud800", "nul and bell, zerowidth, bidi over, lone"),
        ("a\u2028b\u00a0c", "a\nb c"),
        ("", ""),
    ],
)
def test_from_html(source: str, text: str) -> None:
    assert plain.from_html(source) == text


def test_a_title_is_one_line_and_not_endless() -> None:
    assert plain.title("<b>Two</b>\n lines &amp; more") == "Two lines & more"
    assert len(plain.title("x " * 2_500_000)) <= plain.TITLE_CHARS


def test_what_is_escaped_twice_stays_text() -> None:
    assert plain.title("&lt;script&gt;alert(1)&lt;/script&gt;") == "<script>alert(1)</script>"


def test_long_text_is_cut() -> None:
    assert len(plain.from_html("<p>word</p>" * 200_000)) <= plain.TEXT_CHARS
