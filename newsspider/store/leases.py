"""Named leases: one process at a time delivers to an index, or does whatever else only one may do."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert, select

from newsspider import clock
from newsspider.store.database import Part
from newsspider.store.owner import Owner, is_live
from newsspider.store.rows import micros, moment, owner_from, owner_row
from newsspider.store.schema import leases


class Leases(Part):
    def take_lease(self, name: str, owner: Owner, seconds: float) -> bool:
        """Take or renew the lease for that long. False while another living process holds it."""
        with self._database.write() as tx:
            now = clock.now()
            until = now + timedelta(seconds=seconds)
            row = tx.connection.execute(select(leases).where(leases.c.name == name)).first()
            if row is not None:
                holder = owner_from(row)
                taken_at = moment(row.taken_at)
                if holder != owner and is_live(holder, taken_at, now, moment(row.leased_until) - taken_at):
                    return False
                tx.connection.execute(delete(leases).where(leases.c.name == name))
            term = {"taken_at": micros(now), "leased_until": micros(until)}
            tx.connection.execute(insert(leases).values({"name": name} | owner_row(owner) | term))
            return True

    def drop_lease(self, name: str, owner: Owner) -> None:
        """Give the lease back, if it is this owner's."""
        with self._database.write() as tx:
            tx.connection.execute(delete(leases).filter_by(name=name, **owner_row(owner)))
