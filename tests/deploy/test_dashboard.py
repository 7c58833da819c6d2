"""Holds the dashboard: its file is what deploy/dashboard.py makes, and each query asks for metrics that exist, by labels that they have."""

import json
import re
from typing import Any

import pytest

from deploy.dashboard import TARGET, dashboard, text
from docs.generate import metrics, series
from tests.deploy.promql import names_in

PANELS = [panel for panel in dashboard()["panels"] if panel["type"] != "row"]
LABELS = {name: set(one._labelnames) | {"le"} for entries in metrics().values() for one in entries for name in series(one)} | {
    "up": {"job"}
}


def test_the_file_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == text(), "run `make docs`"


def test_panels_have_ids_and_titles_of_their_own_and_do_not_overlap() -> None:
    panels = json.loads(text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    titles = [panel["title"] for panel in PANELS]
    assert len(set(titles)) == len(titles)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken
        taken |= cells


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_asks_for_metrics_that_exist(panel: dict[str, Any]) -> None:
    for query in panel["targets"]:
        names = names_in(query["expr"])
        assert names
        assert names <= LABELS.keys()
        asked = re.findall(r"by \(([^)]*)\)", query["expr"]) + re.findall(r"\{([a-z_]+)[=!]", query["expr"])
        assert {label.strip() for group in asked for label in group.split(",")} <= set.union(*(LABELS[name] for name in names))


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_legend_uses_labels_that_its_query_keeps(panel: dict[str, Any]) -> None:
    for query in panel["targets"]:
        kept = {label.strip() for group in re.findall(r"by \(([^)]*)\)", query["expr"]) for label in group.split(",")}
        assert set(re.findall(r"\{\{(\w+)\}\}", query["legendFormat"])) <= kept
