import pytest

from alerts.settings import AlertsSettings
from wire.settings import SettingError, read


def test_defaults() -> None:
    settings = read(AlertsSettings, {})
    assert (settings.desk_host, settings.desk_port, settings.desk_url) == ("127.0.0.1", 8400, "")
    assert (settings.alert_score, settings.terminal, settings.private_networks, settings.smtp) == (0.5, False, False, None)
    assert settings.desk_hosts == ("localhost", "127.0.0.1", "::1")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("CLAIMWIRE_DESK_PORT", "65536", "a port"),
        ("CLAIMWIRE_DESK_PORT", "x", "whole number"),
        ("CLAIMWIRE_ALERT_SCORE", "2", "from 0 to 1"),
        ("CLAIMWIRE_MAIL_FROM", "me@a\r\nBcc: b@c", "mail address"),
        ("CLAIMWIRE_DESK_URL", "desk.example.org", "https://"),
        ("CLAIMWIRE_SENDERS", "0", "from 1 up"),
    ],
)
def test_what_cannot_be_used_is_named(variable: str, value: str, words: str) -> None:
    with pytest.raises(SettingError, match=words) as raised:
        read(AlertsSettings, {variable: value})
    assert str(raised.value).startswith(f"{variable}=")


def test_a_password_is_not_shown() -> None:
    with pytest.raises(SettingError) as raised:
        read(AlertsSettings, {"CLAIMWIRE_SMTP": "imap://me:hunter2@mail.example.org"})
    assert "hunter2" not in str(raised.value)
    assert "hunter2" not in repr(read(AlertsSettings, {"CLAIMWIRE_SMTP": "smtps://me:hunter2@mail.example.org"}))
