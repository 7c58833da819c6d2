"""The world as it is shipped, read once."""

import pytest

from demo.world import World


@pytest.fixture(scope="session")
def world() -> World:
    return World.load()
