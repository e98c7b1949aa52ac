"""The whole chain on real stored pages, served under their own hosts from loopback: gate, title, day, text. Floors only rise."""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from shared_data import shared
from sites import Installation, Site, serve

from newsspider.store import Store
from newsspider.urls import url_key

FLOORS = Path(__file__).with_name("floors.json")


def load_judge() -> Any:
    spec = importlib.util.spec_from_file_location("score", shared("pages", "score.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.judge


def entries() -> list[dict[str, Any]]:
    listed = json.loads(shared("pages", "index.json").read_text(encoding="utf-8"))["entries"]
    pages = [entry for entry in listed if entry["kind"] not in ("feed", "sitemap")]
    for entry in pages:
        url = str(entry.get("url"))
        if not url.startswith("http"):  # not known: one in the site's manner
            site = entry["site"].split(" ")[0]
            url = f"https://{site if '.' in site else 'unknown.example'}/news/{entry['slug']}"
        entry["served"] = url.replace("https://", "http://", 1)
    return pages


def publish(site: Site, installation: Installation, pages: list[dict[str, Any]]) -> None:
    """Serve every page at its own address; announce half of the hosts' pages by a feed without dates, the others' by a listing page."""
    by_host: dict[str, list[dict[str, Any]]] = defaultdict(list)
    names = set()
    for entry in pages:
        parts = urlsplit(entry["served"])
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        site.add(parts.netloc + path, shared("pages", entry["file"]).read_bytes(), "text/html")
        names |= {parts.netloc, parts.netloc.removeprefix("www.")}
        by_host[parts.netloc.removeprefix("www.")].append(entry)
    for number, (host, listed) in enumerate(sorted(by_host.items())):
        fields: dict[str, Any] = {"homepage": f"http://{host}/", "timezone": "UTC"}
        if number % 2:
            items = "".join(f"<item><title>x</title><link>{escape(entry['served'])}</link></item>" for entry in listed)
            site.add(f"{host}/made-feed.xml", f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>', "application/rss+xml")
            fields["feeds"] = [f"http://{host}/made-feed.xml"]
        else:
            links = "".join(f'<li><a class="made" href="{escape(entry["served"])}">x</a></li>' for entry in listed)
            site.add(f"{host}/made-listing", f"<html><body><ul>{links}</ul></body></html>")
            fields["listings"] = [{"url": f"http://{host}/made-listing", "links": "a.made"}]
        write_source(installation, f"site{number}", fields)
    hosts = ", ".join(f'"{host}" = "127.0.0.1:{site.port}"' for host in names)
    installation.file.write_text(
        installation.file.read_text(encoding="utf-8") + f'[net]\nallow_networks = ["127.0.0.0/8"]\nhosts = {{ {hosts} }}\n',
        encoding="utf-8",
    )


def write_source(installation: Installation, name: str, fields: dict[str, Any]) -> None:
    listings = fields.pop("listings", [])
    installation.source(name, **fields)
    with (installation.folder / "sources" / f"{name}.toml").open("a", encoding="utf-8") as file:
        for listing in listings:
            file.write(f"[[listings]]\nurl = {json.dumps(listing['url'])}\nlinks = {json.dumps(listing['links'])}\n")


def test_real_pages_reach_their_floors(tmp_path: Path) -> None:
    judge = load_judge()
    pages = entries()
    installation = Installation(tmp_path)
    with serve(Site()) as site:
        publish(site, installation, pages)
        installation.run("crawl", "--all")
    with Store.open(f"sqlite:///{tmp_path / 'data' / 'newsspider.db'}") as store:
        ledger = {url_key(row.url): row for run in store.runs(limit=100) for row in store.ledger(run.id)}
    articles = {item["id"]: item for item in installation.articles()}
    totals: dict[str, int] = defaultdict(int)
    table = Table("page", "outcome", "title", "day", "first", "last", "clean", title="real pages through the whole chain")
    for entry in pages:
        row = ledger[url_key(entry["served"])]
        if entry["kind"] != "article":
            totals["others"] += 1
            totals["others_rejected"] += row.outcome == "not_article"
            table.add_row(entry["slug"], f"{row.outcome}: {row.reason}")
            continue
        answer = articles.get(row.article_id, {})
        verdict = judge(entry["gold"], answer)
        totals["articles"] += 1
        totals["gate"] += bool(answer)
        totals["title"] += verdict["title"]
        totals["body"] += verdict["body"]
        totals[f"day_{verdict['date']}"] += 1
        marks = ["✓" if verdict[key] else "✗" for key in ("first", "last", "clean")]
        table.add_row(entry["slug"], str(row.outcome), "✓" if verdict["title"] else "✗", verdict["date"], *marks)
    console = Console(width=120)
    console.print(table)
    console.print(dict(totals))
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    assert {key: totals[key] for key, floor in floors["at_least"].items() if totals[key] < floor} == {}
    assert {key: totals[key] for key, ceiling in floors["at_most"].items() if totals[key] > ceiling} == {}
    assert totals["title"] >= 0.9 * totals["articles"]
    assert totals["day_right"] >= 0.8 * totals["articles"]
    assert totals["day_wrong"] <= 0.02 * totals["articles"]
    assert totals["body"] >= 0.8 * totals["articles"]
