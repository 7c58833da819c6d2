"""Letters in disguise to the plain letters that a reader takes them for: full-width, styled, joined, Cyrillic in a Latin word.

Leaves alone what is honest: words that are Cyrillic or Greek throughout, accents, superscripts, signs.
"""

import re
import unicodedata

#: Full-width forms, circled letters, mathematical and letterlike alphabets (as social media style them), ligatures (as PDFs leave them).
STYLED = re.compile(r"[\uff01-\uff5e\u24b6-\u24e9\u210a-\u2115\u2119-\u211d\u2124\u2128\u212c-\u2134\ufb00-\ufb06\U0001d400-\U0001d7ff]+")
#: Left Cyrillic, right Latin, and then Greek: letters that Unicode's confusables table (UTS 39) takes for one another.
CYRILLIC = str.maketrans("АВЕЅІЈКМНОРСТУХԌԚԜаеѕіјорсухһԁԛԝӏ", "ABESIJKMHOPCTYXGQWaesijopcyxhdqwl")
GREEK = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι", "ABEZHIKMNOPTYXovi")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
#: A word of any of the three alphabets, with the apostrophe inside it.
WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f'\u2019]+")


def plain_letters(text: str) -> str:
    """The text with its disguised letters replaced; a letter keeps its case, and a word becomes Latin only if all of it can."""
    if text.isascii():
        return text
    text = STYLED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return WORD.sub(_latin, text) if FOREIGN.search(text) else text


def _latin(word: re.Match[str]) -> str:
    if not (FOREIGN.search(word[0]) and LATIN.search(word[0])):
        return word[0]
    latin = word[0].translate(CYRILLIC).translate(GREEK)
    return word[0] if FOREIGN.search(latin) else latin
