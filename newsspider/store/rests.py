"""When each host may be asked again, for all processes on all machines: rests that it asked for, and the gap after each request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, case, insert, not_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from newsspider.store.database import Now, Part
from newsspider.store.rows import MICROSECOND
from newsspider.store.schema import rests

LONGEST_REST = timedelta(days=1)  # one further away comes from a clock that was set back since, and holds nothing

_SECOND = 1_000_000
_OF_HOST = rests.c.host == bindparam("of_host")
_GAP = bindparam("gap", type_=BigInteger())
_REST = rests.c.not_before - Now()
_RESTING = and_(_REST > 0, _REST <= LONGEST_REST // MICROSECOND)


def _later(condition: ColumnElement[bool], start: ColumnElement[int]) -> ReturningUpdate[Any]:
    return update(rests).where(_OF_HOST, condition).values(not_before=start + _GAP).returning(_REST - _GAP)


_TAKE_TURN = _later(not_(and_(_RESTING, bindparam("longest") < _REST)), case((_RESTING, rests.c.not_before), else_=Now()))
_EXTEND = _later(not_(and_(_RESTING, _REST >= _GAP)), Now())
_LEFT = select(_REST).where(_OF_HOST)
_MEET = insert(rests).values(host=bindparam("of_host"), not_before=0)


class Rests(Part):
    """The database's clock counts, because those of the machines differ; what a method returns is seconds from now."""

    def next_turn(self, host: str, gap: float, longest: float) -> float:
        """Take the host's next turn: in how many seconds it may be asked; it rests for `gap` seconds after that.

        When that is further away than `longest`, the turn is not taken.
        """
        micros = {"of_host": host, "gap": round(gap * _SECOND), "longest": round(longest * _SECOND)}
        while True:
            with self._database.write(own_rows=True) as tx:
                taken = tx.run(_TAKE_TURN, **micros).fetchone()
                left = taken or tx.run(_LEFT, of_host=host).fetchone()
            if taken or (left and left[0] > micros["longest"]):
                return max(0.0, float(left[0]) / _SECOND)
            if not left:
                self._meet(host)

    def rest(self, host: str, seconds: float) -> None:
        """The host is not asked for so many seconds from now, by anybody; a longer rest is not shortened."""
        self._meet(host)
        with self._database.write(own_rows=True) as tx:
            tx.run(_EXTEND, of_host=host, gap=round(seconds * _SECOND))

    def _meet(self, host: str) -> None:
        with self._database.write() as tx:  # in turn: another may meet the host now
            if not tx.run(_LEFT, of_host=host).fetchone():
                tx.run(_MEET, of_host=host)
