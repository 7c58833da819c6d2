"""Feeds and pages for tests, as real servers send them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

NOON = datetime(2024, 11, 4, 12, 0, tzinfo=UTC)

SENTENCES = (
    "The Kremlin spokesman said on Monday that North Korean soldiers were in the Kursk region and praised their courage.",
    "South Korea's spy agency put their number at more than ten thousand, most of them from an elite corps.",
    "Officials in Washington declined to comment on the figure, pointing to earlier statements by the Pentagon.",
    "Analysts said the deployment marked the first time that a third country had sent regular troops into the war.",
    "Pyongyang has called the reports a smear campaign, but state media have since printed pictures of a ceremony.",
)


@dataclass(frozen=True)
class Item:
    """One item of a feed."""

    title: str
    link: str
    summary: str = "A short summary of what happened."
    guid: str = ""
    published: datetime | None = NOON
    content: str = ""


def rss(*items: Item, base: str = "https://news.example", title: str = "Example News") -> bytes:
    """An RSS 2.0 document."""
    return "".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>',
            f"<title>{escape(title)}</title><link>https://news.example/</link><language>en</language>",
            *(_item(item, base) for item in items),
            "</channel></rss>",
        ]
    ).encode()


def _item(item: Item, base: str) -> str:
    link = item.link if "://" in item.link or not item.link else base + item.link
    parts = [f"<title>{escape(item.title)}</title>", f"<link>{escape(link)}</link>" if link else ""]
    parts.append(f"<description>{escape(item.summary)}</description>")
    parts.append(f'<guid isPermaLink="false">{escape(item.guid)}</guid>' if item.guid else "")
    parts.append(f"<pubDate>{format_datetime(item.published)}</pubDate>" if item.published else "")
    parts.append(f"<content:encoded><![CDATA[{item.content}]]></content:encoded>" if item.content else "")
    return f"<item>{''.join(parts)}</item>"


def page(title: str, paragraphs: int = 5) -> bytes:
    """An article's page as an outlet serves it: navigation, teasers, scripts and a footer around the text."""
    text = "\n".join(f"<p>{sentence} {SENTENCES[(number + 2) % 5]}</p>" for number, sentence in enumerate(SENTENCES[:paragraphs]))
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | Example News</title>
<meta property="og:title" content="{escape(title)}"><meta property="article:published_time" content="2024-11-04T12:00:00+00:00">
<script>window.dataLayer = [];</script><style>p {{ color: black }}</style></head>
<body><header><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li>
<li><a href="/sport">Sport</a></li></ul></nav></header>
<main><article><h1>{escape(title)}</h1><div class="byline">By A Reporter</div>
{text}
</article><aside><h2>Most read</h2>
<ul><li><a href="/1">A recipe for soup</a></li><li><a href="/2">Ten beaches to see</a></li></ul></aside></main>
<footer>Copyright Example News. All rights reserved. <a href="/privacy">Privacy</a></footer></body></html>""".encode()
