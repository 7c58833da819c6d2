"""One line an alert on the terminal, in words and colour."""

from rich.console import Console
from rich.text import Text

from alerts.channels.result import SENT, Message, Result, Send
from alerts.wording import printable

COLOURS = {"confirm": "green", "deny": "red"}


def terminal(console: Console) -> Send:
    """A channel that prints on this console."""

    def send(message: Message) -> Result:
        console.print(line(message), soft_wrap=True)
        return SENT

    return send


def line(message: Message) -> Text:
    """`24 Oct 2024 08:00  Russia CONFIRMS North Korean troops in Russia: ...  "sentence" (Outlet)`."""
    alert = message.alert
    verb = alert.headline.partition(":")[0]
    text = Text()
    text.append(f"{alert.published:%d %b %Y %H:%M}  ", style="dim")
    text.append(printable(verb), style=f"bold {COLOURS.get(alert.stance, 'yellow')}")
    text.append(printable(alert.headline.removeprefix(verb)), style="bold yellow" if alert.reason == "reversal" else "default")
    text.append(f"  {printable(alert.sentence)}", style="dim italic")
    text.append(f"  ({printable(alert.outlet)})", style="dim")
    return text
