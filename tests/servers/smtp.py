"""A small SMTP server on a free loopback port, for one conversation at a time. Keeps what it is sent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Server:
    """Its port and what it got; `answers` overrides its answer to a command, such as {"RCPT": "450 later"}."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    def talk(self, connection: socket.socket) -> None:
        """Hold one conversation."""
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 loopback\r\n")
            while line := lines.readline():
                command = line.split(None, 1)[0].decode().upper()
                answer = self.answers.get(command) or {"QUIT": "221 bye", "DATA": "354 go on"}.get(command, "250 fine")
                connection.sendall(f"{answer}\r\n".encode())
                if answer.startswith("354"):
                    body = b"".join(iter(lines.readline, b".\r\n"))
                    self.letters.append(message_from_bytes(body, EmailMessage, policy=policy.default))
                    connection.sendall(b"250 taken\r\n")
                if command == "QUIT":
                    return


@contextmanager
def running() -> Iterator[Server]:
    """A server while inside."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = Server(door.getsockname()[1])

        def serve() -> None:
            while True:
                try:
                    connection, _ = door.accept()
                    server.talk(connection)
                except OSError:  # the client went away, or the door was closed
                    if door.fileno() < 0:
                        return

        threading.Thread(target=serve, daemon=True).start()
        yield server
        door.shutdown(socket.SHUT_RDWR)
