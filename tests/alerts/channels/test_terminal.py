from io import StringIO

from rich.console import Console

from alerts.channels.result import SENT
from alerts.channels.terminal import terminal
from tests.alerts.samples import CONFIRMS, message


def printed(**fields: str) -> str:
    out = StringIO()
    assert terminal(Console(file=out, width=60))(message("terminal:", **fields)) == SENT
    return out.getvalue()


def test_one_line_in_words() -> None:
    line = printed()
    assert line.count("\n") == 1
    assert line.startswith("25 Oct 2024 08:00  Russia CONFIRMS North Korean troops in Russia: reverses its denial of 24 October 2024")
    assert CONFIRMS in line
    assert "(The Outlet)" in line


def test_text_from_outside_does_not_act_on_the_terminal() -> None:
    line = printed(sentence="\x1b[2J\x07 [bold]We\r\nconfirm[/bold]", outlet="\x9b31mred")
    assert line.count("\n") == 1
    assert not set(line) & set("\x1b\x07\x9b\r")
    assert "[bold]We  confirm[/bold]" in line


def test_colour_on_a_terminal() -> None:
    out = StringIO()
    terminal(Console(file=out, force_terminal=True, color_system="standard"))(message("terminal:"))
    assert "\x1b[1;32m" in out.getvalue()
