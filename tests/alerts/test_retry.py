from datetime import timedelta

from alerts.channels.result import Result
from alerts.retry import JITTER, SCHEDULE, next_attempt
from tests.alerts.samples import MORNING

DOWN = Result("HTTP 500", retryable=True)


def test_the_schedule_of_standard_webhooks() -> None:
    waits = [next_attempt(DOWN, attempts, MORNING, 0.0) for attempts in range(1, len(SCHEDULE) + 1)]
    assert [wait and (wait - MORNING).total_seconds() for wait in waits] == list(SCHEDULE)
    assert next_attempt(DOWN, len(SCHEDULE) + 1, MORNING, 0.0) is None


def test_jitter_only_stretches() -> None:
    assert next_attempt(DOWN, 1, MORNING, 1.0) == MORNING + timedelta(seconds=SCHEDULE[0] * (1 + JITTER))


def test_what_cannot_pass_is_dead_at_once() -> None:
    assert next_attempt(Result("HTTP 301"), 1, MORNING, 0.0) is None
    assert next_attempt(Result("HTTP 410", gone=True), 1, MORNING, 0.0) is None


def test_the_other_side_may_ask_for_longer_but_not_for_less() -> None:
    asked = Result("HTTP 429", retryable=True, retry_after=60.0)
    assert next_attempt(asked, 1, MORNING, 0.0) == MORNING + timedelta(seconds=60)
    assert next_attempt(asked, 2, MORNING, 0.0) == MORNING + timedelta(seconds=SCHEDULE[1])
