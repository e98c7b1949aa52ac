"""The archive gives back what was fetched, whatever else happened to its files."""

from __future__ import annotations

import contextlib
import gzip
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from newsspider.archive import ArchivedPage, ArchiveWriter, read
from newsspider.errors import ArchiveError
from newsspider.items import ArchiveRef

MIB = 1 << 20
AT = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)


def page(number: int = 0, body: bytes = "<p>خبر قصير</p>".encode("windows-1256"), **headers: str) -> ArchivedPage:
    return ArchivedPage(
        body, f"https://example.com/%D8%AE%D8%A8%D8%B1/{number}", {"content-type": "text/html; charset=windows-1256", **headers}, AT
    )


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ArchiveWriter]:
    with contextlib.closing(ArchiveWriter(tmp_path / "archive", MIB)) as writer:
        yield writer


def test_a_page_comes_back_as_it_was(writer: ArchiveWriter) -> None:
    pages = [page(1), page(2, b""), page(3, bytes(range(256)) * 50)]
    refs = [writer.write(one) for one in pages]
    assert [read(writer.folder, ref) for ref in refs] == pages
    assert len({ref.file for ref in refs}) == 1


def test_the_body_is_kept_decompressed_and_the_headers_as_sent(writer: ArchiveWriter) -> None:
    sent = page(1, **{"content-encoding": "gzip", "content-length": "17", "transfer-encoding": "chunked"})
    back = read(writer.folder, writer.write(sent))
    assert back == sent
    record = next(record for record in records(writer) if record.rec_type == "response")
    assert record.http_headers.get_header("content-encoding") is None
    assert record.http_headers.get_header("content-length") == str(len(sent.body))


def records(writer: ArchiveWriter) -> list:
    writer.close()
    with next(writer.folder.glob("*.warc.gz")).open("rb") as file:
        return list(ArchiveIterator(file))


def test_files_are_warc_1_1_with_a_gzip_member_a_record(writer: ArchiveWriter) -> None:
    first, second = writer.write(page(1)), writer.write(page(2))
    writer.close()
    raw = (writer.folder / first.file).read_bytes()
    assert gzip.decompress(raw).startswith(b"WARC/1.1\r\n")
    assert raw[second.offset :][:2] == b"\x1f\x8b"
    assert [record.rec_type for record in records(writer)] == ["warcinfo", "response", "response"]


def test_a_page_can_be_read_while_the_file_is_still_written(writer: ArchiveWriter) -> None:
    assert read(writer.folder, writer.write(page(1))).url.endswith("/1")


def test_a_new_file_begins_at_the_limit_and_with_each_writer(writer: ArchiveWriter) -> None:
    noise = random.Random(1).randbytes(MIB)
    with contextlib.closing(ArchiveWriter(writer.folder, MIB)) as another:
        refs = [writer.write(page(1, noise)), writer.write(page(2)), another.write(page(3))]
    assert len({ref.file for ref in refs}) == 3
    assert [read(writer.folder, ref).url[-1] for ref in refs] == ["1", "2", "3"]


def test_a_torn_file_hides_neither_its_earlier_pages_nor_later_files(writer: ArchiveWriter) -> None:
    kept, torn = writer.write(page(1)), writer.write(page(2))
    writer.close()
    path = writer.folder / torn.file
    path.write_bytes(path.read_bytes()[: torn.offset + 40])
    later = writer.write(page(3))
    assert later.file != torn.file
    assert read(writer.folder, kept).url.endswith("/1")
    assert read(writer.folder, later).url.endswith("/3")
    with pytest.raises(ArchiveError, match=rf"{torn.file} at byte {torn.offset}"):
        read(writer.folder, torn)


def test_every_cut_within_a_record_is_noticed(writer: ArchiveWriter) -> None:
    ref = writer.write(page(1, b"x" * 500))
    writer.close()
    path = writer.folder / ref.file
    whole = path.read_bytes()
    for end in range(ref.offset, len(whole)):
        path.write_bytes(whole[:end])
        with pytest.raises(ArchiveError):
            read(writer.folder, ref)


def test_damage_within_a_record_is_noticed(writer: ArchiveWriter) -> None:
    ref = writer.write(page(1, b"".join(b"%d " % number for number in range(500))))
    writer.close()
    path = writer.folder / ref.file
    raw = bytearray(path.read_bytes())
    raw[-300] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(ArchiveError, match="cannot be read"):
        read(writer.folder, ref)


@pytest.mark.parametrize("name", ["../outside.warc.gz", "/etc/hostname", "folder/inside.warc.gz", "..", ""])
def test_h20_only_files_of_the_folder_are_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveError):
        read(tmp_path, ArchiveRef(name, 0))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"gone\.warc\.gz"):
        read(tmp_path, ArchiveRef("gone.warc.gz", 0))


def test_another_kind_of_record_is_no_page(writer: ArchiveWriter) -> None:
    ref = writer.write(page(1))
    with pytest.raises(ArchiveError, match="no page begins here"):
        read(writer.folder, ArchiveRef(ref.file, 0))


def test_files_are_for_the_owner_alone(writer: ArchiveWriter) -> None:
    ref = writer.write(page(1))
    assert (writer.folder.stat().st_mode & 0o777, (writer.folder / ref.file).stat().st_mode & 0o777) == (0o700, 0o600)


def test_h22_line_breaks_in_headers_and_addresses_stay_within_their_line(writer: ArchiveWriter) -> None:
    evil = ArchivedPage(b"x", "https://example.com/a\r\nWARC-Type:metadata", {"x": "1\r\ny: 2\x00"}, AT)
    back = read(writer.folder, writer.write(evil))
    assert back.headers == {"x": "1 y: 2"}
    assert back.url == "https://example.com/aWARC-Type:metadata"


def test_an_unwritable_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match=r"file.*cannot be written"):
        ArchiveWriter(tmp_path / "file" / "archive", MIB).write(page())
