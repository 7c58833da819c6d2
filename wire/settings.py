"""Settings from the environment: declared once as fields, read once in `app`, passed in. Keeps no global.

@dataclass(frozen=True)
class IngestSettings:
    horizon: timedelta = setting("CLAIMWIRE_HORIZON", "48h", duration, "Articles older than this never alert.")

settings = read(IngestSettings, os.environ)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from wire.log import log_address

T = TypeVar("T")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class SettingError(ValueError):
    """A value that cannot be used; names the variable, the value and what would be right."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting, as docs/settings.md lists it."""

    variable: str
    default: str
    parse: Callable[[str], Any]
    help: str
    secret: bool = False


def setting(variable: str, default: str, parse: Callable[[str], Any], help: str, *, secret: bool = False) -> Any:
    """A dataclass field read from `variable`. `parse` raises ValueError saying what would be right."""
    declared = Declared(variable, default, parse, help, secret)
    return field(default_factory=lambda: parse(default), repr=not secret, metadata={"setting": declared})


def declared(settings: type) -> list[Declared]:
    """The settings of a settings class, in order; those of nested settings classes in their place."""
    found: list[Declared] = []
    for one in fields(settings):
        if "setting" in one.metadata:
            found.append(one.metadata["setting"])
        elif isinstance(one.type, type):
            found.extend(declared(one.type))
    return found


def read(settings: type[T], environment: Mapping[str, str]) -> T:
    """The settings object that this environment asks for; SettingError where a value cannot be used."""
    values: dict[str, Any] = {}
    for one in fields(settings):  # type: ignore[arg-type]
        known: Declared | None = one.metadata.get("setting")
        if known is None:
            values[one.name] = read(one.type, environment)  # type: ignore[arg-type]
            continue
        given = environment.get(known.variable, "").strip() or known.default
        try:
            values[one.name] = known.parse(given)
        except ValueError as error:
            shown = "****" if known.secret else repr(given)
            raise SettingError(f"{known.variable}={shown}: {error}") from None
    return settings(**values)


def text(value: str) -> str:
    """Any text."""
    return value


def whole(value: str) -> int:
    """A whole number, 0 or more."""
    if not is_digits(value):
        raise ValueError("should be a whole number, such as 100")
    return int(value)


def is_digits(value: str) -> bool:
    """Whether these are the digits 0 to 9 alone; `isdigit` also takes others, which `int` then refuses."""
    return value.isascii() and value.isdigit()


def at_least_one(value: str) -> int:
    """A whole number, 1 or more."""
    number = whole(value)
    if number < 1:
        raise ValueError("should be a whole number from 1 up, such as 4")
    return number


def fraction(value: str) -> float:
    """A number from 0 to 1."""
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError("should be a number from 0 to 1, such as 0.5")
    return number


def duration(value: str) -> timedelta:
    """`90s`, `15m`, `48h`, `7d`; `never` is as long as can be."""
    if value == "never":
        return timedelta(days=36500)
    number, unit = value[:-1], value[-1:]
    if unit not in SECONDS or not is_digits(number.replace(".", "", 1)):
        raise ValueError("should be a duration, such as 30s, 15m, 48h, 7d or never")
    return timedelta(seconds=float(number) * SECONDS[unit])


def switch(value: str) -> bool:
    """`yes` or `no`."""
    if value not in ("yes", "no"):
        raise ValueError("should be yes or no")
    return value == "yes"


def path(value: str) -> Path:
    """A path; `~` is the home folder."""
    return Path(value).expanduser()


def choice(*allowed: str) -> Callable[[str], str]:
    """One of these words."""

    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"should be one of {', '.join(allowed)}")
        return value

    return parse


def port(value: str) -> int | None:
    """A TCP port, 0 for any free one, `none` for no server."""
    if value == "none":
        return None
    if not is_digits(value) or int(value) > 65535:
        raise ValueError("should be a port from 0 (any free one) to 65535, or none")
    return int(value)


@dataclass(frozen=True)
class Shared:
    """What every service is told: where the log and the database are, how it reports."""

    log: str = setting("CLAIMWIRE_LOG", "sqlite:///data/log.db", log_address, "The log: sqlite:///path or kafka://host:port,host:port.")
    database: str = setting(
        "CLAIMWIRE_DATABASE",
        "sqlite:///data/claimwire.db",
        text,
        "The database: sqlite:///path or postgresql://user:password@host/name.",
        secret=True,
    )
    log_format: str = setting("CLAIMWIRE_LOG_FORMAT", "plain", choice("plain", "json"), "How the program's own log lines look.")
    telemetry_host: str = setting("CLAIMWIRE_TELEMETRY_HOST", "127.0.0.1", text, "Address that /metrics, /healthz and /readyz listen on.")
    telemetry_port: int | None = setting(
        "CLAIMWIRE_TELEMETRY_PORT", "9464", port, "Their port; 0 is any free one, none turns them off. Each process needs its own."
    )
