"""kill -9 between append, flush and saving: nothing is lost, and what comes twice has one id (architecture, steps 1 and 2)."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.settings import IngestSettings
from tests.ingest.running import Service, put_on_list
from tests.ingest.samples import Item
from tests.ingest.web import Web
from wire.settings import read

ROOT = Path(__file__).parents[2]
FIRST = [Item(f"First {number}", f"/first/{number}", published=None) for number in range(5)]
SECOND = [Item(f"Second {number}", f"/second/{number}", published=None) for number in range(5)]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_around_the_flush(web: Web, environment: dict[str, str], start: Callable[..., Service], moment: str) -> None:
    environment["CLAIMWIRE_FULL_TEXT"] = "no"
    web.feed("/feed", *FIRST, *SECOND, etag='"e"')  # the ETag: were the state saved too early, a 304 would hide the lost ones
    put_on_list(read(IngestSettings, environment), [web.url("/feed")])
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.ingest.killed", moment], cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "hanging\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    service = start()
    titles = [article.title for article in service.articles(10)]
    assert set(titles) == {item.title for item in (*FIRST, *SECOND)}
    service.feed(lambda feed: feed.succeeded is not None)
    by_title = {(article.title, article.id) for article in service.articles()}
    assert len(by_title) == 10
    assert len(service.articles()) < 20  # what was saved before the kill is not sent again
