"""The text form of the world: what is read, and how a mistake is named."""

from datetime import UTC, datetime

import pytest

from demo.stories import WorldError, read_outlets, read_stories

TEXT = """# a comment

@ one | 2024-10-18 06:40 | wire | Ships seen
by: Ann Lee

First line
goes on.

Second.

Third.

@ two | 2024-10-18 07:00 | paper | Vessels spotted
reprint-of: one
keep: 2

Ours.
"""


def test_stories_and_reprints() -> None:
    one, two = read_stories(TEXT, "x.txt", {})
    assert (one.id, one.outlet, one.title, one.author) == ("one", "wire", "Ships seen", "Ann Lee")
    assert one.published == datetime(2024, 10, 18, 6, 40, tzinfo=UTC)
    assert one.paragraphs == ("First line goes on.", "Second.", "Third.")
    assert one.path == "/wire/2024/10/18/one.html"
    assert two.paragraphs == ("Ours.", "Second.")
    assert two.reprint_of == "one"


def test_a_reprint_may_be_of_an_earlier_file() -> None:
    known = {story.id: story for story in read_stories(TEXT, "x.txt", {})}
    (three,) = read_stories("@ three | 2024-11-01 00:00 | paper | Again\nreprint-of: one\n", "y.txt", known)
    assert three.paragraphs == known["one"].paragraphs


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("words\n", "x.txt:1: should begin with"),
        ("\n@ one | yesterday | wire | T\n\nText.\n", "x.txt:2: should be `@ id"),
        ("@ one | 2024-10-18 06:40 | wire | T\n", "x.txt:1: has no text"),
        ("@ one | 2024-13-18 06:40 | wire | T\n\nText.\n", "x.txt:1: .*month|x.txt:1: .*format"),
        ("@ one | 2024-10-18 06:40 | wire | T\nreprint-of: none\n", "x.txt:1: reprints none"),
        ("@ one | 2024-10-18 06:40 | wire | T\n\nText.\n@ one | 2024-10-19 06:40 | wire | T\n\nText.\n", "x.txt:4: the id one"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(text: str, message: str) -> None:
    with pytest.raises(WorldError, match=message):
        list(read_stories(text, "x.txt", {}))


def test_an_outlet_with_an_unknown_habit_is_refused() -> None:
    with pytest.raises(WorldError, match="outlets.toml.*colour"):
        read_outlets('[x]\nname = "X"\nabout = "Y"\nfeed = "z"\ncolour = "red"\n')
