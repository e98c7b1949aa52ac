"""Users: named tokens with a role."""

from __future__ import annotations

import pytest

from newsspider.errors import StoreError
from newsspider.items import Role
from newsspider.store import Store


def test_a_token_is_its_users_and_is_kept_as_a_digest_only(store: Store) -> None:
    token = store.add_user("amal", Role.READER)
    user = store.user_of(token)
    assert user
    assert (user.name, user.role) == ("amal", Role.READER)
    assert token.startswith("amal.")
    assert token.partition(".")[2] not in user.digest
    assert len(user.digest) == 64


@pytest.mark.parametrize("guess", ["", "amal", "amal.", "amal.wrong", "nobody.x", ".", "\ud800", "x" * (1 << 20)])
def test_other_tokens_are_nobodys(store: Store, guess: str) -> None:
    token = store.add_user("amal", Role.READER)
    assert store.user_of(guess) is None
    assert store.user_of(token + "x") is None


def test_removed_users_are_gone_and_a_new_token_is_another(store: Store) -> None:
    first = store.add_user("amal", Role.READER)
    with pytest.raises(StoreError, match="already"):
        store.add_user("amal", Role.OPERATOR)
    store.remove_user("amal")
    assert store.user_of(first) is None
    second = store.add_user("amal", Role.OPERATOR)
    assert store.user_of(first) is None
    assert store.user_of(second)
    assert [(user.name, user.role) for user in store.users()] == [("amal", Role.OPERATOR)]
    with pytest.raises(StoreError, match="no user nobody"):
        store.remove_user("nobody")


@pytest.mark.parametrize("name", ["", "owner", "Amal", "أمل", "a.b", "a b", "1a", "a" * 33, "a/../b"])
def test_names_that_are_none_are_refused(store: Store, name: str) -> None:
    with pytest.raises(StoreError, match="name"):
        store.add_user(name, Role.READER)
