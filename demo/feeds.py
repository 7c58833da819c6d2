"""Feed documents, each in its outlet's own form: RSS 2.0, Atom, RSS 1.0, JSON Feed, OPML. Pure: stories in, bytes out."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from demo.stories import Form, Outlet, Story

CONTENT_TYPES: dict[Form, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
}


def document(outlet: Outlet, stories: list[Story], base: str) -> bytes:
    """The outlet's feed with these stories, newest first; `base` is the server's address without a slash at the end."""
    text = FORMS[outlet.form](outlet, stories, base)
    return (_break(text) if outlet.broken else text).encode(outlet.encoding, "xmlcharrefreplace")


def opml(outlets: Iterable[Outlet], base: str) -> bytes:
    """A list of all feeds, as feed readers exchange it."""
    rows = (
        f'    <outline type="rss" text={quoteattr(outlet.name)} title={quoteattr(outlet.name)} '
        f"xmlUrl={quoteattr(base + outlet.first_feed)} htmlUrl={quoteattr(f'{base}/{outlet.key}/')}/>\n"
        for outlet in outlets
    )
    head = "<head><title>The world of the Claimwire demo</title></head>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">\n  {head}\n  <body>\n{"".join(rows)}  </body>\n</opml>\n'.encode()


def _rss(outlet: Outlet, stories: list[Story], base: str) -> str:
    items = "".join(
        f"    <item>\n      <title>{escape(story.title)}</title>\n      <link>{base}{story.path}</link>\n"
        f"{_guid(outlet, story, base)}"
        f"      <pubDate>{format_datetime(_local(outlet, story))}</pubDate>\n"
        f"{_creator(story)}"
        f"      <description>{_summary(outlet, story, base)}</description>\n"
        f"{_encoded(outlet, story)}    </item>\n"
        for story in stories
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n  <channel>\n'
        f"    <title>{escape(outlet.name)}</title>\n    <link>{base}/{outlet.key}/</link>\n"
        f'    <atom:link href="{base}/{outlet.key}/{outlet.feed}" rel="self" type="application/rss+xml"/>\n'
        f"    <description>{escape(outlet.about)}</description>\n    <language>{outlet.language}</language>\n"
        f"{items}  </channel>\n</rss>\n"
    )


def _atom(outlet: Outlet, stories: list[Story], base: str) -> str:
    entries = "".join(
        f"  <entry>\n    <title>{escape(story.title)}</title>\n"
        f'    <link rel="alternate" type="text/html" href="{base}{story.path}"/>\n    <id>tag:{outlet.key}.example,2024:{story.id}</id>\n'
        f"    <published>{_local(outlet, story).isoformat()}</published>\n    <updated>{_local(outlet, story).isoformat()}</updated>\n"
        f"    <author><name>{escape(story.author or outlet.name)}</name></author>\n"
        f'    <summary type="html">{_summary(outlet, story, base)}</summary>\n'
        + (f'    <content type="html">{escape(_html(story))}</content>\n' if outlet.full else "")
        + "  </entry>\n"
        for story in stories
    )
    updated = _local(outlet, stories[0]).isoformat() if stories else "2024-01-01T00:00:00+00:00"
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">\n'
        f"  <title>{escape(outlet.name)}</title>\n  <subtitle>{escape(outlet.about)}</subtitle>\n"
        f'  <id>tag:{outlet.key}.example,2024:feed</id>\n  <link href="{base}/{outlet.key}/"/>\n'
        f'  <link rel="self" href="{base}/{outlet.key}/{outlet.feed}"/>\n  <updated>{updated}</updated>\n{entries}</feed>\n'
    )


def _rdf(outlet: Outlet, stories: list[Story], base: str) -> str:
    listed = "".join(f'        <rdf:li rdf:resource="{base}{story.path}"/>\n' for story in stories)
    items = "".join(
        f'  <item rdf:about="{base}{story.path}">\n    <title>{escape(story.title)}</title>\n    <link>{base}{story.path}</link>\n'
        f"    <description>{_summary(outlet, story, base)}</description>\n"
        f"    <dc:date>{_local(outlet, story).isoformat()}</dc:date>\n{_encoded(outlet, story)}  </item>\n"
        for story in stories
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n'
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">\n'
        f'  <channel rdf:about="{base}/{outlet.key}/{outlet.feed}">\n    <title>{escape(outlet.name)}</title>\n'
        f"    <link>{base}/{outlet.key}/</link>\n    <description>{escape(outlet.about)}</description>\n"
        f"    <items>\n      <rdf:Seq>\n{listed}      </rdf:Seq>\n    </items>\n  </channel>\n{items}</rdf:RDF>\n"
    )


def _json(outlet: Outlet, stories: list[Story], base: str) -> str:
    items = [
        {
            "id": base + story.path,
            "url": base + story.path,
            "title": story.title,
            "summary": story.summary,
            "content_html": _html(story) if outlet.full else f"<p>{escape(story.summary)}</p>",
            "date_published": _local(outlet, story).isoformat(),
            "authors": [{"name": story.author or outlet.name}],
        }
        for story in stories
    ]
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": outlet.about,
        "language": outlet.language,
        "home_page_url": f"{base}/{outlet.key}/",
        "feed_url": f"{base}/{outlet.key}/{outlet.feed}",
    }
    return json.dumps(head | {"items": items}, ensure_ascii=False, indent=1)


FORMS: dict[Form, Callable[[Outlet, list[Story], str], str]] = {"rss": _rss, "atom": _atom, "rdf": _rdf, "json": _json}


def _local(outlet: Outlet, story: Story) -> datetime:
    """The story's moment on its outlet's clock."""
    return story.published.astimezone(datetime.fromisoformat(f"2024-10-01T00:00{outlet.zone}").tzinfo)


def _guid(outlet: Outlet, story: Story, base: str) -> str:
    if outlet.guid == "none":
        return ""
    if outlet.guid == "opaque":
        return f'      <guid isPermaLink="false">{outlet.key}-{story.id}</guid>\n'
    return f'      <guid isPermaLink="true">{base}{story.path}</guid>\n'


def _creator(story: Story) -> str:
    return f"      <dc:creator>{escape(story.author)}</dc:creator>\n" if story.author else ""


def _summary(outlet: Outlet, story: Story, base: str) -> str:
    """The summary, ready to stand in an element; in HTML as blog software writes it where the outlet does so."""
    if not outlet.html:
        return escape(story.summary)
    link = f'<a href="{base}{story.path}">{escape(story.title)}</a>'
    return escape(f"<p>{escape(story.summary)} [&#8230;]</p><p>The post {link} appeared first on {escape(outlet.name)}.</p>")


def _encoded(outlet: Outlet, story: Story) -> str:
    return f"      <content:encoded><![CDATA[{_html(story)}]]></content:encoded>\n" if outlet.full else ""


def _html(story: Story) -> str:
    return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.paragraphs)


def _break(text: str) -> str:
    """The mistakes of hand-made feeds: a bare ampersand, an HTML entity that XML does not know, a tag left open."""
    return text.replace("&amp;", "&").replace("<language>", "<image>&nbsp;<language>", 1)
