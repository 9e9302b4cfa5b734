"""What a backend of one's own has to pass: inherit the suite in a test module and give it the fixture it asks for."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from django.contrib.sessions.backends.cache import SessionStore

from .history import History, Visitor
from .pages.base import PageWriter


def guest() -> Visitor:
    """Somebody nobody has seen before."""
    return Visitor(user_id=None, session=SessionStore())


class HistoryContract:
    """Asks for a fixture `make_history`: a callable that takes `length` and gives an empty `History`."""

    def test_the_newest_comes_first_and_each_once(self, make_history: Callable[..., History]) -> None:
        history, visitor = make_history(length=5), guest()
        for sku_id in ("1", "2", "1"):
            history.visit(visitor, sku_id)
        assert history.visit(visitor) == ["1", "2"]

    def test_it_keeps_no_more_than_its_length(self, make_history: Callable[..., History]) -> None:
        history, visitor = make_history(length=3), guest()
        for number in range(6):
            history.visit(visitor, str(number))
        assert history.visit(visitor) == ["5", "4", "3"]

    def test_looking_without_a_sku_records_nothing(self, make_history: Callable[..., History]) -> None:
        history, visitor = make_history(length=3), guest()
        assert history.visit(visitor) == []
        assert visitor.session is not None
        assert not visitor.session.modified

    def test_visitors_do_not_see_each_other(self, make_history: Callable[..., History]) -> None:
        history, one, other = make_history(length=3), guest(), guest()
        history.visit(one, "1")
        assert history.visit(other) == []

    def test_what_a_guest_saw_comes_before_what_the_user_saw(self, make_history: Callable[..., History]) -> None:
        history = make_history(length=4)
        session = SessionStore()
        history.visit(Visitor(user_id=None, session=session), "1")
        history.visit(Visitor(user_id=None, session=session), "2")
        user = Visitor(user_id="7", session=session)
        history.merge(user)
        history.merge(user)  # a login that is repeated changes nothing
        assert history.visit(user)[:2] == ["2", "1"]

    def test_a_user_is_forgotten_without_trace(self, make_history: Callable[..., History]) -> None:
        history, session = make_history(length=4), SessionStore()
        history.visit(Visitor(user_id="8", session=session), "1")
        history.forget("8")
        assert history.visit(Visitor(user_id="8", session=SessionStore())) == []


class PageWriterContract:
    """Asks for a fixture `make_writer`: a callable that gives a `PageWriter`, the same place at every call."""

    def test_what_is_written_is_read_and_listed(self, make_writer: Callable[[], PageWriter]) -> None:
        make_writer().write("/a/b/", b"page")
        to = make_writer()
        assert to.read("/a/b/") == b"page"
        assert list(to.paths()) == ["/a/b/"]
        assert to.written_at("/a/b/") is not None

    def test_what_is_not_there_is_none(self, make_writer: Callable[[], PageWriter]) -> None:
        to = make_writer()
        assert to.read("/a/") is None
        assert to.written_at("/a/") is None
        to.remove("/a/")

    def test_a_page_that_is_removed_leaves_those_below(self, make_writer: Callable[[], PageWriter]) -> None:
        to = make_writer()
        for path in ("/", "/a/", "/a/b/"):
            to.write(path, b"page")
        to.remove("/a/")
        assert sorted(to.paths()) == ["/", "/a/b/"]

    def test_one_drains_at_a_time(self, make_writer: Callable[[], PageWriter]) -> None:
        with make_writer().draining() as first, make_writer().draining() as second:
            assert (first, second) == (True, False)
        with make_writer().draining() as again:
            assert again

    def test_a_page_is_locked_until_it_is_written(self, make_writer: Callable[[], PageWriter]) -> None:
        inside, seen = Event(), []

        def second() -> None:
            with make_writer().lock("/a/"):
                seen.append(make_writer().read("/a/"))

        with make_writer().lock("/a/"):
            thread = Thread(target=second)
            thread.start()
            assert not inside.wait(0.05)
            make_writer().write("/a/", b"first")
        thread.join(5)
        assert seen == [b"first"]

    def test_a_rebuild_is_served_when_it_is_whole(self, make_writer: Callable[[], PageWriter]) -> None:
        to = make_writer()
        to.write("/old/", b"old")
        with to.rebuild("2") as aside:
            aside.write("/a/", b"new")
            assert list(make_writer().paths()) == ["/old/"]
        assert list(make_writer().paths()) == ["/a/"]

    def test_a_page_that_others_wrote_to_the_new_set_is_known(self, make_writer: Callable[[], PageWriter]) -> None:
        to = make_writer()
        to.write("/a/", b"old")
        assert not to.has_newer("/a/")
        with to.rebuild("2") as aside:
            assert not aside.has_newer("/a/")
            make_writer().write("/a/", b"changed")
            assert aside.has_newer("/a/")

    def test_a_change_during_a_rebuild_is_served_at_once_and_after(self, make_writer: Callable[[], PageWriter]) -> None:
        to = make_writer()
        to.write("/a/", b"old")
        with to.rebuild("2") as aside:
            aside.write("/a/", b"old")
            make_writer().write("/a/", b"changed")
            assert make_writer().read("/a/") == b"changed"
        assert make_writer().read("/a/") == b"changed"

    def test_a_rebuild_that_fails_changes_nothing(self, make_writer: Callable[[], PageWriter]) -> None:
        to: Any = make_writer()
        to.write("/old/", b"old")
        try:
            with to.rebuild("2"):
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        assert list(make_writer().paths()) == ["/old/"]
