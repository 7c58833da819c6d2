import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import quantiles

from sqlalchemy import Engine, select

from alerts.channels.result import SENT, Message, Result, Send
from alerts.channels.webhook import webhook
from alerts.deliver import Deliverer
from alerts.ledger import outbox, reading, subscribing
from alerts.ledger.outbox import LEASE_SECONDS
from alerts.ledger.record import record
from alerts.ledger.schema import deliveries
from tests.alerts.samples import MORNING, finding
from tests.servers import webhooks
from wire.messages import utc_now
from wire.telemetry import Health


@contextmanager
def delivering(engine: Engine, send: Send | None = None) -> Iterator[Deliverer]:
    """A deliverer in its own thread; webhooks go to loopback, or to `send`."""
    deliverer = Deliverer(engine, {"webhook": send or webhook(True), "terminal": send or (lambda _: SENT)}, "http://desk")
    stop = threading.Event()
    thread = threading.Thread(target=deliverer.run, args=(stop, Health()))
    thread.start()
    try:
        yield deliverer
    finally:
        stop.set()
        deliverer.wake()
        thread.join()


def subscribe(engine: Engine, name: str, channel: str) -> None:
    subscribing.add(engine, MORNING, name=name, channel=channel)


def raise_alert(engine: Engine, place: int = 0) -> None:
    """The n-th alert: each on a claim of its own."""
    assert record(engine, finding(force=(f"A{chr(65 + place % 26)}",), place=f"B{chr(65 + place // 26)}"), utc_now())


def wait_until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def states(engine: Engine) -> list[str]:
    return [one.state for one in reading.deliveries(engine)]


def test_a_new_alert_is_delivered_at_once_when_woken(engine: Engine) -> None:
    with webhooks.running() as receiver, delivering(engine) as deliverer:
        subscribe(engine, "desk", receiver.url)
        taken = []
        for place in range(5):
            raise_alert(engine, place)
            started = time.monotonic()
            deliverer.wake()
            receiver.wait_for(place + 1)
            taken.append(time.monotonic() - started)
        wait_until(lambda: states(engine) == ["sent"] * 5)
    assert sorted(taken)[2] < 0.25  # 0.1 s where the machine is not shared


def test_an_alert_of_another_process_is_found_by_polling(engine: Engine) -> None:
    with webhooks.running() as receiver, delivering(engine):
        subscribe(engine, "desk", receiver.url)
        raise_alert(engine)
        receiver.wait_for(1, seconds=5)


def test_case_35_a_hanging_destination_delays_nobody_else(engine: Engine) -> None:
    with webhooks.running(hang=True) as hanging, webhooks.running() as well, delivering(engine) as deliverer:
        subscribe(engine, "hangs", hanging.url)
        subscribe(engine, "well", well.url)
        taken = []
        for place in range(30):
            raise_alert(engine, place)
            started = time.monotonic()
            deliverer.wake()
            well.wait_for(place + 1)
            taken.append(time.monotonic() - started)
        assert len(hanging.requests) == 1  # one message at a time
        assert quantiles(taken, n=10)[-1] < 0.5
        hanging.go_on.set()
        hanging.wait_for(30)
        wait_until(lambda: states(engine) == ["sent"] * 60)


def test_a_refused_message_comes_again_under_the_same_id(engine: Engine) -> None:
    with webhooks.running() as receiver:
        subscribe(engine, "desk", receiver.url)
        raise_alert(engine)
        receiver.answer = (500, {})
        now = utc_now()
        deliverer = Deliverer(engine, {"webhook": webhook(True)}, "http://desk", clock=lambda: now, chance=lambda: 0.0)
        assert deliverer.turn() == 1
        deliverer.close()
        (one,) = reading.deliveries(engine)
        assert (one.state, one.attempts, one.error, one.due) == ("pending", 1, "HTTP 500", now + timedelta(seconds=5))
        receiver.answer = (204, {})
        later = now + timedelta(seconds=5)
        deliverer = Deliverer(engine, {"webhook": webhook(True)}, "http://desk", clock=lambda: later)
        assert deliverer.turn() == 1
        deliverer.close()
        (one,) = reading.deliveries(engine)
        assert (one.state, one.attempts, one.error, one.sent) == ("sent", 2, None, later)
        assert {headers["webhook-id"] for headers, _ in receiver.requests} == {one.id}


def test_a_destination_in_trouble_rests_and_its_other_messages_wait(engine: Engine) -> None:
    sent: list[Message] = []

    def down(message: Message) -> Result:
        sent.append(message)
        return Result("HTTP 503", retryable=True, down=True)

    subscribe(engine, "desk", "https://example.org/hook")
    for place in range(3):
        raise_alert(engine, place)
    deliverer = Deliverer(engine, {"webhook": down}, "http://desk")
    deliverer.turn()
    wait_until(lambda: [one.attempts for one in reading.deliveries(engine)].count(1) == 1)
    wait_until(lambda: not deliverer._busy)
    assert deliverer.turn() == 0
    assert len(sent) == 1
    deliverer.close()


def test_case_36_an_address_that_is_gone_is_subscribed_no_more(engine: Engine) -> None:
    with webhooks.running() as receiver:
        receiver.answer = (410, {})
        subscribe(engine, "desk", receiver.url)
        raise_alert(engine)
        with delivering(engine):
            wait_until(lambda: states(engine) == ["dead"])
            wait_until(lambda: not subscribing.listed(engine)[0].active)
        assert len(receiver.requests) == 1


def test_a_channel_s_own_fault_costs_no_alert(engine: Engine) -> None:
    def broken(_: Message) -> Result:
        raise RuntimeError("a bug")

    subscribe(engine, "desk", "https://example.org/hook")
    raise_alert(engine)
    with delivering(engine, broken):
        wait_until(lambda: reading.deliveries(engine)[0].error is not None)
    (one,) = reading.deliveries(engine)
    assert (one.state, one.error) == ("pending", "RuntimeError: a bug")


def test_case_32_a_lease_that_nobody_ended_expires(engine: Engine) -> None:
    subscribe(engine, "desk", "terminal:")
    raise_alert(engine)
    now = utc_now()
    (due,) = outbox.due(engine, now)
    assert outbox.lease(engine, due, now) is not None  # and here its process is killed
    assert outbox.due(engine, now) == []
    later = now + timedelta(seconds=LEASE_SECONDS + 1)
    assert outbox.due(engine, later) == [due]
    leased = outbox.lease(engine, due, later)
    assert leased is not None
    assert leased.attempts == 2
    outbox.mark_sent(engine, due.id, later)
    outbox.mark_dead(engine, due.id, "the one that was thought dead speaks up")
    assert states(engine) == ["sent"]


def test_what_waits_for_a_stopped_subscription_waits(engine: Engine) -> None:
    subscribe(engine, "desk", "terminal:")
    raise_alert(engine)
    subscribing.deactivate(engine, "desk")
    assert outbox.due(engine, utc_now()) == []
    assert outbox.depth(engine).pending == 0
    subscribing.change(engine, "desk", active=True)
    assert len(outbox.due(engine, utc_now())) == outbox.depth(engine).pending == 1


def test_in_order_to_one_destination(engine: Engine) -> None:
    got: list[int] = []

    def send(message: Message) -> Result:
        got.append(message.alert.sequence)
        return SENT

    subscribe(engine, "desk", "terminal:")
    for place in range(10):
        raise_alert(engine, place)
    with delivering(engine, send):
        wait_until(lambda: len(got) == 10)
    assert got == sorted(got)
    with engine.connect() as connection:
        assert connection.execute(select(deliveries.c.leased_until).distinct()).scalars().all() == [None]
