"""A few child processes that read strangers' documents, so that one which hangs is killed and nothing else stops.

Asyncio only, no thread is tied up. An answer is validated on reading: a child that a document took over can say only what its type allows.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from ingest.document import Document, Page

T = TypeVar("T")
#: Jobs of one child before a fresh one takes its place: what parsers leak goes with it.
JOBS_PER_CHILD = 2000
#: Starting takes 1 to 3 s (numpy, lxml); a machine under load gets more.
START_SECONDS = 60.0
LANGUAGE: TypeAdapter[str | None] = TypeAdapter(str | None)
DOCUMENT = TypeAdapter(Document)
PAGE = TypeAdapter(Page)


class Unreadable(Exception):
    """The document could not be read; says why in words."""


class Hung(Unreadable):
    """Reading took longer than allowed, or ended the child; it was killed."""


class Child:
    """One child process; not for two jobs at a time."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.jobs = 0

    @classmethod
    async def start(cls) -> Self:
        """A child that is ready to work."""
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        child = cls(await asyncio.create_subprocess_exec(sys.executable, "-m", "ingest.worker", stdin=PIPE, stdout=PIPE, env=environment))
        try:
            async with asyncio.timeout(START_SECONDS):
                await child._receive()
        except BaseException:
            await child.kill()
            raise
        return child

    async def ask(self, name: str, seconds: float, arguments: dict[str, Any], body: bytes) -> tuple[str, Any]:
        """The job's status and answer; asyncio.IncompleteReadError or OSError where the child ended."""
        assert self._process.stdin is not None
        self.jobs += 1
        header = json.dumps([name, seconds, arguments]).encode()
        self._process.stdin.write(len(header).to_bytes(4, "big") + len(body).to_bytes(4, "big") + header + body)
        await self._process.stdin.drain()
        return await self._receive()

    async def kill(self) -> None:
        """End the child at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _receive(self) -> tuple[str, Any]:
        assert self._process.stdout is not None
        length = int.from_bytes(await self._process.stdout.readexactly(4), "big")
        status, answer = json.loads(await self._process.stdout.readexactly(length))
        return status, answer


class Workers:
    """`count` children, started on entering. Each job has `timeout` to finish, its waiting for a child not counted."""

    def __init__(self, count: int, timeout: timedelta) -> None:
        self._count = count
        self._seconds = timeout.total_seconds()
        self._idle: asyncio.Queue[Child | None] = asyncio.Queue()  # None: a place whose child has yet to be started

    async def parse_feed(self, body: bytes, address: str, charset: str = "") -> Document:
        """The entries of a feed document; Unreadable where it is none."""
        return await self._run(DOCUMENT, "parse_feed", body, address=address, charset=charset)

    async def read_page(self, body: bytes, address: str, charset: str = "", declared: str = "") -> Page:
        """The article on a page; Unreadable where there is none."""
        return await self._run(PAGE, "read_page", body, address=address, charset=charset, declared=declared)

    async def detect_language(self, text: str, declared: str = "") -> str | None:
        """The language of a text; None where it is too short to tell."""
        return await self._run(LANGUAGE, "detect_language", text.encode("utf-8", "replace"), declared=declared)

    async def _run(self, kind: TypeAdapter[T], name: str, body: bytes, **arguments: Any) -> T:
        child = await self._idle.get()
        kept: Child | None = None
        try:
            child = child or await Child.start()
            async with asyncio.timeout(self._seconds + 1):  # the child's own alarm comes first
                status, answer = await child.ask(name, self._seconds, arguments, body)
            if status != "ok":
                kept = child
                raise Unreadable(str(answer))
            result = kind.validate_python(answer)
            kept = child if child.jobs < JOBS_PER_CHILD else None
            return result
        except (TimeoutError, asyncio.IncompleteReadError, OSError):
            raise Hung(f"took longer than {self._seconds:g} s to read, or more memory than allowed") from None
        except (ValidationError, ValueError) as error:
            raise Unreadable(f"the reader's answer is not valid: {error}") from None
        finally:
            if child is not None and kept is None:
                await asyncio.shield(child.kill())
            self._idle.put_nowait(kept)

    async def __aenter__(self) -> Self:
        for child in await asyncio.gather(*(Child.start() for _ in range(self._count))):
            self._idle.put_nowait(child)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        while not self._idle.empty():
            child = self._idle.get_nowait()
            if child is not None:
                await child.kill()
