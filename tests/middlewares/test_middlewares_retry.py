"""Retry-After, back-off and stopping: C03, C04."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hostile import Hit, HostileSite, in_turn, late, reply, serving
from hypothesis import given
from hypothesis import strategies as st
from probe import probe

from newsspider.middlewares.retry import LONGEST, retry_after

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 120 ", 120),
        ("999999999", LONGEST),
        ("9" * 5000, LONGEST),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        ("Saturday, 01-Mar-25 12:01:00 GMT", 60),
        ("Sat, 01 Mar 2025 12:01:00", 60),
        (format_datetime(NOW + timedelta(days=400), usegmt=True), LONGEST),
        (format_datetime(NOW - timedelta(seconds=1), usegmt=True), None),
        ("0", None),
        ("-1", None),
        ("abc", None),
        ("", None),
        ("1.5", None),
        ("٧", None),
    ],
)
def test_c04_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ [+-]?\w+"))
def test_c04_any_retry_after_is_a_wait_of_at_most_a_day_or_none(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or 0 < seconds <= LONGEST


def throttled(*headers: str, status: str = "429 Too Many Requests") -> bytes:
    return reply(b"", *headers, status=status)


def test_c03_c04_each_host_rests_by_itself_as_long_as_it_says() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=5), usegmt=True)
    unavailable = "503 Service Unavailable"
    site = HostileSite(routes={"/0": reply(), "/1": reply(), "/2": reply()})

    def down(connection: socket.socket, hit: Hit) -> None:
        """Answers from the third request on."""
        connection.sendall(throttled(status=unavailable) if len(site.paths("down.test")) <= 2 else reply())

    site.routes |= {
        "seconds.test/0": in_turn(throttled("Retry-After: 2"), reply()),
        "date.test/0": in_turn(throttled(f"Retry-After: {date}", status=unavailable), reply()),
        "day.test/0": throttled("Retry-After: 999999999"),
        "minus.test/0": in_turn(throttled("Retry-After: -1"), reply()),
        "junk.test/0": in_turn(throttled("Retry-After: abc"), reply()),
        "broken.test/0": throttled(status=unavailable),
        "error.test/0": reply(b"", status="500 Oh"),
        **{f"down.test/{number}": down for number in range(3)},
    }
    names = ["seconds", "date", "day", "minus", "junk", "broken", "error", "down", "fine"]
    urls = {name: [f"http://{name}.test/{number}" for number in range(3)] for name in names}
    with serving(site):
        probed = probe(
            [url for name in names for url in urls[name]],
            hosts={f"{name}.test": f"127.0.0.2:{site.port}" for name in names},
            crawl={"retries": 2, "retry_after_wait": 20},
            settings={"RETRY_BACKOFF": 0.8},
        )
    expected = {url: "retry_after" if name == "day" else "200" for name in names for url in urls[name]}
    expected |= {"http://broken.test/0": "http_503", "http://error.test/0": "http_500"}
    assert {url: probed.reason(url) for url in expected} == expected

    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for url in urls["day"]:
        assert abs(datetime.fromisoformat(probed.endings[url]["next_try"]) - tomorrow) < timedelta(minutes=2)
    assert site.paths("day.test") == ["/0"]
    assert site.paths("broken.test").count("/0") == site.paths("error.test").count("/0") == 3

    # A rest counts from the answer: however late the site notices a request, the next is no earlier.
    assert site.gaps("seconds.test")[0] >= 2
    assert site.gaps("minus.test")[0] >= 0.8
    assert site.gaps("junk.test")[0] >= 0.8
    assert len(site.paths("down.test")) == 5
    assert site.gaps("down.test")[0] >= 0.8
    assert site.gaps("down.test")[1] >= 1.6


def test_c04_other_hosts_do_not_wait() -> None:
    site = HostileSite(routes={"rests.test/0": throttled("Retry-After: 250"), **{f"/{number}": reply() for number in range(20)}})
    fine = [f"http://fine.test/{number}" for number in range(10)]
    with serving(site):
        urls = [*(f"http://rests.test/{number}" for number in range(20)), *fine]
        hosts = dict.fromkeys(["rests.test", "fine.test"], f"127.0.0.2:{site.port}")
        probed = probe(urls, hosts=hosts, crawl={"retry_after_wait": 300}, stop_after=len(fine))
    assert {probed.reason(url) for url in fine} == {"200"}
    assert site.paths("rests.test") == ["/0"], "a page of the other host came after the rest"


def test_c04_nothing_queued_slips_out_when_a_host_begins_to_rest() -> None:
    """Of several requests at once, those under way may end; none may begin."""
    pages = [f"/{number}" for number in range(8)]
    # The second answer comes late: it is under way when the first says that the host wants rest.
    routes = {path: reply() for path in pages} | {"/0": in_turn(throttled("Retry-After: 2"), reply()), "/1": late(reply(), 0.7)}
    site = HostileSite(routes=routes)
    with serving(site):
        urls = [f"http://127.0.0.2:{site.port}{path}" for path in pages]
        probed = probe(urls, crawl={"concurrency_per_site": 2})
    assert {probed.reason(url) for url in urls} == {"200"}
    assert sum(site.gaps("127.0.0.2")[:2]) >= 2, "the third request came within the rest"


def test_c04_a_refusal_after_a_good_answer_while_the_host_rests() -> None:
    refusals = in_turn(throttled(), reply())

    def last(connection: socket.socket, hit: Hit) -> None:
        time.sleep(1.2)
        refusals(connection, hit)

    site = HostileSite(routes={"/0": in_turn(throttled(), reply()), "/1": late(reply(), 0.6), "/2": last})
    with serving(site):
        urls = [f"http://127.0.0.2:{site.port}{path}" for path in site.routes]
        probed = probe(urls, crawl={"concurrency_per_site": 3}, settings={"RETRY_BACKOFF": 3})
    assert {probed.reason(url) for url in urls} == {"200"}
    assert "Traceback" not in probed.log, probed.log


def test_the_gap_counts_from_the_answer() -> None:
    """Whenever a request reached the site, the next one is a whole delay behind it."""
    paths = ["/0", "/1", "/2"]
    site = HostileSite(routes={path: late(reply(), 1) for path in paths})
    with serving(site):
        urls = [f"http://127.0.0.2:{site.port}{path}" for path in paths]
        probed = probe(urls, crawl={"delay": 1})
    assert {probed.reason(url) for url in urls} == {"200"}
    assert min(site.gaps("127.0.0.2")) > 1.9, "a second for the answer, and one of delay"


@pytest.mark.parametrize("why", ["crawl-delay", "retry-after"])
def test_c02_a_stop_does_not_wait_for_what_waits(why: str) -> None:
    """20 requests, 20 seconds apart or all resting, would take minutes."""
    site = HostileSite(routes={f"/{number}": reply() for number in range(20)})
    if why == "crawl-delay":
        site.routes["rest.test/robots.txt"] = reply(b"User-agent: *\nCrawl-delay: 20")
    else:
        site.routes["rest.test/0"] = throttled("Retry-After: 200")
    with serving(site):
        urls = [f"http://rest.test/{number}" for number in range(20)]
        probed = probe(
            ["http://other.test/1", *urls],
            hosts={"rest.test": f"127.0.0.2:{site.port}", "other.test": f"127.0.0.2:{site.port}"},
            crawl={"respect_robots": why == "crawl-delay", "retries": 2},
            settings={"DOWNLOAD_SLOTS": {"other.test": {"delay": 1}}},
            stop_after=1,
        )
    assert probed.endings["http://other.test/1"]["status"] == 200
    assert {probed.reason(url) for url in urls if url in probed.endings} <= {"stopped"}
    assert len([hit for hit in site.hits if hit.host == "rest.test"]) <= 2
