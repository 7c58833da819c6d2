import gzip
import json
from pathlib import Path

import pytest

from classify.items import ItemError
from classify.train.items import read_items

WRITTEN = """@ a-1 | 2021-11-03T09:00:00Z | a paper | mali | Who is in Mali?
- EU officials put the number of Russians at 1,000.
= ft allege RU@ML EU 1000 | EU officials
- It rained.
@ a-2 | 2021-11-04T09:00:00Z | a paper | mali | More
- Bamako denied it.
= ft deny RU,BY@ML ML - | Bamako
= es background -@- - - | -
"""


def test_the_written_form(tmp_path: Path) -> None:
    path = tmp_path / "items.txt"
    path.write_text(WRITTEN)
    first, second = read_items(path)
    assert (first["id"], first["title"], first["scenario"]) == ("a-1", "Who is in Mali?", "mali")
    (mention,) = first["sentences"][0]["mentions"]
    assert mention == {
        "topic": "foreign_troops", "stance": "allege", "force": ["RU"], "place": "ML", "speaker": "EU officials", "speaker_side": "EU",
        "count": 1000,
    }  # fmt: skip
    assert first["sentences"][1]["mentions"] == []
    denied, told = second["sentences"][0]["mentions"]
    assert denied["force"] == ["BY", "RU"]
    assert (told["force"], told["place"], told["speaker"], told["speaker_side"]) == ([], None, None, None)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("= ft alege RU@ML EU - | -", "stance alege"),
        ("= xx deny RU@ML ML - | Bamako", "topic xx"),
        ("= ft deny Russia@ML ML - | Bamako", "force Russia"),
        ("= ft deny RU@ML ML - | Paris", "speaker not in the sentence: Paris"),
        ("= ft deny RU ML", "not a mention line"),
        ("stray words", "neither item, sentence nor mention"),
        ("@ a | b", "five parts"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, cause: str) -> None:
    path = tmp_path / "items.txt"
    path.write_text(f"@ a | 2021-11-03 | o | s | T\n- Bamako denied it.\n{line}\n")
    with pytest.raises(ItemError, match=cause) as error:
        list(read_items(path))
    assert f"{path}:3" in str(error.value)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder of gathered texts: a row of tokens and an item of two sentences."""
    rows = {
        "ner.jsonl.gz": {"tokens": ["It", "'s", "not", '"', "true", '"', ",", "Bamako", "said", "."]},
        "news.jsonl.gz": {"id": "n-1", "text": "Bamako denied it. It rained."},
    }
    for name, row in rows.items():
        with gzip.open(tmp_path / name, "wt") as file:
            file.write(json.dumps(row) + "\n")
    return tmp_path


def test_a_cited_sentence_is_read_from_its_text(tmp_path: Path, texts: Path) -> None:
    path = tmp_path / "items.txt"
    path.write_text("@ a | 2021-11-03 | o | s | T\n- ner.jsonl.gz#0\n= ft deny RU@ML ML - | Bamako\n- news.jsonl.gz#n-1.1\n")
    (item,) = read_items(path, texts)
    assert [s["text"] for s in item["sentences"]] == ['It\'s not "true", Bamako said.', "It rained."]
    assert item["sentences"][0]["mentions"][0]["speaker"] == "Bamako"


@pytest.mark.parametrize(
    ("cited", "cause"), [("ner.jsonl.gz#9", "ner.jsonl.gz: has no 9"), ("lost.jsonl.gz#1", "lost.jsonl.gz: not there.*--texts")]
)
def test_a_citation_of_nothing_is_named(tmp_path: Path, texts: Path, cited: str, cause: str) -> None:
    path = tmp_path / "items.txt"
    path.write_text(f"@ a | 2021-11-03 | o | s | T\n- {cited}\n")
    with pytest.raises(ItemError, match=cause):
        list(read_items(path, texts))


def test_labels_of_gathered_texts_fit_them() -> None:
    root = Path(__file__).parents[3]
    if not (root / "../shared/data").exists():
        pytest.skip("needs ../shared/data, the gathered texts")
    items = [
        item for path in sorted((root / "classify/train/data/real").glob("*.txt")) for item in read_items(path, root / "../shared/data")
    ]
    assert len(items) > 1000


def test_the_projects_own_data_is_right() -> None:
    files = sorted((Path(__file__).parents[3] / "classify" / "train" / "data").glob("*.txt"))
    items = [item for path in files for item in read_items(path)]
    assert len(items) >= 2740
    assert len({item["id"] for item in items}) == len(items)
