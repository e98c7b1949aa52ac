"""docker-compose.yml is a valid Compose file and what docs/operating.md says of it is so."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from newsspider.config import keys, variable

ROOT = Path(__file__).resolve().parents[1]
OURS = ("setup", "scheduler", "indexer", "alerts", "web")
SERVICES = ("certificates", "elasticsearch", *OURS)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    merged = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))  # the parser knows no merge keys
    parsed = PyCompose.from_json(json.dumps(merged))
    parsed.validate()
    return parsed.to_spec().model_dump(mode="json", exclude_none=True)


def service(compose: dict[str, Any], name: str) -> dict[str, Any]:
    return dict(compose["services"][name])


def networks(one: dict[str, Any]) -> set[str]:
    return set(one.get("networks") or ())


def test_every_service_is_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(compose: dict[str, Any], name: str) -> None:
    one = service(compose, name)
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one["user"].split(":")[0] not in ("0", "root")
    assert one["mem_limit"]
    assert one["pids_limit"]
    assert one["restart"] in ("no", "unless-stopped")
    assert one["logging"]["options"]["max-size"]
    assert "privileged" not in one
    assert name not in OURS or one["read_only"]


def test_elasticsearch_is_reached_by_those_only_that_need_it(compose: dict[str, Any]) -> None:
    assert compose["networks"]["engine"]["internal"] is True
    assert {name for name in SERVICES if "engine" in networks(service(compose, name))} == {
        "elasticsearch",
        "setup",
        "indexer",
        "alerts",
        "web",
    }
    assert networks(service(compose, "scheduler")) == {"outside"}
    assert "ports" not in service(compose, "elasticsearch")
    assert [str(port) for port in service(compose, "web")["ports"]] == ["127.0.0.1:8000:8000"]


def test_each_process_has_its_own_key_and_none_the_password(compose: dict[str, Any]) -> None:
    def mounted(name: str) -> set[str]:
        return {str(volume).split(":")[0] for volume in service(compose, name)["volumes"]}

    assert {name for name in SERVICES if "secrets" in service(compose, name)} == {"elasticsearch", "setup"}
    assert [name for name in SERVICES if "admin-key" in mounted(name)] == ["setup"]
    assert [name for name in SERVICES if "indexer-key" in mounted(name)] == ["setup", "indexer"]
    assert [name for name in SERVICES if "searcher-key" in mounted(name)] == ["setup", "alerts", "web"]


@pytest.mark.parametrize("name", ["scheduler", "indexer", "alerts", "web"])
def test_the_folder_of_sources_is_there(compose: dict[str, Any], name: str) -> None:
    assert "./sources:/sources:ro" in map(str, service(compose, name)["volumes"]), "doctor, the health check, reads them"


@pytest.mark.parametrize("name", OURS)
def test_every_setting_exists(compose: dict[str, Any], name: str) -> None:
    known = {variable(location) for location in keys()}
    environment = service(compose, name)["environment"]
    assert environment
    known.add("FORWARDED_ALLOW_IPS")  # uvicorn's
    assert not [key for key in environment if key.removesuffix("_FILE") not in known and key not in known]


def test_the_proxys_word_for_a_readers_address_and_for_https_is_taken(compose: dict[str, Any]) -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: object, send: object) -> None:
        seen.update(scope)

    headers = [(b"x-forwarded-proto", b"https"), (b"x-forwarded-for", b"203.0.113.9, 198.51.100.7")]  # the first is what the reader claims
    scope: Any = {"type": "http", "client": ("172.18.0.1", 4711), "scheme": "http", "headers": headers}
    trusted = service(compose, "web")["environment"]["FORWARDED_ALLOW_IPS"]
    nothing: Any = None
    asyncio.run(ProxyHeadersMiddleware(app, trusted)(scope, nothing, nothing))
    assert (seen["client"][0], seen["scheme"]) == ("198.51.100.7", "https")


def test_the_image_runs_as_a_user_of_its_own_and_is_watched() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "USER 10001:10001" in dockerfile
    assert "HEALTHCHECK" in dockerfile
    assert "'.[postgresql]'" in dockerfile  # docs/operating.md runs the image on Kubernetes with such a store
