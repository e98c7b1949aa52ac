"""What every test has: no NEWSSPIDER_* variable of the user's, and no configuration file of the folder pytest runs in."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["es_server", "pg_server"]
settings.register_profile("patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("NEWSSPIDER_") and not name.startswith("NEWSSPIDER_TEST_"):
            monkeypatch.delenv(name)
