"""From what a site does to what an operator hears of it: pages are crawled, looked at, and told of on the page, in the feed, by webhook and by mail."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import feedparser
import httpx
from articles import article as stored_article
from receivers import hook, mailbox
from sites import Installation, Site, serve
from test_e2e_crash import article

from newsspider import clock, intake
from newsspider.store import Store

TOKEN = "a token for notices"
SECRET = "whsec_" + "a" * 43 + "="
MISSING = "عفوا، تعذر عرض ما طلبتموه الآن، ويمكنكم العودة إلى صفحة البداية أو استعمال خانة البحث في أعلى الصفحة. " * 6


def publish(site: Site, source: str, pages: dict[str, str]) -> None:
    for path, text in pages.items():
        site.add(path, text)
    links = "".join(f"<item><title>خبر</title><link>{site.origin}{path}</link></item>" for path in pages)
    site.add(f"/{source}/feed", f'<rss version="2.0"><channel><title>x</title>{links}</channel></rss>', "application/rss+xml")


def undated(number: int) -> str:
    """The same page after its build has changed: no date anywhere."""
    return re.sub(r"<meta property=\"article:published_time\"[^>]*>", "", article(number))


def test_silence_layout_drift_and_soft_404_are_told_on_every_way(tmp_path: Path) -> None:
    with serve(Site()) as site, hook() as receiver, mailbox() as (port, mails):
        made = Installation(
            tmp_path,
            'concurrency_per_site = 8\n[net]\nallow_networks = ["127.0.0.0/8"]\n'
            f'[alerts]\nwebhook_url = "{receiver.url}"\nwebhook_secret = "{SECRET}"\n'
            f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nto = ["desk@example.org"]\n[web]\ntoken = "{TOKEN}"\n',
        )
        for name in ("drift", "lost", "quiet"):
            made.source(name, homepage=site.origin + "/", feeds=[f"{site.origin}/{name}/feed"], allow=[f"^/{name}/"])
        publish(site, "drift", {f"/drift/{number}": article(number) for number in range(25)})
        made.run("crawl", "drift")
        publish(site, "drift", {f"/drift/{number}": undated(number) for number in range(100, 125)})
        publish(
            site, "lost", {f"/lost/{number}": f"<html lang=ar><body><h1>عفوا</h1><p>{MISSING}</p></body></html>" for number in range(6)}
        )
        made.run("crawl", "drift", "lost", code=None)
        with Store.open(f"sqlite:///{tmp_path / 'data' / 'newsspider.db'}") as store:
            for day in range(2, 24):
                with clock.fixed(clock.now() - timedelta(days=day)):
                    for number in range(8):
                        intake.take_in(store, replace(stored_article(100 * day + number), source="quiet", evidence=[]))
        done = made.run("alerts", "run")
        assert "6 messages delivered" in done.stdout
        kinds = {(body["data"]["source"], body["data"]["kind"]) for body in receiver.verified(SECRET)}
        assert kinds == {("drift", "degraded"), ("lost", "soft_404"), ("quiet", "silent")}
        told = {
            ("drift", "degraded"): "نقص في ما يُقرأ",
            ("lost", "soft_404"): "نصّ واحد في عناوين كثيرة",
            ("quiet", "silent"): "صمت",
        }
        assert {str(mail["Subject"]) for mail in mails} == {f"newsspider: {name}: {said}" for (name, _), said in told.items()}
        assert "لعلّ الموقع غيّر تصميمه" in next(mail.get_content() for mail in mails if "drift" in mail["Subject"])
        assert made.run("alerts", "run").stdout.startswith("0 new alerts; 0 messages delivered")
        page, feed = shown(made)
        assert all(f'id="{name}"' in page or f"/operations/{name}" in page for name, _ in kinds)
        parsed = feedparser.parse(feed)
        assert {(entry.title, entry.category) for entry in parsed.entries} == {
            (f"{name}: {said}", kind) for (name, kind), said in told.items()
        }


def shown(made: Installation) -> tuple[str, bytes]:
    """The operators' page, and the feed that it names, from `newsspider serve`."""
    process = made.start("serve", "--port", "0", environment={"PYTHONUNBUFFERED": "1"})
    try:
        assert process.stdout
        address = re.search(r"http://\S+?(?=/?\s)", process.stdout.readline() + " ")
        assert address
        with httpx.Client(base_url=address[0], timeout=60) as client:
            page = client.get("/operations", headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status().text
            named = re.search(r"/feeds/notices\.atom\?key=[0-9a-f]+", page)
            assert named
            return page, client.get(named[0]).raise_for_status().content
    finally:
        process.terminate()
        try:
            process.communicate(timeout=240)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
