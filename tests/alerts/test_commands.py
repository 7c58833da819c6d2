import argparse

import pytest

from alerts.commands import add_commands


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(required=True))
    args = parser.parse_args(arguments)
    return int(args.run(args))


@pytest.fixture(autouse=True)
def ledger(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMWIRE_DATABASE", database_url)


def test_a_subscription_s_life(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("subscriptions", "list") == 0
    assert "subscriptions add" in capsys.readouterr().err
    assert (
        command(
            "subscriptions", "add", "Moscow desk", "https://example.org/TOKEN", "--force", "KP", "--force", "CN", "--least-score", "0.7"
        )
        == 0
    )
    told = capsys.readouterr().out
    assert "https://example.org/****" in told
    assert "whsec_" in told
    command("subscriptions", "list")
    listed = capsys.readouterr().out
    assert "Moscow desk" in listed
    assert "force CN, KP; score 0.7 and up" in listed
    assert "TOKEN" not in listed
    assert "whsec_" not in listed
    assert command("subscriptions", "remove", "Moscow desk") == 0
    command("subscriptions", "list")
    assert "no" in capsys.readouterr().out.splitlines()[-1].split()


def test_what_cannot_be_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="sides: 'QQ' is not known"):
        command("subscriptions", "add", "x", "terminal:", "--side", "QQ")
    with pytest.raises(ValueError, match="no subscription 'x'"):
        command("subscriptions", "remove", "x")
    with pytest.raises(SystemExit) as ended:
        command("subscriptions", "add", "x", "terminal:", "--least-score", "7")
    assert ended.value.code == 2
    assert "a number from 0 to 1" in capsys.readouterr().err
