"""Rows of many things in one question."""

from dailyfresh_core.db.together import of_each, once, together

asked: list[list[str]] = []


def find(ids: list[str]) -> dict[str, str]:
    asked.append(ids)
    return {id_: id_ * 2 for id_ in ids if id_ != "c"}


def test_alone_each_is_asked_for_by_itself() -> None:
    asked.clear()
    assert [of_each(find, "a"), of_each(find, "c"), of_each(find, "a")] == ["aa", None, "aa"]
    assert asked == [["a"], ["c"], ["a"]]


def test_together_they_are_asked_for_once_and_others_by_themselves() -> None:
    asked.clear()
    with together(["a", "b", "c", "a"]):
        assert [of_each(find, id_) for id_ in "abcd"] == ["aa", "bb", None, "dd"]
    assert asked == [["a", "b", "c"], ["d"]]
    of_each(find, "a")
    assert asked[-1] == ["a"]


def test_what_is_the_same_for_all_is_made_once() -> None:
    made = iter(range(9))
    with together(["a"]):
        assert [once("rules", lambda: next(made)) for _ in range(3)] == [0, 0, 0]
    assert [once("rules", lambda: next(made)) for _ in range(2)] == [1, 2]
