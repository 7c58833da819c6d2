"""Opening, migrating and judging errors of the database, on real SQLite and PostgreSQL."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tests.servers import postgresql
from wire.database import answers, is_outage, migrate, open_database, read_only

ENVIRONMENT = """
from alembic import context
attributes = context.config.attributes
context.configure(connection=attributes["connection"], version_table=attributes["version_table"])
context.run_migrations()
"""
FIRST = """
import sqlalchemy
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.create_table("things", sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True), sqlalchemy.Column("name", sqlalchemy.Text))
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A package with one migration, in a folder with a name that configuration files trip over."""
    migrations = tmp_path / "100%" / "service" / "migrations"
    (migrations / "versions").mkdir(parents=True)
    (migrations / "env.py").write_text(ENVIRONMENT)
    (migrations / "versions" / "0001_things.py").write_text(FIRST)
    return migrations.parent


@pytest.mark.parametrize("url", ["", "data/claimwire.db", "mysql://host/name", "sqlite://", "postgres//host"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"should be sqlite:///path/to/file or postgresql://user:password@host/name"):
        open_database(url)


def test_a_database_that_is_there_answers(engine: Engine) -> None:
    assert answers(engine) is None


@pytest.mark.parametrize(
    ("wrong", "said"), [({"port": 1}, "Can't create a connection"), ({"password": "guessed"}, "password authentication failed")]
)
def test_a_database_that_does_not_answer_is_one_line(postgresql_server: str, wrong: dict[str, Any], said: str) -> None:
    engine = open_database(make_url(postgresql_server).set(**wrong).render_as_string(hide_password=False))
    problem = answers(engine)
    engine.dispose()
    assert problem
    assert said in problem
    assert "\n" not in problem
    assert "guessed" not in problem


def test_migrates_and_does_nothing_the_second_time(engine: Engine, service: Path) -> None:
    migrate(engine, service)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO things (name) VALUES ('kept')"))
    migrate(engine, service)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM things")).scalars().all() == ["kept"]
        assert connection.execute(text("SELECT version_num FROM service_version")).scalar() == "0001"


def test_several_processes_migrate_at_once(database_url: str, service: Path) -> None:
    script = (
        f"from pathlib import Path\nfrom wire.database import migrate, open_database\n"
        f"input()\nmigrate(open_database({database_url!r}), Path({str(service)!r}))"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    said = [child.communicate("\n", 60)[1] for child in children]
    assert [child.returncode for child in children] == [0] * 4, said
    engine = open_database(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM things")).scalar() == 0
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine, service: Path) -> None:
    (service / "migrations" / "versions" / "0001_things.py").write_text(FIRST + "    raise RuntimeError('half-way')\n")
    with pytest.raises(RuntimeError, match="half-way"):
        migrate(engine, service)
    (service / "migrations" / "versions" / "0001_things.py").write_text(FIRST)
    migrate(engine, service)


def test_sqlite_survives_power_loss_and_holds_foreign_keys(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/deep/claimwire.db")
    with engine.connect() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode", "foreign_keys")}
    assert pragmas == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}
    engine.dispose()


def test_sqlite_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/claimwire.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY)"))
    with engine.begin() as writer:
        writer.execute(text("INSERT INTO things VALUES (1)"))
        with read_only(engine).begin() as reader:
            assert reader.execute(text("SELECT count(*) FROM things")).scalar() == 0
    engine.dispose()


def test_concurrent_writers_wait_for_each_other(engine: Engine) -> None:
    """SQLite's deferred transactions would fail here when two of them have read and then write."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (value INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def work() -> None:
        for _ in range(10):
            with engine.begin() as connection:
                lock = "" if engine.dialect.name == "sqlite" else " FOR UPDATE"
                value = connection.execute(text(f"SELECT value FROM counter{lock}")).scalar_one()
                connection.execute(text("UPDATE counter SET value = :value"), {"value": value + 1})

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM counter")).scalar() == 40


def test_a_wrong_statement_is_no_outage(engine: Engine) -> None:
    assert not is_outage(failure(engine, "SELECT nothing FROM nowhere"))


def test_a_broken_rule_is_no_outage(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO things VALUES (1)"))
    assert not is_outage(failure(engine, "INSERT INTO things VALUES (1)"))


def test_anything_else_is_no_outage() -> None:
    assert not is_outage(ValueError("database is locked"))
    assert not is_outage(SQLAlchemyError("network error"))


def test_sqlite_that_is_locked_full_or_away_is_an_outage(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/claimwire.db")
    impatient = open_database(f"sqlite:///{tmp_path}/claimwire.db")
    raw = impatient.raw_connection()
    raw.cursor().execute("PRAGMA busy_timeout = 50")
    raw.close()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE things (name TEXT)"))
        assert is_outage(failure(impatient, "INSERT INTO things VALUES ('x')"))
    impatient.dispose()
    engine.dispose()
    (tmp_path / "folder.db").mkdir()
    assert is_outage(failure(open_database(f"sqlite:///{tmp_path}/folder.db"), "SELECT 1"))
    small = open_database(f"sqlite:///{tmp_path}/claimwire.db")
    with small.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 3")
        with pytest.raises(DBAPIError) as full:
            connection.execute(text("INSERT INTO things VALUES (:much)"), {"much": "x" * 100_000})
    assert is_outage(full.value)
    small.dispose()


def test_postgresql_that_is_not_there_is_an_outage() -> None:
    engine = open_database(f"postgresql://claimwire:secret@127.0.0.1:{postgresql.free_port()}/claimwire")
    assert is_outage(failure(engine, "SELECT 1"))


def test_postgresql_that_refuses_us_is_no_outage(postgresql_database_url: str) -> None:
    for wrong in (postgresql_database_url + "x", postgresql_database_url.replace(":secret@", ":guessed@")):
        assert not is_outage(failure(open_database(wrong), "SELECT 1"))


def test_postgresql_gone_in_mid_transaction_is_an_outage_and_the_engine_recovers(postgresql_database_url: str) -> None:
    engine = open_database(postgresql_database_url)

    def shot() -> None:
        with engine.connect() as connection:  # leaving it rolls back, which may fail too
            us = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            postgresql.execute(postgresql_database_url, f"SELECT pg_terminate_backend({us})")
            connection.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError) as gone:
        shot()
    assert is_outage(gone.value)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


def test_postgresql_transactions_that_must_run_again_are_outages(postgresql_database_url: str) -> None:
    engine = open_database(postgresql_database_url)
    for code in ("40001", "40P01", "53300", "55P03", "57014", "25006", "58030"):
        assert is_outage(failure(engine, f"DO $$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = '{code}'; END $$")), code
    for code in ("22P02", "23505", "42601", "P0001"):
        assert not is_outage(failure(engine, f"DO $$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = '{code}'; END $$")), code
    engine.dispose()


def test_a_pool_that_is_empty_is_an_outage(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/claimwire.db")
    engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    taken = [read_only(engine).connect() for _ in range(15)]
    with pytest.raises(SQLAlchemyError) as empty:
        read_only(engine).connect()
    assert is_outage(empty.value)
    for one in taken:
        one.close()
    engine.dispose()


def failure(engine: Engine, statement: str) -> DBAPIError:
    """The error that this statement ends in."""
    with pytest.raises(DBAPIError) as raised, engine.begin() as connection:
        connection.execute(text(statement))
    return raised.value
