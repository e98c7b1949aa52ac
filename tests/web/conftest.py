"""A filled site, served once for all tests that only read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from articles import article
from web_hostile import hostile_article
from web_site import bearer, configured, serving, take_in

from newsspider.items import DateEvidence, EvidenceKind, EvidenceRole


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Signed in by token: wheat articles 1 to 25, 26 without a date, 27 edited once, and a hostile one."""
    config = configured(tmp_path_factory.mktemp("site"))
    wheat = [article(number) for number in range(1, 26)]
    undated = replace(article(26), evidence=[], section="زراعة")
    header = DateEvidence(EvidenceKind.VISIBLE, "الجمعة 1 أيار 2026", "header > div.today", EvidenceRole.UNKNOWN, in_article=False)
    edited = replace(article(27), evidence=[*article(27).evidence, header])
    take_in(config, [*wheat, undated, edited, replace(edited, body="نص جديد عن الشعير في الجزيرة السورية."), hostile_article()])
    with serving(config) as client:
        client.headers.update(bearer())
        yield client
