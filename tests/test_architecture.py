"""Holds docs/architecture.md, "Who may know whom", by reading the imports of every module. Runs no project code."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("wire", "ingest", "classify", "alerts", "demo", "whole")
PROJECT = (*PACKAGES, "claimwire")

#: What each package may import of the project, beside itself. `whole` and claimwire.py compose; they alone may import several services.
MAY_IMPORT = {
    "wire": (),
    "ingest": ("wire",),
    "classify": ("wire",),
    "alerts": ("wire",),
    "demo": ("wire",),
    "whole": ("wire", "ingest", "classify", "alerts", "demo"),
}

#: Libraries that one place speaks for everybody: a module there, or a folder.
ONLY_IN = {
    "kafka": ("wire/kafka_log.py", "wire/kafka_reader.py", "wire/kafka_cluster.py"),
    "sqlite3": ("wire/sqlite_log.py",),
    "alembic": ("wire/database.py", "alerts/migrations/", "ingest/migrations/"),
    "onnxruntime": ("classify/model.py", "classify/train/"),
    "torch": ("classify/train/",),
    "onnx": ("classify/train/",),
    "starlette": ("alerts/web/",),
    "jinja2": ("alerts/web/", "demo/"),
    "apprise": ("alerts/channels/",),
    "smtplib": ("alerts/channels/",),
    "feedparser": ("ingest/",),
    "trafilatura": ("ingest/",),
}

#: Who writes SQL. The others may hold an engine, read its address and know its errors, no more.
SQL = (
    "wire/database.py",
    "alerts/ledger/",
    "alerts/migrations/",
    "ingest/schema.py",
    "ingest/feeds.py",
    "ingest/seen.py",
    "ingest/migrations/",
)
HANDLES = (
    "sqlalchemy",
    "sqlalchemy.Engine",
    "sqlalchemy.engine",
    "sqlalchemy.engine.make_url",
    "sqlalchemy.exc",
    "sqlalchemy.exc.DBAPIError",
)

#: Modules that do no I/O and take `now` as an argument: the same input gives the same output, today and in a test.
PURE = (
    "wire/messages.py",
    "wire/places.py",
    "wire/addresses.py",
    "ingest/charset.py",
    "ingest/dates.py",
    "ingest/dedupe.py",
    "ingest/document.py",
    "ingest/extract.py",
    "ingest/inflate.py",
    "ingest/jsonfeed.py",
    "ingest/language.py",
    "ingest/opml.py",
    "ingest/parse.py",
    "ingest/plain.py",
    "ingest/schedule.py",
    "classify/drift.py",
    "classify/evaluate.py",
    "classify/findings.py",
    "classify/labels.py",
    "classify/layout.py",
    "classify/lookalikes.py",
    "classify/names.py",
    "classify/numbers.py",
    "classify/sentences.py",
    "classify/windows.py",
    "alerts/addresses.py",
    "alerts/channels/payload.py",
    "alerts/channels/result.py",
    "alerts/claims.py",
    "alerts/ledger/views.py",
    "alerts/match.py",
    "alerts/nouns.py",
    "alerts/novelty.py",
    "alerts/retry.py",
    "alerts/web/lanes.py",
    "alerts/web/numbers.py",
    "alerts/web/timeline.py",
    "alerts/web/words.py",
    "alerts/wording.py",
)
IO = frozenset(
    "apprise asyncio glob http httpx kafka logging multiprocessing os pathlib prometheus_client random shutil smtplib "
    "socket sqlalchemy sqlite3 ssl starlette subprocess tempfile threading uvicorn".split()
)
CLOCKS = ("now", "utcnow", "today", "utc_now", "monotonic", "perf_counter", "sleep", "open")


def modules() -> list[Path]:
    """Every module of the project that is no test, relative to the root."""
    found = [path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [*found, Path("claimwire.py")]


def imports(module: Path, *, top_level_only: bool = False) -> Iterator[str]:
    """The full names of what a module imports; `from a import b` gives `a` and `a.b`."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    for node in _importing(tree, top_level_only):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            assert not node.level, f"{module}:{node.lineno} relative import: write the full name"
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _importing(node: ast.AST, top_level_only: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif not (top_level_only and _runs_later(child)):
            yield from _importing(child, top_level_only)


def _runs_later(node: ast.AST) -> bool:
    """Whether importing the module leaves this part unread: the body of a function, or what only a type checker reads."""
    for_types = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
    return for_types or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def root_of(name: str) -> str:
    """The top package of a dotted name."""
    return name.partition(".")[0]


def test_every_module_lies_where_it_is_read() -> None:
    assert {path.name for path in ROOT.glob("*.py")} == {"claimwire.py"}
    assert {path.parts[0] for path in modules()} > set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_knows_only_whom_it_may(package: str) -> None:
    strangers = set(PROJECT) - {package, *MAY_IMPORT[package]}
    found = [
        f"{path} imports {name}" for path in modules() if path.parts[0] == package for name in imports(path) if root_of(name) in strangers
    ]
    assert not found


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_spoken_to_in_one_place(library: str) -> None:
    homes = ONLY_IN[library]
    found = [str(path) for path in modules() if library in map(root_of, imports(path)) and not path.as_posix().startswith(homes)]
    assert not found, f"only {', '.join(homes)} may import {library}"


def test_sql_is_written_in_one_place_a_service() -> None:
    speakers = {path for path in modules() for name in imports(path) if root_of(name) == "sqlalchemy" and name not in HANDLES}
    assert not [str(path) for path in speakers if not path.as_posix().startswith(SQL)]


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_does_no_io(module: str) -> None:
    path = Path(module)
    names = set(imports(path))
    assert not {root_of(name) for name in names} & IO
    assert not {name for name in names if root_of(name) in PACKAGES and not _pure(name)}, "a pure module imports pure modules only"


def _pure(name: str) -> bool:
    """Whether a project name is a pure module, or something out of one (`wire.messages.Article`), or a package itself."""
    homes = {path.removesuffix(".py").replace("/", ".") for path in PURE}
    return name in PACKAGES or name in homes or name.rpartition(".")[0] in homes


@pytest.mark.parametrize("module", [name for name in PURE if name != "wire/messages.py"])
def test_a_pure_module_asks_no_clock(module: str) -> None:
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
    assert not names & set(CLOCKS), "take `now` as an argument"


def test_pure_modules_are_type_checked_strictly() -> None:
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["overrides"]
    strict = next(set(one["module"]) for one in overrides if one.get("warn_return_any"))
    names = {path.removesuffix(".py").replace("/", ".") for path in PURE if not path.startswith("wire/")}
    assert strict == names | {"wire.*"}


def test_no_circle_of_imports() -> None:
    """Modules that need each other to be imported first; an import inside a function is no need."""
    names = {path.with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path for path in modules()}
    needs = {
        name: {other for other in imports(path, top_level_only=True) if other in names and other != name} for name, path in names.items()
    }
    while leaves := [name for name, others in needs.items() if not others]:
        for leaf in leaves:
            del needs[leaf]
        for others in needs.values():
            others.difference_update(leaves)
    assert not needs, "modules in a circle, or needing one"


def test_no_wildcard_imports() -> None:
    assert not [str(path) for path in modules() if any(name.endswith(".*") for name in imports(path))]
