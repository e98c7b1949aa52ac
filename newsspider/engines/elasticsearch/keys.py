"""API keys for newsspider's own processes, each with the least privileges that do its work (docs/operating.md).

The indexer may index and delete and nothing else, not even search; the searcher may only read, and refresh, as alerts do before they look; the admin,
for a person and never in a daemon's environment, also makes, compares and removes indexes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from newsspider import __version__, clock
from newsspider.config import EngineConfig
from newsspider.engines.elasticsearch.connection import connect, reported
from newsspider.errors import ConfigError

CLUSTER: dict[str, list[str]] = {"indexer": [], "searcher": [], "admin": ["monitor", "manage_index_templates"]}
INDICES = {
    "indexer": ["index", "delete"],
    "searcher": ["read", "indices:admin/refresh*"],
    "admin": ["create_index", "manage", "read", "index", "delete"],
}
PURPOSES = tuple(INDICES)


@dataclass(frozen=True, slots=True)
class Key:
    """`secret` is what `engine.api_key` takes; Elasticsearch gives it this once."""

    purpose: str
    id: str
    expires_at: datetime
    secret: str = field(repr=False)


def create_keys(config: EngineConfig, days: int) -> list[Key]:
    """One key for each purpose, good for so many days. Raises ConfigError where they could not be made, EngineError."""
    if config.api_key.get_secret_value() or not config.username:
        raise ConfigError(
            "keys are made by a user: set engine.username and engine.password (a user with the privilege manage_own_api_key), and no "
            "engine.api_key, whose own keys would have no privileges"
        )
    client, url = connect(config)
    try:
        with reported(url):
            return [_key(client.security.create_api_key(**_wanted(config, purpose, days)).body, purpose, days) for purpose in PURPOSES]
    finally:
        client.close()


def _wanted(config: EngineConfig, purpose: str, days: int) -> dict[str, Any]:
    names = [config.index, f"{config.index}-*"]
    return {
        "name": f"newsspider-{purpose}-{clock.now():%Y%m%d%H%M%S}",
        "expiration": f"{days}d",
        "role_descriptors": {purpose: {"cluster": CLUSTER[purpose], "indices": [{"names": names, "privileges": INDICES[purpose]}]}},
        "metadata": {"owner": "newsspider", "purpose": purpose, "version": __version__},
    }


def _key(answer: dict[str, Any], purpose: str, days: int) -> Key:
    return Key(purpose, answer["id"], clock.now() + timedelta(days=days), answer["encoded"])
