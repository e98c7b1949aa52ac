"""Pages from templates: every value is escaped, and every link keeps the search and the language of the page it stands on."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import idna
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse

from newsspider.search import FILTERS, LISTS
from newsspider.text.printable import printable, readable
from newsspider.web import preferences
from newsspider.web.parameters import KEPT, MAX_COMPARED
from newsspider.web.preferences import Preferences
from newsspider.wording.languages import LANGUAGES

HERE = Path(__file__).parent
STATIC = HERE / "static"
_MACHINE = re.compile(r"(\[[^\]]*\]|\w+://\S*|\d+(?:-\d+)+)")

templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def render(request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> HTMLResponse:
    """The page, as its reader prefers."""
    parameters = request.query_params
    preferred = Preferences.asked(request)
    language = LANGUAGES[preferred.lang].preferring(preferred.digits, preferred.calendar, preferred.months)
    shared = {
        "language": language,
        "words": language.words,
        "other_languages": [other for other in LANGUAGES.values() if other.code != language.code],
        "preferred": preferred,
        "choices": preferences,
        "parameters": parameters,
        "link": partial(link, parameters),
        "preferring": preferring(parameters),
        "here": here(request),
        "path": request.url.path,
        "user": getattr(request.state, "user", None),
        "signed_in": getattr(request.state, "signed_in", False),
        "request_id": request.state.request_id,
    }
    return HTMLResponse(templates.get_template(template).render(shared | values), status, headers)


def link(parameters: QueryParams, path: str = "/", *, without: tuple[str, str] | None = None, **changes: object) -> str:
    """`path` with the parameters of this page, some of them changed (None: left out; a list: several), or one pair `without`; always without
    its place among the results."""
    kept = [(k, v) for k, v in parameters.multi_items() if k in KEPT and v and k not in ("page", "cursor", *changes) and (k, v) != without]
    query = urlencode(kept + [(name, value) for name, value in changes.items() if value is not None], doseq=True)
    return f"{path}?{query}" if query else path


def preferring(parameters: Mapping[str, str]) -> str:
    """The query of an address that keeps what this page's own address says of the reader's preferences, with its question mark; or nothing."""
    said = {name: value for name, value in parameters.items() if name in Preferences.model_fields}
    return f"?{urlencode(said)}" if said else ""


def link_without(path: str, names: Collection[str]) -> str:
    """The address of a page of ours without these parameters."""
    path, _, query = path.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name not in names]
    return f"{path}?{urlencode(kept)}" if kept else path


def direction(text: str) -> str:
    """rtl or ltr, by the first letter that says (Unicode Bidirectional Algorithm, rules P2 and P3)."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return "ltr" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "R") == "L" else "rtl"


def host(address: str) -> str:
    """The host that a link really leads to; beside its form in letters, where it has one, so that look-alikes are seen."""
    name = urlsplit(address).hostname or ""
    try:
        letters = idna.decode(name)
    except idna.IDNAError:
        return name
    return name if letters == name else f"{letters} ({name})"


def isolated(text: str) -> Markup:
    """A text of ours with its days, ranges and addresses isolated: among Arabic letters their parts would change places."""
    parts = enumerate(_MACHINE.split(text))
    return Markup().join(Markup('<bdi dir="ltr">{}</bdi>').format(part) if at % 2 else part for at, part in parts)


def static(name: str) -> str:
    """The address of a static file, with what changes when the file does."""
    return f"/static/{name}?v={VERSIONS[name]}"


def _versions() -> dict[str, str]:
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    return {path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in files}


def here(request: Request) -> str:
    """This page's own address, where a form on it leads back to."""
    path = quote(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    return path if request.method == "GET" else "/"


VERSIONS = _versions()
templates.filters |= {"printable": printable, "isolated": isolated, "readable": readable, "direction": direction, "host": host}
templates.globals |= {"static": static, "most_compared": MAX_COMPARED, "lists": LISTS, "filters": FILTERS}
