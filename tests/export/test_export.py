"""Exports: tables that spreadsheets read without calculating (U12), streams in bounded memory (U11), and manifests that tell the truth."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow
import pyarrow.parquet
import pytest

from newsspider.errors import ConfigError
from newsspider.export import Asked, Export, Format
from newsspider.export.columns import COLUMNS
from newsspider.items import Precision, Publication, StoredArticle

SEEN = datetime(2025, 1, 22, 12, 30, tzinfo=UTC)
ARTICLE = StoredArticle(
    id="a1", change_no=7, revision=2, family_id="a1", url="https://news.example/1", source="levant", title='قال "نعم"، ثم سكت', body="سطر\nوسطر ثان, بفاصلة",
    timezone="Asia/Damascus", first_seen_at=SEEN, fetched_at=SEEN, updated_at=SEEN, authors=["سمر", "أحمد"], tags=["قمح"],
    publication=Publication(datetime(2025, 1, 22, 14, 35, tzinfo=ZoneInfo("Asia/Damascus")), Precision.MINUTE, date(2025, 1, 22), confidence=0.97, reason="agreed"),
)  # fmt: skip
FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "\u202e=1+1", "\u200f=1+1", "\ufeff=1+1", " =1+1", "\n=1+1",
    '=HYPERLINK("http://evil.example","انقر")', "\u202e\u200f  ＝cmd|'/c calc'!A1",
]  # fmt: skip


def articles(count: int, body: str = "نص") -> Iterator[StoredArticle]:
    for number in range(count):
        yield replace(ARTICLE, id=f"a{number}", body=body)


def whole(form: Format, *given: StoredArticle) -> bytes:
    return b"".join(Export(given, form, Asked()))


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_is_what_rfc_4180_and_excel_want() -> None:
    data = whole(Format.CSV, ARTICLE)
    assert data.startswith(b"\xef\xbb\xbfid,url,source,title,")
    assert data.count(b"\r\n") == 2
    (row,) = rows(data)
    assert (row["title"], row["body"]) == (ARTICLE.title, ARTICLE.body)
    assert (row["published_at"], row["published_day"], row["precision"]) == ("2025-01-22T14:35:00+03:00", "2025-01-22", "minute")
    assert (row["authors"], row["gone_at"], row["revision"]) == ("سمر; أحمد", "", "2")


@pytest.mark.parametrize("text", FORMULAS)
def test_u12_a_cell_that_would_be_calculated_is_a_text(text: str) -> None:
    (row,) = rows(whole(Format.CSV, replace(ARTICLE, title=text, authors=[text], section=text)))
    assert row["title"] == row["authors"] == row["section"] == "'" + text
    assert json.loads(whole(Format.JSONL, replace(ARTICLE, title=text)))["title"] == text


@pytest.mark.parametrize("text", ["خبر = عاجل", "«اقتباس»", "2025", "'=1", ""])
def test_u12_other_cells_are_left_as_they_are(text: str) -> None:
    assert rows(whole(Format.CSV, replace(ARTICLE, title=text)))[0]["title"] == text


@pytest.mark.chaos
def test_u12_libreoffice_finds_no_formula(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    table = tmp_path / "export.csv"
    table.write_bytes(whole(Format.CSV, *(replace(ARTICLE, title=text) for text in FORMULAS)))
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    command = [office, home, "--headless", "--infilter=CSV:44,34,76,1", "--convert-to", "ods", "--outdir", str(tmp_path), str(table)]
    subprocess.run(command, check=True, timeout=240)
    content = zipfile.ZipFile(tmp_path / "export.ods").read("content.xml").decode()
    assert content.count("<table:table-row") > len(FORMULAS)
    assert "table:formula" not in content
    assert re.search("سطر", content)


def test_parquet_has_types() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(whole(Format.PARQUET, ARTICLE, replace(ARTICLE, id="a2", publication=Publication()))))
    assert table.column_names == [column.name for column in COLUMNS]
    first, second = table.to_pylist()
    assert first["published_at"] == ARTICLE.publication.published_at
    assert (first["published_day"], first["authors"], first["date_confidence"]) == (date(2025, 1, 22), ["سمر", "أحمد"], 0.97)
    assert (second["published_at"], second["published_day"], second["date_reason"]) == (None, None, "no_evidence")
    assert pyarrow.parquet.read_table(io.BytesIO(whole(Format.PARQUET))).num_rows == 0


@pytest.mark.parametrize("form", list(Format))
def test_half_a_surrogate_pair_does_not_stop_an_export(form: Format) -> None:
    assert whole(form, replace(ARTICLE, title="خبر \ud83d عاجل", tags=["\udc00"]))
    assert json.loads(whole(Format.JSONL, replace(ARTICLE, title="\ud83d")))["title"] == "\ud83d"


@pytest.mark.parametrize("form", list(Format))
def test_u11_an_export_is_streamed(form: Format) -> None:
    read = 0

    def source() -> Iterator[StoredArticle]:
        nonlocal read
        for article in articles(5000, "كلمة أخرى " * 1000):  # 95 MB of text
            read += 1
            yield article

    export = Export(source(), form, Asked())
    assert read == 0
    tracemalloc.start()
    began, most_at_once = False, 0
    for chunk in export:
        began = began or read < 2000
        most_at_once = max(most_at_once, len(chunk))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert began
    assert read == 5000
    assert peak < 50_000_000
    assert most_at_once < 20_000_000


@pytest.mark.chaos
@pytest.mark.parametrize("form", list(Format))
def test_u11_a_million_rows_need_no_memory(form: Format) -> None:
    run = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_export import Asked, Export, Format, articles, whole
whole(Format.{form.name})  # what the format needs itself
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
size = sum(len(chunk) for chunk in Export(articles(1_000_000), Format.{form.name}, Asked()))
print(size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True, timeout=280)
    size, grown = map(int, done.stdout.split())
    assert size > 1_000_000
    assert grown < 50 * 1024, f"{grown} kB more"


@pytest.mark.parametrize("form", list(Format))
def test_the_manifest_describes_the_file(form: Format) -> None:
    export = Export(articles(3), form, Asked({"words": "قمح"}, "embedded", "index-1", "analysis-1", 7))
    data = b"".join(export)
    told = export.manifest().as_json()
    assert (told["articles"], told["bytes"], told["sha256"]) == (3, len(data), hashlib.sha256(data).hexdigest())
    assert (told["query"], told["engine"], told["index_id"], told["analysis_id"]) == ({"words": "قمح"}, "embedded", "index-1", "analysis-1")
    assert told["complete"] is True
    assert told["began_at"] <= told["ended_at"]
    assert json.dumps(told)


@pytest.mark.parametrize(("limit", "complete"), [(2, False), (3, True), (4, True)])
def test_u11_a_cap_is_stated(limit: int, complete: bool) -> None:
    seen: list[int] = []
    export = Export(articles(3), Format.JSONL, Asked(), limit=limit, on_article=seen.append)
    assert len(b"".join(export).splitlines()) == min(limit, 3)
    told = export.manifest()
    assert (told.articles, told.limit, told.complete) == (min(limit, 3), limit, complete)
    assert seen == list(range(1, min(limit, 3) + 1))


def test_a_suffix_names_the_format() -> None:
    assert [Format.of(file) for file in ("-", "a.jsonl", "a.ndjson", "x/A.CSV", "a.parquet")] == [
        Format.JSONL, Format.JSONL, Format.JSONL, Format.CSV, Format.PARQUET,
    ]  # fmt: skip
    for file in ("articles", "a.xlsx"):
        with pytest.raises(ConfigError, match="--format"):
            Format.of(file)
