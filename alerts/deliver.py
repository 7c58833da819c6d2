"""The deliverer: leases what is due, sends it outside any transaction, records how it went. At least once, under one id.

One message at a time to a destination, several destinations at a time: one that hangs holds up nobody else.
"""

import logging
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import Engine

from alerts import metrics
from alerts.addresses import destination, kind, shown
from alerts.channels.result import Message, Result, Send
from alerts.ledger import outbox, subscribing
from alerts.ledger.outbox import Due, Leased
from alerts.retry import next_attempt
from wire.database import is_outage
from wire.messages import utc_now
from wire.telemetry import Health

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
STUCK_SECONDS = 120.0
#: Rest after each message, in seconds: a chat takes about one a second from one sender (Slack's limit).
PACE = {"apprise": 1.0}
#: Rest of a destination that is in trouble, in seconds: doubled with each failure in a row.
FIRST_REST, LONGEST_REST = 5.0, 60.0


class Deliverer:
    """Sends what waits in the outbox. `turn` and `wake` may be called from any thread."""

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[str, Send],
        desk_url: str,
        *,
        senders: int = 16,
        clock: Callable[[], datetime] = utc_now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._engine, self._channels, self._desk_url, self._clock, self._chance = engine, channels, desk_url, clock, chance
        self._pool = ThreadPoolExecutor(senders, thread_name_prefix="sender")
        self._senders = senders
        self._bell = threading.Event()
        self._lock = threading.Lock()
        self._busy: set[str] = set()  # destinations
        self._resting: dict[str, float] = {}  # destination: until, monotonic
        self._failures: dict[str, int] = defaultdict(int)  # destination: in a row
        self._subscriptions: dict[str, set[str]] = defaultdict(set)  # destination: subscriptions that go there

    def wake(self) -> None:
        """Look now: there is something to send."""
        self._bell.set()

    def run(self, stop: threading.Event, health: Health) -> None:
        """Deliver until `stop` is set; what is being sent then is sent."""
        beat = health.loop("deliverer", STUCK_SECONDS)
        while not stop.is_set():
            beat()
            self._bell.clear()
            try:
                self.turn()
                metrics.measure_outbox(self._engine)
            except Exception as error:
                level = logging.WARNING if is_outage(error) else logging.ERROR
                logger.log(level, "the outbox cannot be read, trying again: %s", error, exc_info=level == logging.ERROR)
            self._bell.wait(POLL_SECONDS)
        self.close()

    def turn(self) -> int:
        """Start all that may be sent now; how many were started."""
        started = 0
        while True:
            with self._lock:
                taken = self._taken()
                free = self._senders - len(self._busy)
                without = {subscription for one in taken for subscription in self._subscriptions[one]}
            waiting = outbox.due(self._engine, self._clock(), without=without) if free > 0 else []
            if not waiting:
                return started
            for one in waiting:
                started += self._start(one)

    def close(self) -> None:
        """Wait for what is being sent."""
        self._pool.shutdown()

    def _taken(self) -> set[str]:
        """Destinations that are sent to or rest."""
        now = time.monotonic()
        self._resting = {one: until for one, until in self._resting.items() if until > now}
        return self._busy | self._resting.keys()

    def _start(self, one: Due) -> bool:
        where = destination(one.channel)
        with self._lock:
            self._subscriptions[where].add(one.subscription)
            if where in self._taken() or len(self._busy) >= self._senders:
                return False
            self._busy.add(where)
        self._pool.submit(self._deliver, one, where)
        return True

    def _deliver(self, one: Due, where: str) -> None:
        rest = PACE.get(kind(one.channel), 0.0)
        try:
            leased = outbox.lease(self._engine, one, self._clock())
            if leased:
                result = self._send(leased)
                self._record(leased, result)
                rest = max(rest, self._rest_after(where, result))
        except Exception as error:
            rest = FIRST_REST
            level = logging.WARNING if is_outage(error) else logging.ERROR
            logger.log(level, "delivery %s: %s", one.id, error, exc_info=level == logging.ERROR)
        finally:
            with self._lock:
                self._busy.discard(where)
                if rest:
                    self._resting[where] = time.monotonic() + rest
            self.wake()

    def _send(self, leased: Leased) -> Result:
        due = leased.due
        message = Message(due.id, leased.alert, due.channel, due.secret, f"{self._desk_url}/alerts/{leased.alert.id}")
        try:
            return self._channels[kind(due.channel)](message)
        except Exception as error:  # a channel's own fault must not cost the alert
            logger.exception("delivery %s to %s", due.id, shown(due.channel))
            return Result(f"{type(error).__name__}: {error}", retryable=True)

    def _record(self, leased: Leased, result: Result) -> None:
        now, one = self._clock(), leased.due
        again = next_attempt(result, leased.attempts, now, self._chance())
        if result.error is None:
            outcome = "sent"
            outbox.mark_sent(self._engine, one.id, now)
            metrics.TO_DELIVERED.observe(max(0.0, (now - leased.alert.fetched).total_seconds()))
        elif again:
            outcome = "retry"
            outbox.mark_retry(self._engine, one.id, again, result.error)
        else:
            outcome = "dead"
            outbox.mark_dead(self._engine, one.id, result.error)
            if result.gone:
                subscribing.deactivate(self._engine, one.subscription)
        metrics.DELIVERIES.labels(kind(one.channel), outcome).inc()
        if result.error:
            where, then = shown(one.channel), f"again at {again:%H:%M:%S} UTC" if again else "given up"
            logger.warning("delivery %s to %s, attempt %d: %s; %s", one.id, where, leased.attempts, result.error, then)

    def _rest_after(self, where: str, result: Result) -> float:
        with self._lock:
            self._failures[where] = self._failures[where] + 1 if result.down else 0
            failures = self._failures[where]
        return min(LONGEST_REST, FIRST_REST * 2.0 ** min(failures - 1, 10)) if failures else 0.0
