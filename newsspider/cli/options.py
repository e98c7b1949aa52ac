"""Options that several commands have."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FirstDay = Annotated[datetime | None, typer.Option("--from", help="First day of publication.", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"])]
LastDay = Annotated[datetime | None, typer.Option("--to", help="Last day of publication.", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"])]
