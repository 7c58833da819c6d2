"""Web pages of the world, rendered from demo/templates: articles with navigation, advertisements and teasers around the text."""

import json
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.stories import Outlet, Story

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined)


def article(outlet: Outlet, story: Story, teasers: list[Story], base: str) -> bytes:
    """The page of a story; `teasers` are other stories that the page links to."""
    described = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": story.published.isoformat(),
        "author": {"@type": "Person" if story.author else "Organization", "name": story.author or outlet.name},
        "publisher": {"@type": "Organization", "name": outlet.name},
    }
    script = json.dumps(described, ensure_ascii=False).replace("<", "\\u003c")
    return _render(f"{outlet.page}.html", outlet=outlet, story=story, teasers=teasers, base=base, described=script)


def front(outlet: Outlet, stories: list[Story], base: str) -> bytes:
    """An outlet's front page: its newest headlines and a link to its feed."""
    return _render("front.html", outlet=outlet, stories=stories, base=base)


def index(outlets: list[Outlet], at: datetime) -> bytes:
    """The list of all outlets, for a person who looks at the server."""
    return _render("index.html", outlets=outlets, at=at)


def _render(template: str, **values: object) -> bytes:
    return TEMPLATES.get_template(template).render(values).encode()
