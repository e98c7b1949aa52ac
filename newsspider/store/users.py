"""Who may use the web: named tokens, each with a role. A token is shown once and kept only as its SHA-256 digest: it is 256 random bits, so a
slow hash would protect nothing more."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from newsspider import clock
from newsspider.errors import StoreError
from newsspider.items import Role
from newsspider.store.database import Part, Transaction
from newsspider.store.rows import micros, moment
from newsspider.store.schema import users

OWNER = "owner"  # whoever has the token of the data folder; never in the table
KNOWN_SECONDS = 1.0  # how long a server may go by what it has read of a user; whoever removes one waits as long before saying so
NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


@dataclass(slots=True, frozen=True)
class User:
    """`digest` is of the token; who gets a new one is, to every session, another user."""

    name: str
    role: Role
    digest: str
    created_at: datetime


_BY_NAME = select(users).where(users.c.name == bindparam("of_name"))  # asked at every request


class Users(Part):
    def add_user(self, name: str, role: Role) -> str:
        """The new user's token, NAME.SECRET, which cannot be read again. Raises StoreError for a name that is taken or is none."""
        if not NAME.fullmatch(name) or name == OWNER:
            raise StoreError(f"{name!r}: a user's name is a small letter and up to 31 small letters, digits, _ or -, and not {OWNER!r}")
        token = f"{name}.{secrets.token_urlsafe(32)}"
        row = {"name": name, "role": role, "token_digest": digest(token), "created_at": micros(clock.now())}
        with self._database.write() as tx:
            if tx.connection.execute(select(users.c.name).where(users.c.name == name)).first():
                raise StoreError(f"there is a user {name} already; remove that one first")
            tx.connection.execute(insert(users).values(row))
        return token

    def users(self) -> list[User]:
        """All of them, by name."""
        with self._database.read() as tx:
            return [_user(row) for row in tx.connection.execute(select(users).order_by(users.c.name))]

    def user(self, name: str) -> User | None:
        row = self._database.row(_BY_NAME, of_name=name)
        return _user(row) if row else None

    def user_of(self, token: str) -> User | None:
        """Whose token this is. The comparison takes as long for every guess at a user's token."""
        name = token.partition(".")[0]
        user = self.user(name) if NAME.fullmatch(name) else None
        return user if user and hmac.compare_digest(user.digest, digest(token)) else None


def require_user(tx: Transaction, name: str) -> None:
    """Raises StoreError when there is none of that name, and it is not the owner's."""
    if name != OWNER and not tx.run(_BY_NAME, of_name=name).fetchone():
        raise StoreError(f"there is no user {name}")


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _user(row: Sequence[Any]) -> User:
    name, role, token_digest, created_at = row
    return User(name, Role(role), token_digest, moment(created_at))
