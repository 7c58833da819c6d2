"""Builds the wheel and looks inside: what lies in a package is shipped, tests and tools are not."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("wire", "ingest", "classify", "alerts", "demo", "whole")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel of what git tracks."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", str(folder / "clone")], check=True)
    building = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        ".",
    ]
    subprocess.run(building, cwd=folder / "clone", check=True, timeout=100)
    (wheel,) = folder.glob("claimwire-*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_file_of_a_package_is_in_the_wheel(shipped: set[str]) -> None:
    tracked = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert set(tracked) - shipped == set()


def test_nothing_else_is_in_the_wheel(shipped: set[str]) -> None:
    tops = {name.split("/")[0] for name in shipped if ".dist-info/" not in name}
    assert tops == {*PACKAGES, "claimwire.py"}


def test_the_licence_is_in_the_wheel(shipped: set[str]) -> None:
    assert any(name.endswith("/licenses/LICENSE") for name in shipped)
