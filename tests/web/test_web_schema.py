"""The API against its own description: no server errors, nothing undocumented (U06). Cases are made by schemathesis from the OpenAPI document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from articles import article
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from web_hostile import hostile_article
from web_site import TOKEN, bearer, configured, serving, take_in

from newsspider.web import access

SETTINGS = Path(__file__).parent / "schemathesis.toml"
TAGS = ("articles", "export", "feeds", "health", "saved searches", "search", "sources")
EXAMPLES = int(os.environ.get("NEWSSPIDER_TEST_SCHEMA_EXAMPLES", "1000"))
checks.load_all_checks()
CHECKS = [
    check
    for check in checks.CHECKS.get_all()
    if getattr(check, "__name__", "")
    in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
    )
]


@pytest.fixture(scope="module")
def patched() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def site_and_schema(tmp_path_factory: pytest.TempPathFactory, patched: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    config = configured(tmp_path_factory.mktemp("schema"), exports_per_hour=1_000_000)
    patched.setattr(access, "MAX_FAILURES", 1_000_000)  # wrong tokens are tried, too, and must not keep out the right one
    wheat = [article(number) for number in range(1, 21)]
    take_in(config, [*wheat, replace(wheat[0], body="نص جديد عن الشعير."), hostile_article()])
    with serving(config) as client:
        client.headers.update(bearer())
        described = client.get("/api/v1/openapi.json").json()
        known = client.get("/api/v1/search").json()["hits"][0]["id"]
        saved = client.post("/api/v1/searches", json={"name": "a", "q": "القمح"}).json()["id"]
        for path, operations in described["paths"].items():  # ids that exist make answers that are worth checking
            for operation in operations.values():
                for parameter in operation.get("parameters", []):
                    examples = {"article_id": known, "search_id": saved, "name": "farm"}
                    if parameter["in"] == "path" and parameter["name"] in examples and "export" not in path:
                        parameter["schema"] = {"anyOf": [{"const": examples[parameter["name"]]}, parameter["schema"]]}
        yield str(client.base_url).rstrip("/"), schemathesis.openapi.from_dict(described)


def check_every_operation(origin: str, schema: Any, examples: int) -> int:
    """How many operations there were."""
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=examples <= 100,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def check(case: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {TOKEN}"}
            case.call_and_validate(base_url=origin, checks=CHECKS)

        check()
    return len(operations)


def test_u06_a_hundred_cases_of_every_operation(site_and_schema: tuple[str, Any]) -> None:
    assert check_every_operation(*site_and_schema, examples=100) >= 20


def test_every_operation_has_one_of_the_tags(site_and_schema: tuple[str, Any]) -> None:
    operations = [operation for path in site_and_schema[1].raw_schema["paths"].values() for operation in path.values()]
    assert {tag for operation in operations for tag in operation["tags"]} == {*TAGS}
    assert all(len(operation["tags"]) == 1 for operation in operations)


def run_all_checks(origin: str, schema: Any, tag: str, examples: int, folder: Path) -> None:
    """As `schemathesis run` does: every check, also with values that the description forbids, methods it does not name, and without a token."""
    (folder / "openapi.json").write_text(json.dumps(schema.raw_schema), encoding="utf-8")
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", SETTINGS, "run", folder / "openapi.json", "--url", origin]
    command += ["--header", f"Authorization: Bearer {TOKEN}", "--checks", "all", "--include-tag", tag, "--max-examples", str(examples)]
    done = subprocess.run([*command, "--continue-on-failure"], capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("tag", TAGS)
def test_u06_a_thousand_cases_and_all_checks(site_and_schema: tuple[str, Any], tmp_path: Path, tag: str) -> None:
    run_all_checks(*site_and_schema, tag, EXAMPLES, tmp_path)
