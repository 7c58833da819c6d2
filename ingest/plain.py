"""HTML and hostile strings to plain text: one paragraph a line, no markup, no control characters. Pure."""

import html
import re

import nh3

#: Elements that begin and end a paragraph.
BLOCKS = frozenset(
    "p div br li ul ol h1 h2 h3 h4 h5 h6 blockquote tr table section article header footer pre hr dd dt figure figcaption td th".split()
)
#: Elements whose content is no text to read.
SILENT = {"script", "style", "noscript", "iframe", "svg", "template"}
BREAK = re.compile(rf"</?(?:{'|'.join(sorted(BLOCKS))})\b[^>]*>")
MARKUP = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")
#: C0 and C1 controls but tab and line ends, lone surrogates, bidi overrides, zero-width marks, byte order marks, non-characters.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
#: The end of a line of plain text that no sentence ends at: wrapped at some column, it goes on in the next line.
WRAPPED = re.compile(r"(?<=[^\s.!?:;\"'”’)])[ \t]*\r?\n(?=[^\S\n]*\S)")
TITLE_CHARS = 500
TEXT_CHARS = 100_000
#: HTML larger than this is cut before it is cleaned; an article's text is a small part of it.
HTML_CHARS = 1_000_000


def from_html(source: str) -> str:
    """The text of an HTML fragment, one paragraph a line, at most TEXT_CHARS."""
    source = UNSEEN.sub("", source[:HTML_CHARS])
    if MARKUP.search(source):
        kept = nh3.clean(source, tags=set(BLOCKS), attributes={}, clean_content_tags=SILENT, link_rel=None)
        # A line end inside a paragraph is only a space; the paragraphs' own ends are the elements.
        return paragraphs(html.unescape(BREAK.sub("\n", re.sub(r"\s+", " ", kept))))
    return paragraphs(WRAPPED.sub(" ", source))


def paragraphs(source: str) -> str:
    """Plain text with its spaces evened out and its empty lines gone, at most TEXT_CHARS."""
    lines = (" ".join(line.split()) for line in UNSEEN.sub("", source).splitlines())
    return "\n".join(line for line in lines if line)[:TEXT_CHARS].strip()


def title(source: str) -> str:
    """A title on one line, at most TITLE_CHARS, without markup."""
    line = " ".join(from_html(source[: 20 * TITLE_CHARS]).split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1].rstrip() + "…"
