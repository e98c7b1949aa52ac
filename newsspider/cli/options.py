"""Options that several commands have."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from newsspider.search import Match

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Only this source; may be repeated.")]
Sections = Annotated[list[str] | None, typer.Option("--section", help="Only this section; may be repeated.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only this tag; may be repeated.")]
Authors = Annotated[list[str] | None, typer.Option("--author", help="Only this author; may be repeated.")]
Countries = Annotated[list[str] | None, typer.Option("--country", help="Only this country, by its code or name; may be repeated.")]
Languages = Annotated[list[str] | None, typer.Option("--language", help="Only this language, by its code or name; may be repeated.")]
Matching = Annotated[Match, typer.Option("--match", help="How many of the words a hit must have; auto: all of up to four, most of more.")]
FirstDay = Annotated[datetime | None, typer.Option("--from", help="First day of publication.", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"])]
LastDay = Annotated[datetime | None, typer.Option("--to", help="Last day of publication.", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"])]
