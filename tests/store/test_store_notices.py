"""Notices open, go on and end, and each is told once."""

from __future__ import annotations

from datetime import timedelta

from newsspider import clock
from newsspider.store import Condition, Notice, NoticeKind, Receiver, Store


def condition(subject: str, articles: int = 0) -> Condition:
    return Condition(subject, f"{articles} articles", {"articles": articles})


def messages_of(notice: Notice) -> list[tuple[Receiver, str]]:
    return [(Receiver("webhook", None), notice.text), (Receiver("mail", None), notice.text)]


def test_a_condition_is_told_once_however_long_it_goes_on(store: Store) -> None:
    store.set_notices(NoticeKind.SILENT, "levant", [condition("volume", 1)])
    (new,) = store.notices()
    assert store.tell_notices(messages_of) == 1
    with clock.fixed(clock.now() + timedelta(hours=1)):
        store.set_notices(NoticeKind.SILENT, "levant", [condition("volume", 2)])
    assert store.tell_notices(messages_of) == 0
    (notice,) = store.notices()
    assert (notice.id, notice.text, notice.facts, notice.ended_at) == (new.id, "2 articles", {"articles": 2}, None)
    assert notice.last_at - notice.first_at >= timedelta(hours=1)
    assert sorted(message.receiver.channel for message in store.messages("pending")) == ["mail", "webhook"]
    assert sorted(receiver.channel for receiver in store.due_receivers()) == ["mail", "webhook"]


def test_what_began_and_ended_since_is_told_as_both(store: Store) -> None:
    store.set_notices(NoticeKind.SILENT, "levant", [condition("volume", 1)])
    store.set_notices(NoticeKind.SILENT, "levant", [])
    told: list[bool] = []

    def told_of(notice: Notice) -> list[tuple[Receiver, str]]:
        told.append(notice.ended_at is None)
        return messages_of(notice)

    assert (store.tell_notices(told_of), store.tell_notices(told_of)) == (2, 0)
    assert told == [True, False]
    assert len(store.messages("pending")) == 4


def test_a_condition_that_has_passed_ends_and_may_come_again(store: Store) -> None:
    store.set_notices(NoticeKind.SOFT_404, "levant", [condition("a"), condition("b")])
    store.set_notices(NoticeKind.SOFT_404, "gulf", [condition("a")])
    store.set_notices(NoticeKind.SOFT_404, "levant", [condition("b")])
    assert {(notice.source, notice.subject) for notice in store.notices(ended=False)} == {("levant", "b"), ("gulf", "a")}
    assert [notice.subject for notice in store.notices() if notice.ended_at] == ["a"]
    assert {notice.source for notice in store.notices("gulf", limit=1)} == {"gulf"}
    store.set_notices(NoticeKind.SOFT_404, "levant", [condition("a"), condition("b")])
    assert len(store.notices()) == 4
