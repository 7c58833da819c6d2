"""Undoes Content-Encoding piece by piece, counting what comes out. Pure.

Refuses bodies above a cap, more than a few gzip members one after another, and encodings that we did not ask for.
"""

import zlib

#: What we ask servers for: what the standard library undoes with a bound on its output.
ACCEPT = "gzip, deflate"
#: Concatenated members are legal and rare; thousands of empty ones cost time and yield nothing.
MOST_MEMBERS = 16
#: Never more than this is inflated before it is counted.
STEP = 65536


class TooLarge(Exception):
    """More than the cap came out, or went in."""


class BadEncoding(Exception):
    """The body is not encoded as its header says."""


class Inflater:
    """Collects a body of at most `cap` bytes from what arrives in the given Content-Encoding."""

    def __init__(self, encoding: str, cap: int) -> None:
        self._encoding = encoding.strip().lower()
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise BadEncoding(f"Content-Encoding {encoding!r} was not asked for")
        self._cap = cap
        self._taken = 0
        self._members = 0
        self._body = bytearray()
        self._engine: zlib._Decompress | None = None

    def feed(self, data: bytes) -> None:
        """Take the next bytes off the wire; TooLarge or BadEncoding where the body is not to be had."""
        self._taken += len(data)
        if self._taken > self._cap:
            raise TooLarge(f"more than {self._cap} bytes")
        if self._encoding in ("", "identity"):
            self._body += data
            return
        while data:
            data = self._inflate(data)

    def body(self) -> bytes:
        """What has been collected."""
        return bytes(self._body)

    def _inflate(self, data: bytes) -> bytes:
        if self._engine is None or self._engine.eof:
            if self._engine is not None and not data.startswith(b"\x1f\x8b"):
                return b""  # padding behind the last member, which browsers pass over too
            if self._members == MOST_MEMBERS:
                raise TooLarge(f"more than {MOST_MEMBERS} gzip members")
            self._members += 1
            self._engine = zlib.decompressobj(self._window(data))
        try:
            self._body += self._engine.decompress(data, STEP)
        except zlib.error as error:
            raise BadEncoding(f"is not {self._encoding}: {error}") from None
        if len(self._body) > self._cap:
            raise TooLarge(f"more than {self._cap} bytes after decompression")
        return self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail

    def _window(self, start: bytes) -> int:
        if self._encoding != "deflate":
            return zlib.MAX_WBITS | 16
        # "deflate" is zlib's format by the standard and raw deflate from some servers; zlib's first byte has 8 in its low half.
        return zlib.MAX_WBITS if start[0] & 0x0F == 8 else -zlib.MAX_WBITS
