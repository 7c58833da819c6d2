"""An article's page to its text."""

import pytest

from ingest.document import NoArticle, Page, belongs
from ingest.extract import extract
from ingest.language import detect
from tests.ingest import samples
from tests.ingest.samples import NOON, SENTENCES

TITLE = "Kremlin confirms North Korean troops in Kursk"


def test_a_page_as_outlets_serve_it() -> None:
    found = extract(samples.page(TITLE), "https://news.example/troops")
    assert found.title == TITLE
    assert found.language == "en"
    assert found.published == NOON
    lines = found.text.split("\n")
    assert len(lines) == 5
    assert [line.startswith(sentence) for line, sentence in zip(lines, SENTENCES, strict=True)] == [True] * 5
    for clutter in ("Home", "soup", "Copyright", "dataLayer", TITLE):
        assert clutter not in found.text


def test_the_header_s_charset_and_the_page_s_own() -> None:
    page = samples.page("Élysée: « no comment »")
    assert extract(page.decode().encode("cp1252"), "", "windows-1252").title == "Élysée: « no comment »"
    declared = page.decode().replace('<meta charset="utf-8">', '<meta charset="windows-1252">').encode("cp1252")
    assert extract(declared).title == "Élysée: « no comment »"


@pytest.mark.parametrize(
    "page", [b"", b"   ", b"\x00" * 100, b"<html></html>", b"<html><body><p>Please enable JavaScript.</p></body></html>", b"%PDF-1.4"]
)
def test_a_page_without_an_article_is_refused(page: bytes) -> None:
    with pytest.raises(NoArticle):
        extract(page)


def test_a_headline_and_its_page() -> None:
    page = Page("", "The Kremlin said that troops from North Korea were in Kursk.", None, None)
    assert belongs(page, "Kremlin confirms North Korean troops in Kursk")
    assert belongs(page, "")
    assert not belongs(Page("We value your privacy", "Accept all cookies or manage your choices.", None, None), TITLE)


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (" ".join(SENTENCES), "", "en"),
        (" ".join(SENTENCES), "de", "en"),
        (
            "Der Sprecher des Kreml hat am Montag gesagt, dass nordkoreanische Soldaten in der Region Kursk seien und dort gut kämpften.",
            "",
            "de",
        ),
        ("Официальный представитель МИД России заявила, что северокорейские военные находятся в Курской области, сообщает ТАСС.", "", "ru"),
        (
            "Liberian crisis: President Charles Taylor resigns as Nigerian peacekeepers enter the country, rebels hand over the port.",
            "",
            "en",
        ),
        ("Pyongyang silent on Kursk reports", "", None),
        ("Pyongyang silent on Kursk reports", "en-GB", None),
        ("Mãe de utente é a nova presidente", "pt-pt", "pt"),
        ("", "", None),
        ("1 2 3 4 5 6 7 8 9 " * 50, "", None),
        ("Kurz", "*!", None),
    ],
)
def test_language(text: str, declared: str, language: str | None) -> None:
    assert detect(text, declared) == language
