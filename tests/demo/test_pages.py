"""Every page gives its article, and nothing else of the page, to trafilatura."""

import json
import re

import trafilatura
from trafilatura.settings import Document

from demo import pages
from demo.world import World

BASE = "http://127.0.0.1:8781"


def test_every_page_yields_its_text_title_and_date(world: World) -> None:
    for story in world.stories.values():
        outlet = world.outlets[story.outlet]
        teasers = [other for other in world.shown(outlet, world.last) if other is not story][:4]
        page = pages.article(outlet, story, teasers, BASE).decode()
        found = trafilatura.bare_extraction(page, url=BASE + story.path, with_metadata=True)
        assert isinstance(found, Document), story.id
        assert (found.text or "").split("\n") == list(story.paragraphs), story.id
        assert found.title == story.title, story.id
        assert found.date == f"{story.published:%Y-%m-%d}", story.id


def test_a_page_names_its_own_address_and_cannot_break_out_of_its_script(world: World) -> None:
    story = world.stories["nis-1500"]
    page = pages.article(world.outlets[story.outlet], story, [], BASE).decode()
    assert f'<link rel="canonical" href="{BASE}{story.path}">' in page
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(script)["headline"] == story.title
