import pytest

from alerts.addresses import destination, kind, shown


@pytest.mark.parametrize(
    ("address", "what", "masked", "paced"),
    [
        ("terminal:", "terminal", "terminal:", "terminal"),
        ("https://u:p@hooks.example.org:8443/T0/SECRET?k=1", "webhook", "https://hooks.example.org:8443/****", None),
        ("http://example.org", "webhook", "http://example.org", None),
        ("mailto:desk@example.org", "mail", "mailto:desk@example.org", "mail"),
        ("apprise:slack://A/B/C/#news", "apprise", "apprise:slack://****", None),
    ],
)
def test_addresses(address: str, what: str, masked: str, paced: str | None) -> None:
    assert kind(address) == what
    assert shown(address) == masked
    assert destination(address) == (paced or address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "ftp://example.org/a",
        "https://",
        "mailto:",
        "mailto:a",
        "mailto:a@b,c@d",
        "mailto:a@b\r\nBcc: c@d",
        "https://e.org/a b",
        "apprise:x",
    ]
    + ["terminal:x", "file:///etc/passwd", "https://e.org:99999/", "https://[::1"],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match=r"channel address"):
        kind(address)


def test_an_error_shows_no_secret() -> None:
    with pytest.raises(ValueError, match="channel address") as raised:
        kind("ftp://user:SECRET@example.org/TOKEN")
    assert "SECRET" not in str(raised.value)
    assert "TOKEN" not in str(raised.value)
