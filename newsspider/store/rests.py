"""When each host may be asked again, for all processes on all machines: rests that it asked for, and the gap after each request."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, case, insert, not_, select, update

from newsspider.store.database import Now, Part
from newsspider.store.rows import MICROSECOND
from newsspider.store.schema import rests

LONGEST_REST = timedelta(days=1)  # one further away comes from a clock that was set back since, and holds nothing

_SECOND = 1_000_000
_OF_HOST = rests.c.host == bindparam("of_host")
_AFTER_GAP = Now() + bindparam("gap", type_=BigInteger())
_REST = rests.c.not_before - Now()
_RESTING = and_(_REST > 0, _REST <= LONGEST_REST // MICROSECOND)
_LONGER = and_(_RESTING, rests.c.not_before > _AFTER_GAP)
_OF_TURN = rests.c.not_before == bindparam("taken", type_=BigInteger())

_TAKE = update(rests).where(_OF_HOST, not_(_RESTING)).values(not_before=_AFTER_GAP).returning(rests.c.not_before)
_SETTLE = update(rests).where(_OF_HOST, _OF_TURN).values(not_before=_AFTER_GAP)
# A rest that is there already is moved by a microsecond: it is no turn's any more, so that an answer does not shorten it.
_EXTEND = update(rests).where(_OF_HOST).values(not_before=case((_LONGER, rests.c.not_before + 1), else_=_AFTER_GAP))
_LEFT = select(_REST).where(_OF_HOST)
_MEET = insert(rests).values(host=bindparam("of_host"), not_before=0)


class Turn(NamedTuple):
    """`wait` is in how many seconds the host may be asked; where it is 0 the turn was taken, and the host rests until the moment `taken`."""

    wait: float
    taken: int = 0


class Rests(Part):
    """The database's clock counts, because those of the machines differ; what a method returns is seconds from now."""

    def next_turn(self, host: str, gap: float) -> Turn:
        """Take the host's turn if it does not rest now; nobody else may ask it for `gap` seconds then."""
        while True:
            with self._database.write(own_rows=True) as tx:
                if taken := tx.run(_TAKE, of_host=host, gap=_micros(gap)).fetchone():
                    return Turn(0.0, taken[0])
                left = tx.run(_LEFT, of_host=host).fetchone()
            if left is None:
                self._meet(host)
            elif left[0] > 0:
                return Turn(left[0] / _SECOND)

    def answered(self, host: str, turn: Turn, gap: float) -> None:
        """The request of a turn has ended: the host may be asked in `gap` seconds from now, sooner than the turn said, unless others made it rest."""
        with self._database.write(own_rows=True) as tx:
            tx.run(_SETTLE, of_host=host, taken=turn.taken, gap=_micros(gap))

    def rest(self, host: str, seconds: float) -> None:
        """The host is not asked for so many seconds from now, by anybody; a longer rest is not shortened."""
        self._meet(host)
        with self._database.write(own_rows=True) as tx:
            tx.run(_EXTEND, of_host=host, gap=_micros(seconds))

    def _meet(self, host: str) -> None:
        with self._database.write() as tx:  # in turn: another may meet the host now
            if not tx.run(_LEFT, of_host=host).fetchone():
                tx.run(_MEET, of_host=host)


def _micros(seconds: float) -> int:
    return round(seconds * _SECOND)
