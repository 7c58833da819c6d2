"""The child process that reads strangers' documents: a document in on stdin, JSON out on stdout, one after another.

Started by `workers`. Knows no network, database or log; memory is capped, and each job is ended by the kernel's own alarm.
"""

import json
import logging
import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any, BinaryIO

from pydantic import TypeAdapter

from ingest.document import Document, NoArticle, NotAFeed, Page
from ingest.extract import extract
from ingest.language import detect
from ingest.parse import parse

#: Address space of a child; a page of 4 MB takes some 200 MB as a tree.
MEMORY_BYTES = 1_500_000_000

DOCUMENT = TypeAdapter(Document)
PAGE = TypeAdapter(Page)


def parse_feed(body: bytes, address: str, charset: str) -> str:
    """A feed document's entries, as JSON of `parse.Document`."""
    return DOCUMENT.dump_json(parse(body, address, charset)).decode()


def read_page(body: bytes, address: str, charset: str, declared: str) -> str:
    """A page's article, as JSON of `extract.Page`."""
    return PAGE.dump_json(extract(body, address, charset, declared)).decode()


def detect_language(body: bytes, declared: str) -> str:
    """The language of UTF-8 text, as JSON."""
    return json.dumps(detect(body.decode("utf-8", "replace"), declared))


JOBS: dict[str, Callable[..., str]] = {"parse_feed": parse_feed, "read_page": read_page, "detect_language": detect_language}


def main() -> None:
    """Serve jobs until stdin ends, which it does when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent tells us by closing stdin
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    detect("x" * 200)  # load the model now, not within the first job's time
    send(sink, "ready", "null")
    while (job := receive(source)) is not None:
        name, seconds, arguments, body = job
        signal.setitimer(signal.ITIMER_REAL, seconds)  # default action: the process ends, even inside a loop of C code
        status, answer = work(name, arguments, body)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(sink, status, answer)


def work(name: str, arguments: dict[str, Any], body: bytes) -> tuple[str, str]:
    """The job's status (`ok` or `unreadable`) and its answer in JSON."""
    try:
        return "ok", JOBS[name](body, **arguments)
    except (NotAFeed, NoArticle) as error:
        return "unreadable", json.dumps(str(error))
    except (Exception, RecursionError, MemoryError) as error:  # a hostile document may raise anything out of a parser
        return "unreadable", json.dumps(f"reading it failed: {type(error).__name__}: {str(error)[:200]}")


def send(sink: BinaryIO, status: str, answer: str) -> None:
    """Write one frame: its length, then `[status, answer]` with the answer's JSON in it."""
    frame = f'["{status}",{answer}]'.encode("utf-8", "replace")
    sink.write(len(frame).to_bytes(4, "big") + frame)
    sink.flush()


def receive(source: BinaryIO) -> tuple[str, float, dict[str, Any], bytes] | None:
    """Read one job: lengths of header and body, header in JSON, body; None at the end."""
    lengths = source.read(8)
    if len(lengths) < 8:
        return None
    header = source.read(int.from_bytes(lengths[:4], "big"))
    body = source.read(int.from_bytes(lengths[4:], "big"))
    name, seconds, arguments = json.loads(header)
    return name, seconds, arguments, body


if __name__ == "__main__":
    main()
