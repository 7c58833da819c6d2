"""The commands, as a person runs them."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.commands import add_commands
from tests.ingest import samples
from tests.ingest.samples import Item
from tests.ingest.web import Reply, Web

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "feeds"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def claimwire(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command of this package; its exit code, output and errors."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    parser = argparse.ArgumentParser(prog="claimwire")
    add_commands(parser.add_subparsers(required=True))

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        try:
            args = parser.parse_args([str(argument) for argument in arguments])
        except SystemExit as error:
            return int(error.code or 0), *capsys.readouterr()
        return args.run(args), *capsys.readouterr()

    return run


def test_parse_reads_what_can_be_read_and_names_the_rest(claimwire: Command, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(samples.rss(Item("One", "/1?utm_source=rss"), Item("Two", "/2")))
    bad.write_bytes(b"<html><body>no feed</body></html>")
    code, output, errors = claimwire("parse", good, bad)
    assert code == 0
    articles = [json.loads(line) for line in output.splitlines()]
    assert [article["title"] for article in articles] == ["One", "Two"]
    assert articles[0]["url"] == "https://news.example/1"
    assert articles[0]["published"] == "2024-11-04T12:00:00Z"
    assert errors == f"{bad}: an HTML page\n"


def test_parse_fails_where_a_file_cannot_be_opened(claimwire: Command, tmp_path: Path) -> None:
    code, output, errors = claimwire("parse", tmp_path / "none.xml", tmp_path)
    assert code == 1
    assert output == ""
    assert [line.rsplit(": ", 1)[1] for line in errors.splitlines()] == ["No such file or directory", "Is a directory"]


def test_parse_reads_all_real_documents(claimwire: Command) -> None:
    if not SHARED.exists():
        pytest.skip("needs ../shared/feeds")
    code, output, errors = claimwire("parse", *sorted(SHARED.iterdir()))
    assert (code, errors) == (0, "")
    assert len(output.splitlines()) == 270


def test_extract_from_files_and_addresses(claimwire: Command, web: Web, tmp_path: Path) -> None:
    file, empty = tmp_path / "page.html", tmp_path / "empty.html"
    file.write_bytes(samples.page("Troops in Kursk"))
    empty.write_bytes(b"<html></html>")
    web["/page"] = Reply(samples.page("Envoy leaves"))
    code, output, errors = claimwire("extract", file, web.url("/page"), empty, web.url("/none"))
    assert code == 1
    first, second = (json.loads(line) for line in output.splitlines())
    assert list(first) == ["file", "title", "text", "language", "published"]
    assert (first["file"], first["title"], first["language"]) == (str(file), "Troops in Kursk", "en")
    assert (second["url"], second["title"]) == (web.url("/page"), "Envoy leaves")
    assert first["published"] == "2024-11-04T12:00:00+00:00"
    assert first["text"].count("\n") == 4
    assert errors.splitlines() == [f"{empty}: no article in it", f"{web.url('/none')}: answers 404 Not Found"]


def test_the_feed_list(claimwire: Command, web: Web, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text('<opml><body><outline text="World"><outline text="B" xmlUrl="https://b.example/rss"/></outline></body></opml>')
    assert claimwire("feeds", "list")[1:] == ("", "no feeds yet: claimwire feeds add ADDRESS\n")
    assert claimwire("feeds", "add", web.url("/feed"), "--name", "A", "--folder", "World")[0] == 0
    assert "on the list already" in claimwire("feeds", "add", web.url("/feed"))[1]
    assert claimwire("feeds", "import", file)[1] == f"{file}: 1 added\n"
    code, listed, summary = claimwire("feeds", "list")
    assert code == 0
    assert [line.split()[0] for line in listed.splitlines()] == ["new", "new"]
    assert "(World)" in listed
    assert summary == "2 feeds: 2 new\n"
    exported = tmp_path / "out.opml"
    exported.write_text(claimwire("feeds", "export")[1])
    assert claimwire("feeds", "remove", "https://b.example/rss")[0] == 0
    code, _, errors = claimwire("feeds", "remove", "https://b.example/rss")
    assert code == 1
    assert "not on the list" in errors
    assert claimwire("feeds", "import", exported)[1] == f"{exported}: 1 added\n"


def test_check_says_what_is_there(claimwire: Command, web: Web, tmp_path: Path) -> None:
    web.feed("/good", Item("One", "/1"), Item("Two", "/2", published=None), etag='"e"')
    web["/bad"] = Reply(b"<!doctype html><html></html>")
    file = tmp_path / "feeds.opml"
    file.write_text(f'<opml><body><outline xmlUrl="{web.url("/good")}"/></body></opml>')
    assert claimwire("feeds", "check", file)[0] == 0
    code, output, errors = claimwire("feeds", "check", web.url("/good"), web.url("/bad"), web.url("/none"))
    assert code == 1
    assert output.startswith(f"{web.url('/good')}: well, 'Example News'; 2 entries; newest ")
    assert "1 without a date" in output
    assert errors.splitlines() == [f"{web.url('/bad')}: an HTML page", f"{web.url('/none')}: answers 404 Not Found"]


@pytest.mark.parametrize("command", [["parse"], ["feeds"], ["feeds", "add"], ["extract"]])
def test_wrong_use_is_2(claimwire: Command, command: list[str]) -> None:
    assert claimwire(*command)[0] == 2
