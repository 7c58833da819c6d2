"""One article, one id: whatever feeds do to links, guids, titles and dates (hazard 20)."""

from dataclasses import replace

import pytest

from ingest.dedupe import article_id, canonical, identify, identity
from ingest.document import Entry
from tests.ingest.samples import NOON

FEED = "https://news.example/rss"
ENTRY = Entry("guid-1", "https://news.example/world/troops", "Troops in Kursk", "Summary.", False, NOON)

SAME = """https://news.example/world/troops
http://news.example/world/troops
https://www.news.example/world/troops/
https://NEWS.example:443/world/troops#comments
https://news.example./world/troops
https://news.example/world/troops?utm_source=rss&utm_medium=feed&utm_campaign=world
https://news.example/world/troops?at_medium=RSS&at_campaign=KARANGA
https://news.example/world/troops?fbclid=abc&gclid=def
https://news.example/world/troops?CMP=rss
https://news.example/world/troops?source=rss
https://news.example/world/troops?mod=rss_world
https://news.example/world/troops?traffic_source=rss
https://news.example/world/troops?rss=1""".split()


@pytest.mark.parametrize("url", SAME)
def test_spellings_of_one_page(url: str) -> None:
    assert article_id(url) == article_id(ENTRY.link)


@pytest.mark.parametrize(
    "url",
    """https://news.example/world/troops-2 https://news.example/World/troops https://m.news.example/world/troops
    https://news.example:8443/world/troops https://news.example/world/troops?id=7 https://news.example/world/troops?p=1&p=2
    https://news.example/#!/world/troops""".split(),
)
def test_other_pages(url: str) -> None:
    assert article_id(url) != article_id(ENTRY.link)


def test_the_order_of_parameters_is_no_matter() -> None:
    assert identity("https://a.example/?b=2&a=1") == identity("https://a.example/?a=1&b=2")


def test_the_address_that_is_fetched_keeps_what_the_server_may_need() -> None:
    assert canonical("HTTPS://www.News.example/a/?b=2&a=&utm_id=3#x") == "https://www.news.example/a/?b=2&a="
    assert canonical("http://[2606:4700::1111]:8080/a") == "http://[2606:4700::1111]:8080/a"
    assert canonical("http://a.example:99999/x") == "http://a.example:99999/x"  # no port can be that; it is left alone


@pytest.mark.parametrize(
    "change",
    [
        {"title": "UPDATED: troops in Kursk"},
        {"published": NOON.replace(hour=18)},
        {"published": None},
        {"guid": "guid-2"},
        {"guid": ""},
        {"text": "Another summary."},
        {"link": ENTRY.link + "?utm_source=rss"},
        {"link": "https://news.example/world/troops-in-kursk-updated"},
        {"link": "https://news.example/world/moved", "title": "UPDATED"},
        {"link": "https://news.example/world/moved", "published": None},
    ],
)
def test_an_edit_is_no_new_article(change: dict[str, object]) -> None:
    (before,) = identify([ENTRY], FEED)
    (after,) = identify([replace(ENTRY, **change)], FEED)  # type: ignore[arg-type]
    assert set(before.marks) & set(after.marks)


@pytest.mark.parametrize(
    "change",
    [
        {"link": "https://news.example/world/other", "title": "Another", "published": NOON.replace(hour=18)},  # a reused guid
        {"link": "https://news.example/world/other", "guid": "guid-2"},
        {"link": "https://news.example/world/other", "guid": "", "title": "Another"},
    ],
)
def test_another_article_is_one(change: dict[str, object]) -> None:
    (before,) = identify([ENTRY], FEED)
    (after,) = identify([replace(ENTRY, **change)], FEED)  # type: ignore[arg-type]
    assert not set(before.marks) & set(after.marks)


def test_the_same_guid_in_another_feed_is_no_mark() -> None:
    (one,) = identify([replace(ENTRY, link="")], FEED)
    (other,) = identify([replace(ENTRY, link="")], "https://other.example/rss")
    assert not set(one.marks) & set(other.marks)


def test_two_guids_at_one_address_are_one_article() -> None:
    one, other = identify([ENTRY, replace(ENTRY, guid="guid-2", title="Kursk: troops")], FEED)
    assert one.id == other.id


@pytest.mark.parametrize("link", ["", "https://news.example/", "https://news.example/briefings"])
def test_entries_without_a_page_of_their_own_are_told_apart(link: str) -> None:
    """A ministry's feed whose items all link to its list of briefings."""
    entries = [replace(ENTRY, link=link, guid=guid, title=title) for guid, title in [("1", "One"), ("2", "Two"), ("3", "Three")]]
    found = identify(entries, FEED, "https://news.example/")
    assert len({sighting.id for sighting in found}) == 3
    assert all(sighting.url == "" for sighting in found)
    assert identify(entries[:1], FEED, "https://news.example/")[0].marks[-1] == found[0].marks[-1]


def test_without_guid_and_link_the_title_serves() -> None:
    one, other, nothing = (
        replace(ENTRY, guid="", link="", title=title, text=text) for title, text in [("One", ""), ("", "Text"), ("", "")]
    )
    assert len(identify([one, other, nothing], FEED)) == 2
    assert identify([one], FEED)[0].id == identify([replace(one, text="more")], FEED)[0].id


def test_a_front_page_with_a_query_is_an_article() -> None:
    (found,) = identify([replace(ENTRY, link="https://blog.example/?p=123")], FEED)
    assert found.url == "https://blog.example/?p=123"
