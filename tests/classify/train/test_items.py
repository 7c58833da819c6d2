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


def test_the_projects_own_data_is_right() -> None:
    files = sorted((Path(__file__).parents[3] / "classify" / "train" / "data").glob("*.txt"))
    items = [item for path in files for item in read_items(path)]
    assert len(items) >= 2740
    assert len({item["id"] for item in items}) == len(items)
