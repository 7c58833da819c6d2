"""The whole service against real servers: from a feed over HTTP to articles on the log."""

import dataclasses
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ingest.feeds import GONE
from tests.ingest import samples
from tests.ingest.running import Service, counted, wait_until
from tests.ingest.samples import NOON, Item
from tests.ingest.web import Reply, Web

Start = Callable[..., Service]
ARTICLES, FETCHES = "claimwire_ingest_articles_total", "claimwire_ingest_fetches_total"
TROOPS = Item("North Korean troops in Kursk", "/troops", guid="a-1")
ENVOY = Item("Envoy leaves Khartoum", "/envoy", guid="a-2")


def test_a_summary_is_filled_up_from_the_page(web: Web, start: Start) -> None:
    web.feed("/feed", TROOPS)
    web["/troops"] = Reply(samples.page(TROOPS.title), headers={"Content-Type": "text/html; charset=utf-8"})
    (article,) = start(web.url("/feed")).articles(1)
    assert article.full_text
    assert article.title == TROOPS.title
    assert article.outlet == "Example"
    assert article.url == web.url("/troops")
    assert article.published == NOON
    assert article.language == "en"
    lines = article.text.split("\n")
    assert len(lines) == 5
    assert lines[0].startswith(samples.SENTENCES[0])
    assert "Home" not in article.text
    assert "Copyright" not in article.text


def test_the_summary_stands_in_where_the_page_fails(web: Web, start: Start) -> None:
    web.feed("/feed", TROOPS, ENVOY)
    web["/troops"] = Reply(b"gone wrong", 500)
    web["/envoy"] = Reply(samples.page("Cookie consent", 0))
    articles = start(web.url("/feed")).articles(2)
    assert {article.text for article in articles} == {TROOPS.summary}
    assert not any(article.full_text for article in articles)


def test_a_page_about_something_else_is_not_taken_for_the_article(web: Web, start: Start) -> None:
    web.feed("/feed", ENVOY)
    web["/envoy"] = Reply(samples.page("Please accept our cookies"))
    (article,) = start(web.url("/feed")).articles(1)
    assert article.text == ENVOY.summary


def test_full_text_in_the_feed_needs_no_page(web: Web, start: Start) -> None:
    body = "".join(f"<p>{sentence}</p>" for sentence in samples.SENTENCES * 2)
    web.feed("/feed", dataclasses.replace(TROOPS, content=body))
    (article,) = start(web.url("/feed")).articles(1)
    assert article.full_text
    assert len(article.text.split("\n")) == 10
    assert web.count("/troops") == 0


def test_one_slow_page_does_not_hold_up_the_others(web: Web, start: Start) -> None:
    gate = threading.Event()
    web.feed("/feed", ENVOY, TROOPS)
    web["/envoy"] = Reply(samples.page(ENVOY.title), gate=gate)
    web["/troops"] = Reply(samples.page(TROOPS.title))
    service = start(web.url("/feed"))
    assert [article.title for article in service.articles(1)] == [TROOPS.title]
    gate.set()
    assert len(service.articles(2)) == 2


def test_304_saves_reading_it_again(web: Web, start: Start) -> None:
    web.feed("/feed", TROOPS, etag='"one"')
    before = counted(FETCHES, outcome="not_modified")
    service = start(web.url("/feed"))
    service.articles(1)
    wait_until(lambda: counted(FETCHES, outcome="not_modified") >= before + 3, "three times 304")
    assert web.asked[-1][1]["if-none-match"] == '"one"'
    assert len(service.articles()) == 1


def test_same_etag_with_changed_content_is_read(web: Web, start: Start) -> None:
    """The server names one ETag for ever and does not look at If-None-Match."""
    web.feed("/feed", TROOPS)
    web.replies["/feed"].headers["ETag"] = '"always"'  # type: ignore[union-attr]
    service = start(web.url("/feed"))
    service.articles(1)
    web.feed("/feed", ENVOY, TROOPS)
    web.replies["/feed"].headers["ETag"] = '"always"'  # type: ignore[union-attr]
    assert [article.title for article in service.articles(2)] == [TROOPS.title, ENVOY.title]


def test_same_bytes_without_an_etag_are_not_read_again(web: Web, start: Start) -> None:
    web.feed("/feed", TROOPS)
    before = counted(FETCHES, outcome="unchanged"), counted(ARTICLES, outcome="duplicate")
    start(web.url("/feed"))
    wait_until(lambda: counted(FETCHES, outcome="unchanged") >= before[0] + 3, "three unchanged bodies")
    assert counted(ARTICLES, outcome="duplicate") == before[1]


