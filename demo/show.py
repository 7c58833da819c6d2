"""What the demo writes to the terminal: a banner, a line a month, the summary. Plain text where stdout is no terminal.

Writes whole lines only: the alerts' own lines come from another thread and may fall between any two.
"""

from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.pipeline import Summary


class Show:
    """The demo's voice on a console."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._month = ""

    def line(self, text: str, style: str = "") -> None:
        """One line of text; markup in it is not read."""
        self.console.print(Text(text, style=style), soft_wrap=True)

    def banner(self, stories: int, outlets: int, seconds: float) -> None:
        """What is about to be played."""
        self.line("Claimwire demo", "bold")
        self.line(f"{stories} articles by {outlets} invented outlets, October 2024 to June 2025, in {seconds:g} seconds.")

    def month(self, played: datetime) -> None:
        """A line when the played month turns; nothing otherwise."""
        month = f"{played:%B %Y}"
        if month != self._month:
            self._month = month
            self.line(f"── {month} ──", "dim")

    def summary(self, summary: Summary, stories: int) -> None:
        """The figures, as a small table."""
        table = Table("Summary", "", show_edge=False, title_justify="left")
        table.columns[1].justify = "right"
        table.add_row("articles published", str(stories))
        table.add_row("articles read", str(summary.articles))
        table.add_row("findings", str(summary.findings))
        table.add_row("alerts", str(summary.alerts))
        table.add_row("fetch to alert, median", _seconds(summary.latency_p50))
        table.add_row("fetch to alert, 95th percentile", _seconds(summary.latency_p95))
        self.console.print()
        self.console.print(table)
        self.console.print()


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} s"
