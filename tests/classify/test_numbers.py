import pytest

from classify.numbers import numbers


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("Some 11,000 soldiers and 1,500 more.", [11000, 1500]),
        ("More than 10 000 men", [10000]),
        ("1.5 million shells, 2.5 tonnes", [1500000]),
        ("two hundred instructors, a dozen advisers, three thousand five hundred men", [200, 12, 3500]),
        ("twenty-one captured; one hundred and twenty killed", [21, 120]),
        ("a man sent an army", []),
        ("$20 billion was paid", []),
        ("the 155th brigade, T-72 tanks", []),
        ("between 10,000 and 12,000", [10000, 12000]),
        ("a hundred thousand", [100000]),
        ("9" * 400, []),
        ("9" * 308 + " million and 20 men", [20]),
        ("million " * 90, []),
        ("one" + " hundred" * 90, []),
        ("\u0663\u0660\u0660 men", [300]),
    ],
)
def test_the_numbers_that_a_sentence_states(sentence: str, values: list[int]) -> None:
    assert [number.value for number in numbers(sentence)] == values


def test_a_number_knows_its_characters() -> None:
    sentence = "Kyiv counts about two hundred of them."
    (number,) = numbers(sentence)
    assert sentence[number.start : number.end] == "two hundred"
