"""What the note of a run tells, as facts: they were read out of its words before."""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

LACKING = re.compile(r"no (?P<missing>\w+) on (?P<pages>\d+) pages in a row: ")
FALLEN = re.compile(r"(?P<missing>\w+): (?P<share>\d+)%, and (?P<before>\d+)% in earlier runs: ")


def upgrade() -> None:
    op.add_column("runs", sa.Column("facts", sa.Text()))
    connection = op.get_bind()
    degraded = connection.execute(sa.text("SELECT id, note FROM runs WHERE state = 'degraded'")).all()
    for run_id, note in degraded:
        if facts := _facts(note):
            connection.execute(sa.text("UPDATE runs SET facts = :facts WHERE id = :id"), {"facts": json.dumps(facts), "id": run_id})


def _facts(note: str) -> dict[str, object]:
    if said := LACKING.match(note):
        return {"missing": said["missing"], "pages": int(said["pages"])}
    if said := FALLEN.match(note):
        return {"missing": said["missing"], **{name: int(said[name]) / 100 for name in ("share", "before")}}
    return {}
