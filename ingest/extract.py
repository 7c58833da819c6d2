"""An article's page to its text, by trafilatura. Pure.

Refuses pages that hold no article. Run it on strangers' pages through `workers` only, as `parse`.
"""

from trafilatura import bare_extraction

from ingest import plain
from ingest.charset import decode
from ingest.dates import from_iso
from ingest.document import NoArticle, Page
from ingest.language import detect

#: A page with less text than this is a notice, a wall or an error, no article. A news flash has 150 characters and more.
LEAST_CHARS = 120


def extract(body: bytes, address: str = "", http_charset: str = "", declared: str = "") -> Page:
    """The article on this page; NoArticle where there is none. `declared` is the language that its feed claims."""
    source = plain.UNSEEN.sub("", decode(body, http_charset).text)
    if not source.strip():
        raise NoArticle("an empty page")
    found = bare_extraction(
        source,
        url=address or None,
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%dT%H:%M:%S%z"},
    )
    if found is None or isinstance(found, dict):
        raise NoArticle("no article in it")
    title = plain.title(found.title or "")
    text = plain.paragraphs(found.text or "").removeprefix(f"{title}\n")  # the headline stands in `title`, not in the text as well
    if len(text) < LEAST_CHARS:
        raise NoArticle("hardly any text in it")
    return Page(title, text, detect(f"{title}\n{text}", declared), from_iso(found.date or ""))
