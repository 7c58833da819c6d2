"""Writes docs/settings.md, docs/metrics.md and the reliability plot from the code and the weights: `make docs`. Nothing by hand."""

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType

from prometheus_client.metrics import MetricWrapperBase

from docs.reliability import reliability_plot
from wire.settings import Declared, Shared, declared

DOCS = Path(__file__).parent
SERVICES = ("ingest", "classify", "alerts")

SETTINGS_HEAD = """# Settings

Claimwire is told what to do by environment variables; there is no configuration file. A value that cannot be used
stops the program before it starts, with one line that names the variable, the value and what would be right.
Durations are written `30s`, `15m`, `48h`, `7d` or `never`.

This page is written by `make docs` from the declarations in the code.
"""

METRICS_HEAD = """# Metrics

Every process serves its own at `/metrics`, in Prometheus' format, beside `/healthz` (is every loop moving?) and
`/readyz` (can it do its work?). In the all-in-one process they are all on one page. Label values come from closed
sets and stand there from the start, at 0.

This page is written by `make docs` from the declarations in the code.
"""


def settings() -> dict[str, list[Declared]]:
    """The settings by the package that reads them; what all services share stands once, under `wire`."""
    shared = declared(Shared)
    found = {"wire": shared}
    for service in SERVICES:
        own = [one for kind in _settings_classes(_module(f"{service}.settings")) for one in declared(kind)]
        found[service] = list(dict.fromkeys(one for one in own if one not in shared))
    return found


def metrics() -> dict[str, list[MetricWrapperBase]]:
    """The metrics by the package that declares them."""
    modules = {package: vars(_module(f"{package}.metrics")).values() for package in ("wire", *SERVICES)}
    return {package: [one for one in values if isinstance(one, MetricWrapperBase)] for package, values in modules.items()}


def series(metric: MetricWrapperBase) -> Iterator[str]:
    """The names under which a metric's series can be asked for."""
    (family,) = metric.describe()
    if family.type == "counter":
        yield f"{family.name}_total"
    elif family.type == "histogram":
        yield from (f"{family.name}_{part}" for part in ("bucket", "sum", "count"))
    else:
        yield family.name


def settings_page() -> str:
    """docs/settings.md as it should be."""
    titles = {"wire": "Every service", "ingest": "ingest", "classify": "classify", "alerts": "alerts"}
    parts = [SETTINGS_HEAD]
    for package, entries in settings().items():
        rows = [f"| `{one.variable}` | {_default(one)} | {_cell(one.help)}{' *Secret.*' if one.secret else ''} |" for one in entries]
        parts.append("\n".join([f"## {titles[package]}", "", "| variable | default | what it does |", "| --- | --- | --- |", *rows]) + "\n")
    return "\n".join(parts)


def metrics_page() -> str:
    """docs/metrics.md as it should be."""
    titles = {"wire": "The log's readers, in every service"}
    parts = [METRICS_HEAD]
    for package, entries in metrics().items():
        rows = [_metric_row(one) for one in entries]
        title = titles.get(package, package)
        parts.append("\n".join([f"## {title}", "", "| metric | type | labels | what it is |", "| --- | --- | --- | --- |", *rows]) + "\n")
    return "\n".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "metrics.md": metrics_page,
    "images/reliability.svg": reliability_plot,
}


def _metric_row(metric: MetricWrapperBase) -> str:
    (family,) = metric.describe()
    name = f"{family.name}_total" if family.type == "counter" else family.name
    labels = ", ".join(f"`{label}`" for label in metric._labelnames)
    return f"| `{name}` | {family.type} | {labels} | {_cell(family.documentation)} |"


def _default(one: Declared) -> str:
    return f"`{one.default}`" if one.default else "(none)"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _module(name: str) -> ModuleType:
    return importlib.import_module(name)


def _settings_classes(module: ModuleType) -> list[type]:
    own = [one for _, one in inspect.getmembers(module, inspect.isclass) if one.__module__ == module.__name__]
    return [one for one in own if is_dataclass(one)]


def main() -> int:
    """Write the pages that are out of date; 0."""
    for name, page in PAGES.items():
        path, text = DOCS / name, page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
