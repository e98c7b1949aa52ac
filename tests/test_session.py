"""A session begins only where it can be done right."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsspider import clock
from newsspider.config import Config
from newsspider.errors import ConfigError
from newsspider.session import CrawlSession
from newsspider.sources import Source

SOURCE = Source.model_validate(
    {"name": "s", "title": "s", "homepage": "http://127.0.0.1/", "timezone": "UTC", "feeds": ["http://127.0.0.1/feed"]}
)


@pytest.mark.parametrize("year", [1970, 2019, 2045])
def test_o04_a_clock_that_cannot_be_right_stops_a_crawl_before_it_begins(tmp_path: Path, year: int) -> None:
    with clock.fixed(datetime(year, 1, 2, tzinfo=UTC)), pytest.raises(ConfigError, match=f"clock says {year}-01-02"):
        CrawlSession(Config(data_folder=tmp_path / "data"), SOURCE)
    assert not (tmp_path / "data").exists()
