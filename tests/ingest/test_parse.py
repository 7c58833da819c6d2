"""Feed documents of every kind, broken and hostile ones included (hazards 12 to 20)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.document import Document, NotAFeed
from ingest.parse import MOST_ENTRIES, parse
from tests.ingest import samples
from tests.ingest.samples import NOON, Item

ADDRESS = "https://news.example/feed"
SHARED = Path(__file__).parents[3] / "shared" / "feeds"
TROOPS = Item("Troops in Kursk", "/troops", guid="g-1")

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Atom news</title><link href="https://news.example/"/>
<entry><id>tag:1</id><title type="html">Troops &amp;amp; more</title><link rel="edit" href="/edit"/><link href="/a/1"/>
<published>2024-11-04T12:00:00Z</published><updated>2024-11-05T00:00:00Z</updated><summary>Short.</summary></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>RDF news</title><link>https://news.example/</link></channel>
<item rdf:about="tag:1"><title>Troops &amp; more</title><link>https://news.example/a/1</link><description>Short.</description>
<dc:date>2024-11-04T12:00:00Z</dc:date></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "JSON news",
        "home_page_url": "https://news.example/",
        "items": [
            {"id": "tag:1", "url": "/a/1", "title": "Troops & more", "content_text": "Short.", "date_published": "2024-11-04T12:00:00Z"},
            {"id": 2, "content_html": "<p>One.</p><p>Two.</p>", "external_url": "https://b.example/2", "date_published": "nonsense"},
            "no object",
        ],
    }
).encode()


@pytest.mark.parametrize("document", [ATOM, RDF, JSON], ids=["Atom", "RDF", "JSON Feed"])
def test_each_kind_of_feed(document: bytes) -> None:
    found = parse(document, ADDRESS)
    assert found.title.endswith(" news")
    assert found.site == "https://news.example/"
    entry = found.entries[0]
    assert (entry.guid, entry.link, entry.title, entry.text) == ("tag:1", "https://news.example/a/1", "Troops & more", "Short.")
    assert entry.published == NOON
    assert not entry.full
    assert not found.notes


def test_json_items_that_are_odd() -> None:
    second = parse(JSON, ADDRESS).entries[1]
    assert (second.guid, second.link, second.text, second.published) == ("2", "https://b.example/2", "One.\nTwo.", None)
    assert len(parse(JSON, ADDRESS).entries) == 2


def test_rss_with_content() -> None:
    (entry,) = parse(samples.rss(Item("T", "/t", content="<p>" + "</p><p>".join(samples.SENTENCES * 3) + "</p>")), ADDRESS).entries
    assert entry.full
    assert entry.text.split("\n")[:5] == list(samples.SENTENCES)


@pytest.mark.parametrize(
    ("file", "entries", "first", "recoded"),
    [
        ("craigslist.rss", 25, "Bright, Spacious Beautiful Victorian", False),
        ("encoding.rss", 40, "Mãe de utente é a nova presidente da Raríssimas", False),
        ("feedburner.atom", 25, "AdWords and DFP Java client library will soon require Java 7+", False),
        ("guardian.rss", 55, "Trump State of the Union address promised unity", False),
        ("heise.atom", 15, "Java-Anwendungsserver: Red Hat gibt WildFly 10 frei", False),
        ("heraldsun.rss", 2, "The First Item", False),
        ("reddit.rss", 24, "The water is too deep, so he improvises", False),
        ("rss-1.rss", 69, "Food for fungi", False),
        ("uolNoticias.rss", 15, "Ibope: Bolsonaro perde de Haddad, Ciro e Alckmin em simulações de 2º turno", True),
    ],
)
def test_real_documents(file: str, entries: int, first: str, recoded: bool) -> None:
    if not SHARED.exists():
        pytest.skip("needs ../shared/feeds")
    found = parse((SHARED / file).read_bytes(), ADDRESS)
    assert len(found.entries) == entries
    assert found.entries[0].title.startswith(first)
    assert found.recoded is recoded
    assert all(entry.link.startswith("http") and entry.title for entry in found.entries)
    if file != "heraldsun.rss":  # the only one without dates
        assert all(entry.published and 2015 <= entry.published.year <= 2018 for entry in found.entries)


def test_feedburner_links_lead_to_the_article_itself() -> None:
    if not SHARED.exists():
        pytest.skip("needs ../shared/feeds")
    found = parse((SHARED / "feedburner.atom").read_bytes(), ADDRESS)
    assert all("feedproxy" not in entry.link for entry in found.entries)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "a bare ampersand": lambda feed: feed.replace(b"<title>Troops", b"<title>AT&T: Troops"),
    "an unclosed element": lambda feed: feed.replace(b"</channel></rss>", b""),
    "a stray end tag": lambda feed: feed.replace(b"</channel>", b"</b></channel>"),
    "an HTML entity": lambda feed: feed.replace(b"A short", b"A&nbsp;short"),
    "space before the declaration": lambda feed: b"\n\n " + feed,
    "NUL and other controls": lambda feed: feed.replace(b"A short", b"A\x00 \x07short"),
    "an unquoted attribute": lambda feed: feed.replace(b'version="2.0"', b"version=2.0"),
    "rubbish behind the end": lambda feed: feed + b"<!-- 0.1 s --><script>x</script>",
    "an unknown prefix": lambda feed: feed.replace(b"</item>", b"<foo:bar>x</foo:bar></item>"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_xml_is_read_all_the_same(how: str) -> None:
    found = parse(BROKEN[how](samples.rss(TROOPS)), ADDRESS)
    (entry,) = found.entries
    assert entry.title.endswith("Troops in Kursk")
    assert entry.link == "https://news.example/troops"
    assert entry.text == "A short summary of what happened."
    assert entry.published == NOON


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        (b"", "an empty document"),
        (b"   \n", "an empty document"),
        (b"<!DOCTYPE html><html><body><h1>Down for maintenance</h1></body></html>", "an HTML page"),
        (b"\n<html><head></head></html>", "an HTML page"),
        (b"<opml><body/></opml>", "its root is <opml>"),
        (b"Not found", "neither XML nor JSON"),
        (b'{"items": 5}', "no list of items"),
        (b'{"items": []}', "version"),
        (b'{"items": [', "broken"),
        (b"\x89PNG\r\n\x1a\n" + bytes(1000), "neither XML nor JSON"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(document: bytes, cause: str) -> None:
    with pytest.raises(NotAFeed, match=cause):
        parse(document, ADDRESS)


def test_an_empty_feed_is_one() -> None:
    assert parse(b'<rss version="2.0"><channel><title>x</title></channel></rss>', ADDRESS).entries == []


def test_windows_1251_by_header_only() -> None:
    title = "Северокорейские военные в Курской области"
    document = samples.rss(Item(title, "/x")).decode().encode("cp1251")
    found = parse(document, ADDRESS, "windows-1251")
    assert found.entries[0].title == title
    assert found.recoded
    assert "cp1251" in found.notes[0]


def test_markup_does_not_pass() -> None:
    hostile = Item(
        "<script>alert(1)</script>Title <b>bold</b>", "javascript:alert(1)", summary="<img src=x onerror=alert(1)>Text", guid="g"
    )
    (entry,) = parse(samples.rss(hostile, base=""), ADDRESS).entries
    assert entry.title == "Title bold"
    assert entry.text == "Text"
    assert entry.link == ""


@pytest.mark.parametrize("link", ["data:text/html,x", "file:///etc/passwd", "mailto:a@b.example", "http://[::1", " "])
def test_only_web_links(link: str) -> None:
    document = samples.rss(Item("T", "/x", guid="g")).replace(b"https://news.example/x", link.encode())
    assert parse(document, ADDRESS).entries[0].link in ("", "https://news.example/feed")


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 0001 00:00:00 GMT", "0001-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", ""]
)
def test_a_date_that_cannot_be_is_none(date: str) -> None:
    document = samples.rss(Item("T", "/x")).replace(b"Mon, 04 Nov 2024 12:00:00 +0000", date.encode())
    assert parse(document, ADDRESS).entries[0].published is None


def test_year_9999_is_left_to_the_clock() -> None:
    (entry,) = parse(samples.rss(Item("T", "/x", published=datetime(9999, 12, 31, tzinfo=UTC))), ADDRESS).entries
    assert entry.published is not None
    assert entry.published.year == 9999


def test_many_items_are_cut_and_counted() -> None:
    found = parse(samples.rss(*(Item(f"T{number}", f"/{number}") for number in range(MOST_ENTRIES + 50))), ADDRESS)
    assert (len(found.entries), found.cut) == (MOST_ENTRIES, 50)


def test_entities_of_a_dtd_are_not_expanded(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("TOP SECRET")
    found = with_dtd(f'<!ENTITY f SYSTEM "file://{tmp_path}/secret"><!ENTITY a "{"A" * 1000}"><!ENTITY b "&a;&a;&a;&a;">', "x &f; &b; y")
    assert "SECRET" not in repr(found)
    assert "AAAA" not in repr(found)


def with_dtd(declarations: str, title: str) -> Document:
    """A feed whose DTD declares entities that its title uses."""
    return parse(
        f'<!DOCTYPE rss [{declarations}]><rss version="2.0"><channel><item><title>{title}</title></item></channel></rss>'.encode(), ADDRESS
    )