def test_repolls_edits_and_tracking_make_no_new_article(web: Web, start: Start) -> None:
    web.feed("/feed", TROOPS, ENVOY)
    service = start(web.url("/feed"))
    first = {article.id for article in service.articles(2)}
    edited = [
        dataclasses.replace(TROOPS, title="UPDATED: North Korean troops in Kursk, Kremlin says"),
        dataclasses.replace(TROOPS, published=NOON + timedelta(hours=5)),
        dataclasses.replace(TROOPS, link="/troops?utm_source=rss&utm_medium=feed#top"),
        dataclasses.replace(TROOPS, guid="changed"),
        dataclasses.replace(TROOPS, link="/troops-in-kursk-updated"),
    ]
    for change in edited:
        polls = counted(FETCHES, outcome="ok")
        web.feed("/feed", change, ENVOY)
        wait_until(lambda polls=polls: counted(FETCHES, outcome="ok") > polls, "the edited feed was read")  # type: ignore[misc]
    web.feed("/feed", Item("Something new", "/new"), TROOPS, ENVOY)
    after = service.articles(3)
    assert len(after) == 3
    assert first < {article.id for article in after}


def test_the_same_article_in_two_feeds_is_one(web: Web, start: Start) -> None:
    web.feed("/world", TROOPS)
    web.feed("/top", dataclasses.replace(TROOPS, guid="other"), ENVOY)
    service = start(web.url("/world"), web.url("/top"))
    service.articles(2)
    wait_until(lambda: web.count("/world") > 3 and web.count("/top") > 3, "several polls")
    assert len(service.articles()) == 2


def test_what_is_older_than_the_horizon_is_stale_once(web: Web, start: Start) -> None:
    fresh = dataclasses.replace(ENVOY, published=datetime.now(UTC) - timedelta(hours=1))
    web.feed("/feed", TROOPS, fresh)
    before = counted(ARTICLES, outcome="stale")
    service = start(web.url("/feed"), CLAIMWIRE_HORIZON="48h")
    assert [article.title for article in service.articles(1)] == [ENVOY.title]
    web.feed("/feed", TROOPS, fresh, Item("More", "/more", published=fresh.published))
    service.articles(2)
    assert counted(ARTICLES, outcome="stale") == before + 1
    assert web.count("/troops") == 0


def test_a_language_that_the_model_does_not_read_stays_off_the_log(web: Web, start: Start) -> None:
    german = "Der Sprecher des Kreml hat am Montag gesagt, dass nordkoreanische Soldaten in der Region Kursk kämpfen. " * 3
    web.feed("/feed", Item("Soldaten in Kursk", "/de", summary=german), ENVOY)
    before = counted(ARTICLES, outcome="unsupported_language")
    service = start(web.url("/feed"))
    assert [article.title for article in service.articles(1)] == [ENVOY.title]
    wait_until(lambda: counted(ARTICLES, outcome="unsupported_language") == before + 1, "the German one is counted")


def test_no_date_and_a_future_date_count_as_now(web: Web, start: Start) -> None:
    web.feed("/feed", dataclasses.replace(TROOPS, published=None), dataclasses.replace(ENVOY, published=datetime(9999, 1, 1, tzinfo=UTC)))
    for article in start(web.url("/feed")).articles(2):
        assert article.published == article.fetched


def test_a_gone_feed_is_retired(web: Web, start: Start) -> None:
    web["/feed"] = Reply(b"", 410)
    web.feed("/other", ENVOY)
    service = start(web.url("/feed"), web.url("/other"))
    assert service.feed(lambda feed: feed.state == GONE).error.endswith("answers 410 Gone")
    polls = web.count("/other")
    wait_until(lambda: web.count("/other") > polls + 3, "the other feed goes on")
    assert web.count("/feed") == 1


def test_a_move_that_holds_rewrites_the_address(web: Web, start: Start) -> None:
    web.feed("/new", TROOPS, etag='"n"')
    web["/feed"] = Reply(b"", 301, {"Location": "/new"})
    service = start(web.url("/feed"), CLAIMWIRE_MOVE_AFTER="1s")
    (article,) = service.articles(1)
    assert article.feed == web.url("/feed")
    feed = service.feed(lambda feed: feed.address == web.url("/new"))
    assert feed.listed == web.url("/feed")
    polls = web.count("/feed")
    wait_until(lambda: web.count("/new") > polls + 3, "the new address is asked itself")
    assert web.count("/feed") == polls


def test_an_error_page_deletes_nothing_and_is_recovered_from(web: Web, start: Start) -> None:
    web.feed("/feed", TROOPS)
    service = start(web.url("/feed"))
    service.articles(1)
    for wrong in (Reply(b"<!doctype html><html><body>Down for maintenance</body></html>"), Reply(b""), Reply(b"busy", 503)):
        web["/feed"] = wrong
        assert service.feed(lambda feed: feed.health == "failing").errors
        web.feed("/feed", TROOPS, ENVOY)
        service.feed(lambda feed: feed.health == "healthy")
    assert len(service.articles(2)) == 2


def test_a_feed_that_is_added_while_it_runs_is_polled(web: Web, start: Start, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from ingest import app
    from tests.ingest.running import put_on_list

    monkeypatch.setattr(app, "RELOAD_EVERY", timedelta(seconds=0.2))
    service = start()
    wait_until(lambda: "no feeds on the list" in service.health.missing().get("ingest", ""), "it says that it has no feeds")
    web.feed("/feed", TROOPS)
    put_on_list(service.settings, [web.url("/feed")])
    service.articles(1)
    wait_until(lambda: not service.health.missing(), "it is ready")
    assert not service.health.stuck()
