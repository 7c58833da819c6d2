"""A second model that reads what the live one reads, so that a candidate is seen at work before it is served. It is only counted.

Refuses to be waited for: it has a thread and a short queue of its own, and what finds no room there is dropped. Writes to no log.
"""

import logging
import os
import queue
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from classify import metrics
from classify.labels import Mention
from classify.model import Model
from classify.sentences import Text
from classify.tag import Tagger

logger = logging.getLogger(__name__)

QUEUE = 32  # articles: two batches of the default size
NICENESS = 19  # what others leave of the processor: on two busy cores 10 cost the live model a tenth of its pace, 19 nothing to be measured
LOOK_SECONDS = 0.5
CLOSE_SECONDS = 5.0

Tagged = Sequence[Sequence[Mention]]  # one article's mentions, sentence by sentence


@contextmanager
def shadowing(folder: Path | None, *, retry_seconds: float = 60.0) -> Iterator["Shadow | None"]:
    """The shadow of the model in this folder, at work while inside; None where no folder is given."""
    if folder is None:
        yield None
        return
    shadow = Shadow(folder, retry_seconds)
    try:
        yield shadow
    finally:
        shadow.close()


class Shadow:
    """One model in one thread of low priority. Its caller only ever calls `offer`, which neither waits nor raises."""

    def __init__(self, folder: Path, retry_seconds: float) -> None:
        self._folder, self._retry_seconds = folder, retry_seconds
        self._queue: queue.Queue[tuple[Text, Tagged]] = queue.Queue(QUEUE)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shadow", daemon=True)
        self._thread.start()

    def offer(self, texts: Sequence[Text], tagged: Sequence[Tagged]) -> None:
        """Take these articles, with what the live model found in each, if there is room for them."""
        for pair in zip(texts, tagged, strict=True):
            try:
                self._queue.put_nowait(pair)
            except queue.Full:
                metrics.SHADOW_ARTICLES.labels("dropped").inc()

    def close(self) -> None:
        """Stop after the article at hand, or without it where it takes long; what waits is dropped."""
        self._stop.set()
        self._thread.join(CLOSE_SECONDS)
        while not self._queue.empty():
            self._queue.get_nowait()
            metrics.SHADOW_ARTICLES.labels("dropped").inc()

    def _run(self) -> None:
        _step_back()
        tagger = self._loaded()
        failed = False
        while tagger and not self._stop.is_set():
            try:
                text, live = self._queue.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
            try:
                with metrics.SHADOW_SECONDS.time():
                    (found,) = tagger.tag([text])
                count(live, found)
                metrics.SHADOW_ARTICLES.labels("read").inc()
            except Exception:
                metrics.SHADOW_ARTICLES.labels("failed").inc()
                if not failed:
                    logger.exception("the shadow model failed on an article; what else it fails on is only counted")
                failed = True

    def _loaded(self) -> Tagger | None:
        """The tagger, once it can be loaded; None where the service stops first."""
        while not self._stop.is_set():
            try:
                tagger = Tagger(Model(self._folder, threads=1))
            except Exception as error:
                logger.error("CLAIMWIRE_SHADOW_MODEL: %s Trying again every %.0f s; the live model is served.", error, self._retry_seconds)
                self._stop.wait(self._retry_seconds)
            else:
                metrics.SHADOW_MODEL.labels(tagger.model.name).set(1)
                logger.info("shadow model %s reads along", tagger.model.name)
                return tagger
        return None


def _step_back() -> None:
    """Give this thread's turn to others. Only Linux knows priorities of threads; elsewhere it would be the whole process."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, min(19, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS))


def count(live: Tagged, shadow: Tagged) -> None:
    """Count what both models found in one article, and what only one of them did: (sentence, topic, stance)."""
    kept, found = kinds(live), kinds(shadow)
    for by, those in (("both", kept & found), ("live", kept - found), ("shadow", found - kept)):
        for _, topic, stance in those:
            metrics.SHADOW_FINDINGS.labels(topic, stance, by).inc()


def kinds(mentions: Tagged) -> set[tuple[int, str, str]]:
    """Sentence, topic and stance of each mention of an article; no sentence has the same pair twice."""
    return {(sentence, mention.topic, mention.stance) for sentence, found in enumerate(mentions) for mention in found}
