"""Holds the pages against the code: settings and metrics as declared, commands and make targets that exist, links that lead somewhere."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

import claimwire
from docs.generate import PAGES, metrics, settings

ROOT = Path(__file__).parent.parent
PAGE_FILES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md"), *(ROOT / "classify").rglob("*.md")]
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
DECLARED = {one.variable for entries in settings().values() for one in entries}
#: Read by the tests and CI, not by the product.
OF_TESTS = {"CLAIMWIRE_NO_SKIPS", "CLAIMWIRE_TEST_KAFKA", "CLAIMWIRE_TEST_POSTGRESQL"}


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_every_setting_says_what_it_does() -> None:
    defaults = {(one.variable, one.default) for entries in settings().values() for one in entries}
    assert len(DECLARED) == len(defaults), "a variable that two services read has one default"
    for entries in settings().values():
        for one in entries:
            assert re.fullmatch(r"CLAIMWIRE_[A-Z0-9_]+", one.variable)
            assert one.help.endswith("."), one.variable
            one.parse(one.default)


@pytest.mark.parametrize("package", ["wire", "ingest", "classify", "alerts"])
def test_every_metric_has_its_package_in_its_name_and_says_what_it_is(package: str) -> None:
    prefix = {"wire": "claimwire_log_"}.get(package, f"claimwire_{package}_")
    assert metrics()[package]
    for one in metrics()[package]:
        (family,) = one.describe()
        assert family.name.startswith(prefix)
        assert family.documentation.endswith("."), family.name


def test_every_variable_that_is_read_is_declared() -> None:
    """A variable that is mentioned anywhere, in code, pages or deployment, is a setting."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    texts = [ROOT / file for file in files if file.endswith((".py", ".md", ".yml", ".toml", "Makefile", "Dockerfile", "run", ".example"))]
    found = {
        (variable, path.relative_to(ROOT).as_posix())
        for path in texts
        if path.exists() and "tests" not in path.parts
        for variable in re.findall(r"\bCLAIMWIRE_[A-Z0-9_]*[A-Z0-9]\b", path.read_text(encoding="utf-8"))
    }
    assert not sorted(one for one in found if one[0] not in DECLARED | OF_TESTS)


def readme_commands() -> list[str]:
    """The subcommands in the README: `claimwire feeds list` gives `feeds list`."""
    found = re.findall(r"`(?:\.venv/bin/)?claimwire ([a-z]+(?: (?:list|add|remove|import|export|check|replay))?)\b", README)
    return sorted(set(found))


@pytest.mark.parametrize("command", readme_commands())
def test_a_command_in_the_readme_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        claimwire.main([*command.split(), "--help"])
    assert ended.value.code == 0
    assert f"claimwire {command}" in capsys.readouterr().out


@pytest.mark.parametrize("line", re.findall(r"^    claimwire (.+)$", README, re.MULTILINE))
def test_an_example_in_the_readme_is_understood(line: str) -> None:
    assert claimwire.parser().parse_args(shlex.split(line)).run


def test_every_command_is_in_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        claimwire.main(["--help"])
    commands = re.findall(r"^    ([a-z]+)(?: |$)", capsys.readouterr().out, re.MULTILINE)
    assert set(commands) == {command.split()[0] for command in readme_commands()}


@pytest.mark.parametrize("page", PAGE_FILES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_make_target_exists(page: Path) -> None:
    asked = set(re.findall(r"(?:^    |`)make ([a-z][a-z-]*)", page.read_text(encoding="utf-8"), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked <= targets


@pytest.mark.parametrize("page", PAGE_FILES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"https?:|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{link} in {page.name}"
        assert not anchor or anchor in anchors(target), f"{link} in {page.name}"


def test_every_file_that_the_architecture_names_exists() -> None:
    named = re.findall(r"`((?:[a-z]+/)+[a-z_]*(?:\.py)?|[a-z-]+\.(?:py|yml))`", (ROOT / "docs/architecture.md").read_text(encoding="utf-8"))
    assert named
    assert not [path for path in named if not (ROOT / path).exists() and path not in ("app.py", "commands.py")]


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_can_be_found_from_the_readme() -> None:
    seen: set[Path] = set()
    todo = [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        seen.add(page)
        links = re.findall(r"\]\(([^)\s#]+\.md)", page.read_text(encoding="utf-8"))
        todo += [target for link in links if (target := (page.parent / link).resolve()) not in seen and target.exists()]
    assert not {page.resolve() for page in (ROOT / "docs").rglob("*.md")} - seen
