"""Bytes to text, whatever character set was declared. Pure.

A declaration is a claim: UTF-8 is tried first, because nothing else passes for it; then what HTTP said, then what the document says.
"""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""")
#: Encodings of which UTF-8 could be a misreading: pure ASCII bytes that mean something else.
SEVEN_BIT = ("iso2022_jp", "iso2022_kr", "hz", "utf-7")
#: What people mean who declare these: the web's rule, since real latin-1 has control characters where Windows has quotes.
MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}
#: Text to guess the encoding from, in bytes.
SAMPLE = 20_000
#: Share of letters beyond ASCII that no Latin alphabet reaches in running text (Vietnamese and Czech come near).
MOST_ACCENTS = 0.4
#: Share of broken characters up to which a text is still taken for what it claims to be.
MOST_FAULTS = 0.002


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding that it was read in, and whether that is another than the document declares."""

    text: str
    encoding: str
    recoded: bool


def decode(body: bytes, http_charset: str = "") -> Decoded:
    """The text of a document; `http_charset` is what its Content-Type names. Never fails: the last resort replaces bytes."""
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return Decoded(body.decode(encoding, "replace").lstrip("\ufeff"), encoding, False)
    found = DECLARED.search(body[:2048])
    declared = _known(found[1].decode("ascii")) if found else ""
    over_http = _known(http_charset)
    first = declared if declared in SEVEN_BIT else over_http if over_http in SEVEN_BIT else "utf-8"
    for encoding in dict.fromkeys((first, "utf-8", over_http, declared)):
        text = _strictly(body, encoding)
        if text is not None:
            return Decoded(text, encoding, not body.isascii() and encoding != (declared or over_http or "utf-8"))
    for encoding in filter(None, dict.fromkeys((over_http, declared, "utf-8"))):
        text = body.decode(encoding, "replace")
        if text.count("\ufffd") < MOST_FAULTS * sum(map(str.isalpha, text)):  # a cut-off character, a byte of another set here and there
            return Decoded(text, encoding, encoding != declared)
    guessed = _guess(body[:SAMPLE])
    return Decoded(body.decode(guessed, "replace"), guessed, True)


def _guess(sample: bytes) -> str:
    """The encoding that these bytes look like; guesses among Latin alphabets are mere noise, so those are Windows'."""
    words = re.sub(rb"<[^>]*>|[^A-Za-z\x80-\xff]", b"", sample)
    if sum(byte >= 0x80 for byte in words) < MOST_ACCENTS * len(words):
        return "cp1252"
    best = from_bytes(sample).best()
    return _known(best.encoding) if best else "cp1252"


def _known(name: str) -> str:
    try:
        normal = codecs.lookup(name).name if name else ""
        "".encode(normal or "ascii")  # a codec of text, not one such as base64
    except (LookupError, ValueError, TypeError):
        return ""
    return MEANT.get(normal, normal)


def _strictly(body: bytes, encoding: str) -> str | None:
    if not encoding:
        return None
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
