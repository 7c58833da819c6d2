"""Every feed document is one that readers understand: feedparser for XML, the JSON Feed rules for JSON."""

import json
from calendar import timegm
from datetime import datetime
from time import struct_time
from xml.etree import ElementTree

import feedparser
import pytest

from demo import feeds
from demo.stories import FOLDER, read_outlets
from demo.world import World

BASE = "http://127.0.0.1:8781"
OUTLETS = read_outlets((FOLDER / "outlets.toml").read_text(encoding="utf-8"))
VERSIONS = {"rss": "rss20", "atom": "atom10", "rdf": "rss10"}


@pytest.mark.parametrize("key", [key for key, outlet in OUTLETS.items() if outlet.form != "json"])
def test_an_xml_feed_parses(world: World, key: str) -> None:
    outlet = world.outlets[key]
    shown = world.shown(outlet, world.last)
    parsed = feedparser.parse(feeds.document(outlet, shown, BASE))
    assert bool(parsed.bozo) == outlet.broken, parsed.get("bozo_exception")
    assert parsed.version == VERSIONS[outlet.form]
    assert parsed.feed.title == outlet.name
    assert [entry.title for entry in parsed.entries] == [story.title for story in shown]
    assert [entry.link for entry in parsed.entries] == [BASE + story.path for story in shown]
    for entry, story in zip(parsed.entries, shown, strict=True):
        moment = entry.get("published_parsed") or entry.updated_parsed
        assert isinstance(moment, struct_time)
        assert timegm(moment) == story.published.timestamp()
        assert story.summary[:25] in entry.summary
        assert ("id" in entry) == (outlet.guid != "none" or outlet.form != "rss")
        if outlet.full:
            assert all(paragraph[:25].replace("&", "&amp;") in entry.content[0].value for paragraph in story.paragraphs)


@pytest.mark.parametrize("key", [key for key, outlet in OUTLETS.items() if outlet.form == "json"])
def test_a_json_feed_follows_the_rules(world: World, key: str) -> None:
    outlet = world.outlets[key]
    shown = world.shown(outlet, world.last)
    document = json.loads(feeds.document(outlet, shown, BASE))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["title"] == outlet.name
    assert document["feed_url"] == f"{BASE}/{key}/{outlet.feed}"
    assert [item["url"] for item in document["items"]] == [BASE + story.path for story in shown]
    assert [datetime.fromisoformat(item["date_published"]) for item in document["items"]] == [story.published for story in shown]
    assert all(item["id"] and item["content_html"].startswith("<p>") for item in document["items"])


def test_exactly_one_feed_is_broken() -> None:
    assert [key for key, outlet in OUTLETS.items() if outlet.broken] == ["southern"]


def test_a_feed_without_stories_is_still_a_feed(world: World) -> None:
    for outlet in world.outlets.values():
        document = feeds.document(outlet, [], BASE)
        if outlet.form == "json":
            assert json.loads(document)["items"] == []
        else:
            assert feedparser.parse(document).feed.title == outlet.name


def test_the_list_of_feeds_is_opml(world: World) -> None:
    root = ElementTree.fromstring(feeds.opml(world.outlets.values(), BASE))
    rows = root.findall("./body/outline")
    assert [row.get("title") for row in rows] == [outlet.name for outlet in world.outlets.values()]
    assert [row.get("xmlUrl") for row in rows] == [BASE + outlet.first_feed for outlet in world.outlets.values()]
