"""A real PostgreSQL for tests: one server a session on a free port, each test its own database; gone when the session is.

Uses the server at CLAIMWIRE_TEST_POSTGRESQL (postgresql://user:password@host/name, allowed to create databases) where it is set.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url


class Missing(Exception):
    """The machine lacks PostgreSQL; says what to install."""


@contextmanager
def running() -> Iterator[str]:
    """The address of a server that runs while inside."""
    given = os.environ.get("CLAIMWIRE_TEST_POSTGRESQL")
    if given:
        yield given
        return
    programs = find_programs()
    home = Path(tempfile.mkdtemp(prefix="claimwire-postgresql-"))
    try:
        with started(programs, home) as port:
            yield f"postgresql://claimwire:secret@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The address of a new, empty database, dropped at the end."""
    name = f"test_{uuid4().hex[:12]}"
    execute(server, f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def find_programs() -> Path:
    """The folder that holds initdb and postgres, the newest of several."""
    on_path = shutil.which("postgres")
    found = [Path(on_path).parent] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    for folder in found:
        if (folder / "initdb").exists():
            return folder
    raise Missing("PostgreSQL is not installed (apt install postgresql, brew install postgresql) and CLAIMWIRE_TEST_POSTGRESQL is not set")


@contextmanager
def started(programs: Path, home: Path) -> Iterator[int]:
    """Run a server with its data in `home`; its port."""
    prefix = as_user(home)
    password = home / "password"
    password.write_text("secret")
    password.chmod(0o644)
    data = home / "data"
    options = f"-D {data} -U claimwire -A scram-sha-256 --pwfile={password} -E UTF8 --no-sync".split()
    subprocess.run([*prefix, programs / "initdb", *options], check=True, stdout=subprocess.DEVNULL, cwd="/")
    port = free_port()
    options = f"-p {port} -h 127.0.0.1 -k {home} -c fsync=off -c max_connections=200".split()
    with open(home / "server.log", "wb") as log:
        server = subprocess.Popen([*prefix, programs / "postgres", "-D", data, *options], stdout=log, stderr=log, cwd="/")
    try:
        wait_until_ready(port, server, home / "server.log")
        yield port
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: its data go with it
        server.wait(30)


def as_user(home: Path) -> list[str]:
    """The command that puts the server under another user where we are root, and ends it when we end."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0:
        return [setpriv, "--pdeathsig", "QUIT"] if setpriv else []
    if not setpriv:
        raise Missing("PostgreSQL does not run as root, and setpriv (apt install util-linux) is missing")
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    os.chown(home, user.pw_uid, user.pw_gid)
    return [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig", "QUIT"]


def wait_until_ready(port: int, server: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Return once the server answers a query."""
    deadline = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < deadline:
        try:
            return execute(f"postgresql://claimwire:secret@127.0.0.1:{port}/postgres", "SELECT 1")
        except Exception:
            time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")


def execute(server: str, statement: str) -> None:
    """Run one statement outside a transaction."""
    engine = create_engine(make_url(server).set(drivername="postgresql+pg8000"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def free_port() -> int:
    """A TCP port on 127.0.0.1 that was free just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
