import pytest

from app.offline.classes import class_ids

LABELS = ("person", "car", "traffic light")


def test_classes_are_found_by_name_and_by_number() -> None:
    assert class_ids(["Traffic Light", " person ", "1"], LABELS) == {0, 1, 2}


@pytest.mark.parametrize("name", ["dog", "3", "-1", "1.5", ""])
def test_an_unknown_class_is_refused_and_the_known_ones_are_named(name: str) -> None:
    with pytest.raises(ValueError, match="the model knows person, car, traffic light"):
        class_ids([name], LABELS)


def test_of_many_classes_only_some_are_named() -> None:
    with pytest.raises(ValueError, match=r"c0, .*c11 and 68 more"):
        class_ids(["dog"], tuple(f"c{number}" for number in range(80)))


def test_without_labels_any_number_is_taken_and_no_name() -> None:
    assert class_ids(["70"], ()) == {70}
    with pytest.raises(ValueError, match="so use numbers"):
        class_ids(["dog"], ())
