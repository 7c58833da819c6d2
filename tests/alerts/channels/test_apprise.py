import json

import pytest

from alerts.channels.apprise import calm, through_apprise
from alerts.channels.result import SENT
from tests.alerts.samples import message
from tests.servers import webhooks


def test_an_alert_through_apprise_s_json_service() -> None:
    with webhooks.running() as receiver:
        address = "apprise:" + receiver.url.replace("http://", "json://")
        assert through_apprise(True)(message(address)) == SENT
        ((_, body),) = receiver.requests
    sent = json.loads(body)
    assert sent["title"].startswith("Russia CONFIRMS")
    assert "Maria Zakharova (Russia)" in sent["message"]


def test_a_refusal_may_pass() -> None:
    with webhooks.running() as receiver:
        receiver.answer = (500, {})
        result = through_apprise(True)(message("apprise:" + receiver.url.replace("http://", "json://")))
    assert result.retryable
    assert result.down


def test_a_private_host_is_refused() -> None:
    with webhooks.running() as receiver:
        result = through_apprise(False)(message("apprise:" + receiver.url.replace("http://", "json://")))
        assert receiver.requests == []
    assert result.error
    assert result.error.startswith("refused: ")


def test_an_address_that_apprise_does_not_know() -> None:
    result = through_apprise(True)(message("apprise:nonesuch://x"))
    assert result.error == "Apprise does not know this address"
    assert not result.retryable


@pytest.mark.parametrize("text", ["<!channel> up", "<!here>", "@everyone look", "ask @Channel"])
def test_case_37_nobody_calls_a_whole_channel(text: str) -> None:
    assert calm(text) != text
    assert calm(text).replace("\u200b", "") == text


def test_other_text_stays() -> None:
    assert calm("mail desk@example.org, a<b!") == "mail desk@example.org, a<b!"
