import pytest

from classify.lookalikes import CYRILLIC, FOREIGN, GREEK, LATIN, plain_letters


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\uff2e\uff4f\uff52\uff54\uff48 \uff11\uff11\uff0c\uff10\uff10\uff10", "North 11,000"),
        ("\U0001d40d\U0001d428\U0001d42b\U0001d42d\U0001d421 \u24c3\u24de", "North No"),
        ("\U0001d43b\u210e", "Hh"),
        ("con\ufb01rmed, o\ufb03cial", "confirmed, official"),
        ("N\u043erth K\u043er\u0435\u0430'\u0455", "North Korea's"),
        ("\u039do\u0433th", "\u039do\u0433th"),  # one letter has no Latin likeness: the word is left as it is
        ("\u039f\u039cA\u039d", "OMAN"),
    ],
)
def test_a_disguised_letter_is_read_as_what_it_looks_like(text: str, plain: str) -> None:
    assert plain_letters(text) == plain


@pytest.mark.parametrize(
    "text", ["Москва", "ТАСС said", "Αθήνα", "Goïta, Erdoğan, Łódź", "½ x² ™ № 5 ©", "11,000", "“so”", "3 µm", "北京", ""]
)
def test_honest_text_is_left_alone(text: str) -> None:
    assert plain_letters(text) == text


def test_every_likeness_is_a_foreign_letter_and_a_latin_one_of_its_case() -> None:
    for foreign, latin in {**CYRILLIC, **GREEK}.items():
        assert FOREIGN.fullmatch(chr(foreign))
        assert LATIN.fullmatch(chr(latin))
        assert chr(foreign).isupper() == chr(latin).isupper() or chr(foreign) == "\u04cf"  # palochka, which has no case to show
