"""The played clock: months of the world's time in seconds of ours. Reads no clock but the one it is given."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta


class PlayedClock:
    """Stands at `first` until it is started, reaches `last` after `seconds`, and stays there."""

    def __init__(self, first: datetime, last: datetime, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        if last <= first or seconds <= 0:
            raise ValueError("a played clock needs last after first, and more than 0 seconds")
        self.first, self.last, self.seconds = first, last, seconds
        self._now = now
        self._run: tuple[float, float | None] = 0.0, None  # seconds played before, and since when it plays again; one value, for threads

    def start(self) -> None:
        """Begin to play, or go on; nothing where it plays."""
        before, since = self._run
        if since is None:
            self._run = before, self._now()

    def pause(self) -> None:
        """Stand still until it is started again."""
        self._run = self._seconds(), None

    @property
    def share(self) -> float:
        """How much has been played, 0 to 1."""
        return min(1.0, max(0.0, self._seconds() / self.seconds))

    @property
    def played(self) -> datetime:
        """The date and time that it is in the world."""
        return self.last if self.ended else self.first + timedelta(seconds=(self.last - self.first).total_seconds() * self.share)

    @property
    def ended(self) -> bool:
        """Whether `last` is reached."""
        return self.share >= 1.0

    def _seconds(self) -> float:
        before, since = self._run
        return before if since is None else before + self._now() - since
