"""The shipped model, loaded once for all tests of classify."""

import pytest

from classify.model import Model
from classify.tag import Tagger


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return Tagger(Model())
