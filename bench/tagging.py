"""How fast articles go through classify, by how many of them bear on the subject: all in one run, so that the ratios hold anywhere.

What bears on it are this project's own demo stories, put together to 600 words; what does not is bench/general.txt.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from classify.model import Model
from classify.sentences import Text, split
from classify.tag import Tagger
from classify.windows import laid_out
from demo.world import World

WORDS = 600
ARTICLES = 60
GENERAL = Path(__file__).parent / "general.txt"


def relevant() -> list[str]:
    """Texts of 600 words about foreign troops and escalation, each from another story on."""
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


def general() -> list[str]:
    """Texts of 600 words about anything else."""
    return [article.partition("\n")[2].strip() for article in GENERAL.read_text("utf-8").split("# ")[1:]]


def stream(every: int) -> list[str]:
    """ARTICLES texts of which one in `every` bears on the subject."""
    on, off = relevant(), general()
    return [on[number] if number % every == 0 else off[number % len(off)] for number in range(ARTICLES)]


def seconds(work: Callable[[], object]) -> float:
    """The fastest of three runs, in seconds: what the machine does when nothing else disturbs it."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def tag(texts: Sequence[str], tagger: Tagger) -> None:
    """What the service does with a batch: split, then tag."""
    tagger.tag([Text("", split(text).sentences) for text in texts])


def main() -> None:
    """Print the figures."""
    passed: list[int] = []
    tagger = Tagger(Model(), passed.append)
    texts = stream(1)
    prepared = seconds(lambda: [laid_out(tagger.model.tokeniser, "", split(text).sentences) for text in texts])
    print(f"split and tokenise alone: {ARTICLES / prepared:.0f} articles of {WORDS} words a second")
    for every in (10, 3, 1):
        texts = stream(every)
        passed.clear()
        took = seconds(lambda: tag(texts, tagger))  # noqa: B023
        share = sum(passed) / 3 / sum(len(split(text).sentences) for text in texts)
        print(f"1 in {every:2} on the subject: {ARTICLES / took:5.1f} articles a second; {share:.0%} of the sentences pass the gate;")
        print(f"                       {took / prepared:.1f} times as long as splitting and tokenising alone")


if __name__ == "__main__":
    main()
