"""Work that is repeated in the background."""

import threading

import pytest

from cache.background import Repeater


def test_work_waits_for_the_next_cause_when_the_system_denies_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    has_ended = threading.Event()
    repeater = Repeater(at_end=has_ended.set)

    def first() -> bool:
        done.append("first")
        return True

    def second() -> bool:
        done.append("second")
        return True

    def deny(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", deny)
        repeater.repeat(first)
    assert done == []
    repeater.repeat(second)
    assert has_ended.wait(60)
    assert sorted(done) == ["first", "second"]
    assert repeater.thread is None
