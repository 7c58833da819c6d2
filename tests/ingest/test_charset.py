"""Bytes to text: what documents declare, what HTTP says, and what they are (hazard 18)."""

import pytest

from ingest.charset import decode

RUSSIAN = "Официальный представитель МИД России заявила, что северокорейские военные находятся в Курской области."
JAPANESE = "北朝鮮の兵士がロシアのクルスク州に派遣されたと、韓国の情報機関が発表した。外務省報道官は確認を避けた。"
LATIN = "Le porte-parole a déclaré que les soldats nord-coréens étaient à Koursk; “no comment”, dit l’Élysée – 5 €."


def xml(text: str, encoding: str, declared: str = "") -> bytes:
    """A document that declares one encoding and is in another."""
    named = f' encoding="{declared}"' if declared else ""
    return f'<?xml version="1.0"{named}?><rss><title>{text}</title></rss>'.encode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "http", "recoded"),
    [
        (RUSSIAN, "utf-8", "utf-8", "", False),
        (RUSSIAN, "utf-8", "", "", False),
        (RUSSIAN, "utf-8", "utf-8", "iso-8859-1", False),  # Apache's default header over a good document
        (RUSSIAN, "utf-8", "windows-1251", "", True),  # a proxy recoded it and left the declaration
        (RUSSIAN, "cp1251", "windows-1251", "", False),
        (RUSSIAN, "cp1251", "utf-8", "windows-1251", True),
        (RUSSIAN, "cp1251", "utf-8", "", True),
        (RUSSIAN, "cp1251", "", "windows-1251", False),
        (RUSSIAN, "koi8-r", "koi8-r", "", False),
        (JAPANESE, "shift_jis", "utf-8", "shift_jis", True),
        (JAPANESE, "shift_jis", "utf-8", "", True),
        (JAPANESE, "euc_jp", "euc-jp", "", False),
        (JAPANESE, "iso2022_jp", "iso-2022-jp", "", False),
        (LATIN, "cp1252", "iso-8859-1", "", False),
        (LATIN, "cp1252", "utf-8", "", True),
        (LATIN, "cp1252", "", "", True),
        (LATIN, "utf-16", "utf-16", "", False),
        (LATIN, "utf-8-sig", "", "", False),
        (LATIN, "utf-8", "no-such-charset", "base64", False),
    ],
)
def test_the_text_comes_out(text: str, encoding: str, declared: str, http: str, recoded: bool) -> None:
    found = decode(xml(text, encoding, declared), http)
    assert text in found.text
    assert found.recoded is recoded


def test_one_broken_character_does_not_spoil_the_rest() -> None:
    body = xml(RUSSIAN * 10, "utf-8", "utf-8").replace("МИД".encode(), b"\xd0", 1)
    assert decode(body).text.count(RUSSIAN) == 9
    assert decode(body).encoding == "utf-8"


def test_ascii_is_never_recoded() -> None:
    assert decode(xml("plain", "ascii", "iso-8859-1")).recoded is False


@pytest.mark.parametrize("body", [b"", b"\xff", b"\x00" * 100, bytes(range(256)) * 10, b"\xef\xbb\xbf", b"\xff\xfe\x00"])
def test_nothing_fails(body: bytes) -> None:
    assert isinstance(decode(body).text, str)
