"""The API against its own description: no server errors, nothing undocumented (U06). Cases are made by schemathesis from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from articles import article
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from web_hostile import hostile_article
from web_site import TOKEN, bearer, configured, serving, take_in

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
def site_and_schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    config = configured(tmp_path_factory.mktemp("schema"), exports_per_hour=1_000_000)
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
    assert check_every_operation(*site_and_schema, examples=100) >= 19


@pytest.mark.chaos
@pytest.mark.timeout(1800)
def test_u06_a_thousand_cases_of_every_operation(site_and_schema: tuple[str, Any]) -> None:
    assert check_every_operation(*site_and_schema, examples=1000) >= 19
