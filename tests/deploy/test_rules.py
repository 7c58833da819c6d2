"""Runs promtool on the scrape configuration, the rules and their unit tests; every alarm is tested and in the runbook."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from docs.generate import metrics, series
from tests.deploy.promql import names_in

ROOT = Path(__file__).parent.parent.parent
RULES = ROOT / "deploy/prometheus/rules.yml"
TESTS = ROOT / "tests/deploy/rules_test.yml"
ALARMS = [rule for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]
NAMES = [alarm["alert"] for alarm in ALARMS]


@pytest.mark.parametrize(
    "arguments",
    [("check", "config", "deploy/prometheus/prometheus.yml"), ("check", "rules", RULES), ("test", "rules", TESTS)],
    ids=["configuration", "rules", "unit tests"],
)
def test_promtool_is_content(arguments: tuple[str, ...]) -> None:
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed (apt install prometheus)")
    done = subprocess.run(["promtool", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alarm", ALARMS, ids=NAMES)
def test_an_alarm_reads_declared_metrics_only(alarm: dict[str, str]) -> None:
    declared = {name for entries in metrics().values() for one in entries for name in series(one)} | {"up"}
    assert names_in(alarm["expr"])
    assert names_in(alarm["expr"]) <= declared


@pytest.mark.parametrize("alarm", ALARMS, ids=NAMES)
def test_an_alarm_has_a_test_in_which_it_fires(alarm: dict[str, str]) -> None:
    tests = yaml.safe_load(TESTS.read_text(encoding="utf-8"))["tests"]
    fired = {one["alertname"] for test in tests for one in test.get("alert_rule_test", ()) if one["exp_alerts"]}
    assert alarm["alert"] in fired


@pytest.mark.parametrize("alarm", ALARMS, ids=NAMES)
def test_the_runbook_says_what_to_do(alarm: dict[str, str]) -> None:
    assert f"### {alarm['alert']}\n" in (ROOT / "docs/operations.md").read_text(encoding="utf-8")
