"""Feed lists in and out."""

from pathlib import Path

import pytest

from ingest.opml import Listing, OpmlError, is_web, read, write

LISTINGS = [
    Listing("https://a.example/rss?x=1&y=2", "A & B", "World", "https://a.example/"),
    Listing("https://b.example/rss", "Bé", "Defence/Ministries"),
    Listing("https://c.example/rss"),
]


def test_what_is_written_is_read_again() -> None:
    assert read(write(LISTINGS)) == LISTINGS


def test_other_programs_files() -> None:
    document = b"""<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body>
      <outline text="News"><outline text="One" type="rss" xmlUrl=" http://one.example/feed "/>
        <outline text="Inner"><outline title="Two" text="other" xmlUrl="https://two.example/"/></outline></outline>
      <outline text="One again" xmlUrl="http://one.example/feed"/><outline text="local" xmlUrl="file:///etc/passwd"/><outline/></body></opml>"""
    assert read(document) == [Listing("http://one.example/feed", "One", "News"), Listing("https://two.example/", "Two", "News/Inner")]


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        (b"", "is no XML"),
        (b"<opml><body>", "is no XML"),
        (b"<rss><channel/></rss>", "its root is <rss>"),
        (b"<opml version='2.0'/>", "is no OPML"),
        (b'<!DOCTYPE o [<!ENTITY a "b">]><opml><body/></opml>', "DTD"),
        (b'<?xml version="1.0" encoding="nonsense"?><opml><body/></opml>', "is no XML"),
    ],
)
def test_what_is_no_opml_is_refused(document: bytes, cause: str) -> None:
    with pytest.raises(OpmlError, match=cause):
        read(document)


def test_deep_nesting_is_no_matter() -> None:
    document = (
        b"<opml><body>" + b'<outline text="x">' * 3000 + b'<outline xmlUrl="http://a.example/"/>' + b"</outline>" * 3000 + b"</body></opml>"
    )
    assert [listing.address for listing in read(document)] == ["http://a.example/"]


@pytest.mark.parametrize(
    ("address", "web"),
    [("https://a.example", True), ("http://[::1]:80/", True), ("http://", False), ("ftp://a", False), ("http://[::1", False)],
)
def test_is_web(address: str, web: bool) -> None:
    assert is_web(address) is web


def test_the_project_s_own_list() -> None:
    listings = read((Path(__file__).parents[2] / "deploy" / "feeds.opml").read_bytes())
    assert len(listings) >= 60
    assert len({listing.title for listing in listings}) == len(listings)
    for listing in listings:
        assert listing.title
        assert listing.folder
        assert is_web(listing.site)
