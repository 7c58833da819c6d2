"""Settings from the environment: defaults, parsers, errors that name the variable."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from wire.settings import (
    SettingError,
    Shared,
    choice,
    declared,
    duration,
    fraction,
    path,
    port,
    read,
    setting,
    switch,
    text,
    whole,
)


@dataclass(frozen=True)
class Example:
    """As a service declares its own."""

    shared: Shared = field(default_factory=Shared)
    horizon: timedelta = setting("EXAMPLE_HORIZON", "48h", duration, "How old.")
    token: str = setting("EXAMPLE_TOKEN", "", text, "A secret.", secret=True)


def test_defaults_are_what_the_declaration_says() -> None:
    assert read(Example, {}) == Example()
    assert Example().horizon == timedelta(hours=48)
    assert (Shared().log, Shared().database, Shared().telemetry_host) == (
        "sqlite:///data/log.db",
        "sqlite:///data/claimwire.db",
        "127.0.0.1",
    )


def test_the_environment_wins_also_in_nested_settings() -> None:
    settings = read(Example, {"EXAMPLE_HORIZON": " 7d ", "CLAIMWIRE_LOG": "kafka://a:1,b:2", "CLAIMWIRE_TELEMETRY_PORT": "none"})
    assert settings.horizon == timedelta(days=7)
    assert (settings.shared.log, settings.shared.telemetry_port) == ("kafka://a:1,b:2", None)


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert read(Example, {"EXAMPLE_HORIZON": ""}).horizon == timedelta(hours=48)


def test_an_error_names_the_variable_the_value_and_what_would_be_right() -> None:
    with pytest.raises(SettingError, match=r"^EXAMPLE_HORIZON='soon': should be a duration, such as 30s, 15m, 48h, 7d or never$"):
        read(Example, {"EXAMPLE_HORIZON": "soon"})
    with pytest.raises(SettingError, match=r"^CLAIMWIRE_LOG='log.db': should be sqlite:///path/to/file or kafka://host:port,host:port$"):
        read(Example, {"CLAIMWIRE_LOG": "log.db"})
    with pytest.raises(SettingError, match=r"^CLAIMWIRE_LOG='sqlite:///x\?prefix=y': not an option of a sqlite log: prefix$"):
        read(Example, {"CLAIMWIRE_LOG": "sqlite:///x?prefix=y"})


def test_a_secret_is_never_shown() -> None:
    settings = read(Example, {"EXAMPLE_TOKEN": "geheim", "CLAIMWIRE_DATABASE": "postgresql://a:geheim@b/c"})
    assert "geheim" not in repr(settings)


def test_every_declared_setting_is_listed_in_order() -> None:
    assert [one.variable for one in declared(Example)] == [
        "CLAIMWIRE_LOG",
        "CLAIMWIRE_DATABASE",
        "CLAIMWIRE_LOG_FORMAT",
        "CLAIMWIRE_TELEMETRY_HOST",
        "CLAIMWIRE_TELEMETRY_PORT",
        "EXAMPLE_HORIZON",
        "EXAMPLE_TOKEN",
    ]
    assert all(one.help.endswith(".") for one in declared(Example))


def test_parsers_take_what_they_say() -> None:
    assert [duration(value) for value in ("90s", "1.5m", "7d")] == [timedelta(seconds=90), timedelta(seconds=90), timedelta(days=7)]
    assert duration("never") > timedelta(days=10_000)
    assert (whole("0"), fraction("0.5"), switch("yes"), switch("no"), choice("a", "b")("b")) == (0, 0.5, True, False, "b")
    assert path("~/x") == Path.home() / "x"
    assert (port("0"), port("65535"), port("none")) == (0, 65535, None)


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (duration, ""),
        (duration, "5"),
        (duration, "-5s"),
        (duration, "s"),
        (duration, "²s"),
        (whole, "-1"),
        (whole, "1.5"),
        (whole, "²"),
        (fraction, "1.1"),
        (fraction, "nan"),
        (switch, "true"),
        (choice("a", "b"), "c"),
        (port, "65536"),
        (port, "-1"),
    ],
)
def test_parsers_refuse_the_rest(parse, value: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="should be"):
        parse(value)
