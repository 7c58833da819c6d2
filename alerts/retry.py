"""When a delivery that was not taken is tried again, and when it is given up. Pure: the policy on every channel's answers."""

from datetime import datetime, timedelta

from alerts.channels.result import Result

#: Waits after the first, second, ... failed attempt, in seconds: the schedule that Standard Webhooks proposes.
SCHEDULE = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
#: Each wait is stretched by up to this share, so that what failed together does not come back together.
JITTER = 0.2


def next_attempt(result: Result, attempts: int, now: datetime, chance: float) -> datetime | None:
    """When to try again after `attempts` attempts; None where it is dead. `chance` is a random number from 0 to 1."""
    if not result.retryable or attempts > len(SCHEDULE):
        return None
    wait = SCHEDULE[attempts - 1] * (1 + JITTER * chance)
    return now + timedelta(seconds=max(wait, result.retry_after or 0))
