import json
import shutil
from pathlib import Path

import pytest

from classify.model import CARD, FILES, WEIGHTS, Model, ModelError
from classify.windows import laid_out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(WEIGHTS, tmp_path / "weights"))


def test_the_shipped_weights_are_small_enough_to_keep_in_git() -> None:
    sizes = [path.stat().st_size for path in WEIGHTS.iterdir()]
    assert sum(sizes) < 140_000_000
    assert max(sizes) < 95_000_000


def test_the_model_names_itself_and_its_hash() -> None:
    card = json.loads((WEIGHTS / CARD).read_text("utf-8"))
    assert Model().name == f"{card['name']}@{card['hash'][:12]}"


@pytest.mark.parametrize("name", [*FILES, CARD])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=str(folder / name)):
        Model(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_refused(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match="is not the file"):
        Model(folder)


def test_other_labels_are_refused(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text("utf-8"))
    card["labels"]["kinds"].reverse()
    (folder / CARD).write_text(json.dumps(card), "utf-8")
    with pytest.raises(ModelError, match="other labels"):
        Model(folder)


def test_a_card_that_is_no_json_is_refused(folder: Path) -> None:
    (folder / CARD).write_text("{", "utf-8")
    with pytest.raises(ModelError, match="not JSON"):
        Model(folder)


def test_the_gate_judges_a_sentence_by_what_is_before_it() -> None:
    model = Model()

    def last(*sentences: str) -> float:
        return float(model.gate(laid_out(model.tokeniser, "", sentences))[-1])

    assert last("Kyiv says North Korean troops are fighting in Kursk.", "Moscow's spokesman denied it.") >= 0
    assert last("The museum opens in spring.", "Its director denied it.") < 0


def test_the_gate_of_nothing_is_nothing() -> None:
    model = Model()
    assert model.gate(laid_out(model.tokeniser, "Title", [])).shape == (0,)
