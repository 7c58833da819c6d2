"""The world as it is shipped: enough of it, in order, whole."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from demo.stories import WorldError
from demo.world import SHOWN, World


def test_there_is_enough_of_it(world: World) -> None:
    assert len(world.stories) >= 150
    assert len(world.outlets) >= 20
    assert sum(1 for story in world.stories.values() if story.reprint_of) >= 40
    assert set(Counter(story.outlet for story in world.stories.values())) == set(world.outlets), "every outlet prints something"
    assert {outlet.form for outlet in world.outlets.values()} == {"rss", "atom", "rdf", "json"}


def test_dates_are_in_order_and_cover_the_eight_months(world: World) -> None:
    dates = [story.published for story in world.stories.values()]
    assert dates == sorted(dates)
    assert dates[0] >= datetime(2024, 10, 1, tzinfo=UTC)
    assert dates[-1] < datetime(2025, 7, 1, tzinfo=UTC)
    months = Counter(f"{date:%Y-%m}" for date in dates)
    assert len(months) == 9
    assert min(months.values()) >= 10


def test_reprints_are_of_stories_that_exist_and_are_older(world: World) -> None:
    for story in world.stories.values():
        if story.reprint_of:
            original = world.stories[story.reprint_of]
            assert original.published < story.published
            assert original.outlet != story.outlet
            assert original.title != story.title


def test_stories_read_like_stories(world: World) -> None:
    for story in world.stories.values():
        assert 2 <= len(story.paragraphs) <= 12, story.id
        assert 30 <= len(story.summary) <= 700, story.id
        assert len(story.title) <= 120, story.id


def test_a_feed_shows_what_is_out_newest_first_and_no_more_than_it_holds(world: World) -> None:
    wire = world.outlets["meridian"]
    assert world.shown(wire, world.first) == []
    shown = world.shown(wire, world.last)
    assert len(shown) == SHOWN
    assert [story.published for story in shown] == sorted((story.published for story in shown), reverse=True)


def test_a_page_is_there_from_its_date_on(world: World) -> None:
    story = world.stories["nis-1500"]
    assert world.page(story.path, story.published - timedelta(seconds=1)) is None
    assert world.page(story.path, story.published) is story
    assert world.page("/hangang/2024/10/18/other.html", world.last) is None
    assert world.page("/harbour/2024/10/18/nis-1500.html", world.last) is None


def test_no_busy_month_overruns_a_feed(world: World) -> None:
    """At the fastest speed, 10 seconds for all of it, a reader that comes back after 4 seconds has missed nothing."""
    away = (world.last - world.first) / 10 * 4
    for outlet in world.outlets.values():
        dates = [story.published for story in world.stories.values() if story.outlet == outlet.key]
        for begin in dates:
            assert sum(1 for date in dates if begin <= date < begin + away) <= SHOWN, outlet.key


def test_a_world_with_mistakes_is_refused(world: World) -> None:
    story = world.stories["nis-1500"]
    with pytest.raises(WorldError, match="no outlet is called nowhere"):
        World.of(world.outlets, [replace(story, outlet="nowhere")])
    reprint = world.stories["nis-1500-prairie"]
    early = replace(reprint, published=datetime(2024, 1, 1, tzinfo=UTC))
    with pytest.raises(WorldError, match="is dated before"):
        World.of(world.outlets, [world.stories[reprint.reprint_of], early])
