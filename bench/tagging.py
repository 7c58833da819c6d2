"""How fast classify reads, beside splitting and tokenising the same text: both in one run, so that the ratio holds anywhere.

The articles are this project's own demo stories, repeated to 600 words.
"""

import time
from collections.abc import Callable

from classify.model import Model
from classify.sentences import Text, split
from classify.tag import Tagger
from classify.windows import laid_out, windows
from demo.world import World

ARTICLES = 24
WORDS = 600


def texts() -> list[str]:
    """Texts of 600 words, each from another story on."""
    paragraphs = [paragraph for story in World.load().stories.values() for paragraph in story.paragraphs]
    found = []
    for number in range(ARTICLES):
        words: list[str] = []
        for paragraph in paragraphs[number * 7 :]:
            if len(words) >= WORDS:
                break
            words.extend([*paragraph.split(), "\n"])
        found.append(" ".join(words))
    return found


def seconds(work: Callable[[], object]) -> float:
    """The fastest of three runs, in seconds: what the machine does when nothing else disturbs it."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    """Print the figures."""
    tagger = Tagger(Model())
    given = texts()
    laid = [Text("", split(text).sentences) for text in given]
    prepared = seconds(lambda: [windows(laid_out(tagger.model.tokeniser, "", split(text).sentences)) for text in given])
    read = seconds(lambda: tagger.tag(laid))
    print(f"split and tokenise: {ARTICLES / prepared:.0f} articles of {WORDS} words a second")
    print(f"read by the model:  {ARTICLES / read:.1f} articles of {WORDS} words a second")
    print(f"ratio read / split and tokenise: {read / prepared:.1f}")


if __name__ == "__main__":
    main()
