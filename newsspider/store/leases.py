"""Named leases: one process at a time delivers to an index, or does whatever else only one may do."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert, select

from newsspider import clock
from newsspider.store.database import Part
from newsspider.store.owner import Owner, is_live
from newsspider.store.rows import micros, moment
from newsspider.store.schema import leases


class Leases(Part):
    def take_lease(self, name: str, owner: Owner, seconds: float) -> bool:
        """Take or renew the lease for that long. False while another living process holds it."""
        with self._database.write() as tx:
            now = clock.now()
            until = now + timedelta(seconds=seconds)
            row = tx.connection.execute(select(leases).where(leases.c.name == name)).first()
            if row is not None:
                holder = Owner(row.host, row.pid, row.started)
                taken_at = moment(row.taken_at)
                if holder != owner and is_live(holder, taken_at, now, moment(row.leased_until) - taken_at):
                    return False
                tx.connection.execute(delete(leases).where(leases.c.name == name))
            tx.connection.execute(
                insert(leases).values(
                    name=name, host=owner.host, pid=owner.pid, started=owner.started, taken_at=micros(now), leased_until=micros(until)
                )
            )
            return True

    def drop_lease(self, name: str, owner: Owner) -> None:
        """Give the lease back, if it is this owner's."""
        mine = (leases.c.name == name, leases.c.host == owner.host, leases.c.pid == owner.pid, leases.c.started == owner.started)
        with self._database.write() as tx:
            tx.connection.execute(delete(leases).where(*mine))
