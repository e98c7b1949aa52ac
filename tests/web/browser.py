"""A real browser: Debian's Chromium, driven by Playwright. Without it the tests skip visibly, and fail in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)
SECONDS = 60  # that anything may take on a loaded machine


@contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        message = "there is no Chromium for the browser tests: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS.split())
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and what no page of ours may do: requests to other places, dialogs, errors of scripts."""

    page: Page
    origin: str
    foreign: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.origin + path)
        return self.page

    def assert_well_behaved(self) -> None:
        assert (self.foreign, self.dialogs, self.errors) == ([], [], [])
        assert self.page.evaluate("window.__pwned") is None


@contextmanager
def watched(browser: Browser, origin: str, *, token: str = "", phone: bool = False, **options: Any) -> Iterator[Watched]:
    """A page of a browser of its own: nothing is kept from other pages."""
    size: Any = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
    context = browser.new_context(viewport=size, extra_http_headers={"Authorization": f"Bearer {token}"} if token else {}, **options)
    context.set_default_timeout(SECONDS * 1000)
    page = context.new_page()
    seen = Watched(page, origin)

    def dismiss(dialog: Any) -> None:
        seen.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: seen.foreign.append(request.url) if not request.url.startswith((origin, "data:")) else None)
    try:
        yield seen
    finally:
        context.close()
