"""Pages are found by their address, removed from where they lie, and dropped with whole files."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from newsspider import clock
from newsspider.archive import ArchivedPage, ArchiveWriter, captures, forget, prune, read, usage
from newsspider.errors import ArchiveError
from newsspider.items import ArchiveRef

MIB = 1 << 20
AT = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
SITE = "https://example.com/"


def page(name: str, body: bytes = b"<p>x</p>" * 40) -> ArchivedPage:
    return ArchivedPage(body, SITE + name, {"content-type": "text/html"}, AT)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ArchiveWriter]:
    with contextlib.closing(ArchiveWriter(tmp_path / "archive", MIB)) as writer:
        yield writer


def found(folder: Path, *urls: str) -> list[str]:
    return [capture.url.removeprefix(SITE) for capture in captures(folder, urls or None)]


def test_every_page_of_an_address_is_found_in_any_of_its_forms(writer: ArchiveWriter) -> None:
    refs = [writer.write(page(name)) for name in ("a", "b", "a?utm_source=x", "m/a")]
    assert found(writer.folder) == ["a", "b", "a?utm_source=x", "m/a"]
    assert found(writer.folder, "http://www.example.com/a") == ["a", "a?utm_source=x"]
    first = next(captures(writer.folder, [SITE + "a"]))
    assert (first.ref, first.fetched_at) == (refs[0], AT)
    assert found(writer.folder / "nowhere") == []


def test_a_torn_line_or_a_line_without_its_record_hides_nothing(writer: ArchiveWriter) -> None:
    ref = writer.write(page("a"))
    writer.close()
    index = writer.folder / f"{ref.file}.cdxj"
    index.write_bytes(index.read_bytes() + index.read_bytes()[:50])
    writer.write(page("b"))
    assert sorted(found(writer.folder)) == ["a", "b"]  # two files of one second, in the order of their random names


def test_a_broken_index_is_named(writer: ArchiveWriter) -> None:
    ref = writer.write(page("a"))
    (writer.folder / f"{ref.file}.cdxj").write_text("a b c\n")
    with pytest.raises(ArchiveError, match=rf"{ref.file}\.cdxj.*cannot be read"):
        found(writer.folder)


def test_o13_forgotten_pages_are_gone_and_all_others_stay_where_they_were(writer: ArchiveWriter) -> None:
    bodies = [random.Random(number).randbytes(2_000 * number) for number in range(6)]
    refs = [writer.write(page("secret" if number % 2 else str(number), body)) for number, body in enumerate(bodies)]
    assert forget(writer.folder, [SITE + "secret", SITE + "secret?utm_source=x", SITE + "unknown"]) == 3
    later = writer.write(page("later"))
    writer.close()
    for number, ref in enumerate(refs):
        if number % 2:
            with pytest.raises(ArchiveError, match="no page begins here"):
                read(writer.folder, ref)
        else:
            assert read(writer.folder, ref).body == bodies[number]
    assert read(writer.folder, later).url == SITE + "later"
    assert found(writer.folder) == ["0", "2", "4", "later"]
    raw = b"".join(path.read_bytes() for path in writer.folder.iterdir())
    assert b"secret" not in raw
    assert bodies[5][:64] not in raw
    with (writer.folder / later.file).open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds == ["warcinfo", "response", "metadata", "response", "metadata", "response", "metadata", "response"]
    assert forget(writer.folder, [SITE + "secret"]) == 0


def test_o13_a_torn_page_is_forgotten_too(writer: ArchiveWriter) -> None:
    kept, torn = writer.write(page("a")), writer.write(page("b", random.Random(1).randbytes(5_000)))
    path = writer.folder / torn.file
    os.truncate(path, torn.offset + 3_000)
    with pytest.raises(ArchiveError, match="being written"):
        forget(writer.folder, [SITE + "b"])
    writer.close()
    assert forget(writer.folder, [SITE + "b"]) == 1
    assert path.read_bytes()[torn.offset :] == bytes(3_000)
    assert read(writer.folder, kept).url == SITE + "a"


def aged(writer: ArchiveWriter, name: str, days: int) -> ArchiveRef:
    """A file of its own with one page, last written so many days ago."""
    ref = writer.write(page(name, random.Random(name).randbytes(1_000)))
    writer.close()
    path = writer.folder / ref.file
    then = (clock.now() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))
    return ref


def test_old_files_are_dropped_whole_after_their_references(writer: ArchiveWriter) -> None:
    old, new = aged(writer, "a", 40), aged(writer, "b", 5)
    told: list[tuple[str, bool]] = []
    dropped = prune(
        writer.folder,
        keep=timedelta(days=30),
        most_bytes=None,
        drop_references=lambda name: told.append((name, (writer.folder / name).exists())),
    )
    assert [path.name for path in dropped] == [old.file]
    assert told == [(old.file, True)]
    assert sorted(path.name for path in writer.folder.iterdir()) == [new.file, f"{new.file}.cdxj"]


def test_the_oldest_files_make_room(writer: ArchiveWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = []
    for day in range(4):
        monkeypatch.setattr(clock, "now", lambda day=day: AT + timedelta(days=day))
        refs.append(aged(writer, str(day), 0))
    size = usage(writer.folder).bytes
    dropped = prune(writer.folder, keep=None, most_bytes=size // 2 + 10, drop_references=lambda name: None)
    assert [path.name for path in dropped] == [ref.file for ref in refs[:2]]
    left = usage(writer.folder)
    assert (left.files, left.oldest) == (2, AT + timedelta(days=2))
    assert left.bytes == sum(path.stat().st_size for path in writer.folder.iterdir()) <= size // 2 + 10


def test_a_file_that_is_written_is_never_dropped(writer: ArchiveWriter) -> None:
    ref = writer.write(page("a"))
    assert prune(writer.folder, keep=timedelta(0), most_bytes=0, drop_references=lambda name: None) == []
    writer.close()
    assert [path.name for path in prune(writer.folder, keep=None, most_bytes=0, drop_references=lambda name: None)] == [ref.file]


def test_what_another_process_drops_meanwhile_is_no_error(writer: ArchiveWriter) -> None:
    first, second = aged(writer, "a", 50), aged(writer, "b", 40)
    files = {first.file, second.file}

    def dropped_elsewhere(name: str) -> None:
        (other,) = files - {name}
        (writer.folder / other).unlink()

    dropped = prune(writer.folder, keep=timedelta(days=30), most_bytes=None, drop_references=dropped_elsewhere)
    assert len(dropped) == 1
    assert usage(writer.folder).files == 0


def test_without_a_limit_nothing_is_dropped(writer: ArchiveWriter) -> None:
    aged(writer, "a", 4_000)
    assert prune(writer.folder, keep=None, most_bytes=None, drop_references=lambda name: None) == []
    assert usage(writer.folder.parent / "none").files == 0
