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
        self._begun: float | None = None

    def start(self) -> None:
        """Begin to play; a second call changes nothing."""
        if self._begun is None:
            self._begun = self._now()

    @property
    def share(self) -> float:
        """How much has been played, 0 to 1."""
        return 0.0 if self._begun is None else min(1.0, max(0.0, (self._now() - self._begun) / self.seconds))

    @property
    def played(self) -> datetime:
        """The date and time that it is in the world."""
        return self.last if self.ended else self.first + timedelta(seconds=(self.last - self.first).total_seconds() * self.share)

    @property
    def ended(self) -> bool:
        """Whether `last` is reached."""
        return self.share >= 1.0
