"""Pages from templates: every value is escaped, and every link keeps the search and the language of the page it stands on."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import idna
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse

from newsspider.text.printable import printable
from newsspider.web.languages import ARABIC, LANGUAGES
from newsspider.web.parameters import SearchParameters

HERE = Path(__file__).parent
STYLE_VERSION = hashlib.sha256((HERE / "static" / "style.css").read_bytes()).hexdigest()[:12]
KEPT = frozenset({"lang", *(field.alias or name for name, field in SearchParameters.model_fields.items())})

templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def render(request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> HTMLResponse:
    """The page in the language that the address asks for."""
    parameters = request.query_params
    language = LANGUAGES.get(parameters.get("lang", ""), ARABIC)
    shared = {
        "language": language,
        "words": language.words,
        "other_languages": [other for other in LANGUAGES.values() if other is not language],
        "parameters": parameters,
        "link": partial(link, parameters),
        "signed_in": getattr(request.state, "signed_in", False),
        "request_id": request.state.request_id,
        "style_version": STYLE_VERSION,
    }
    return HTMLResponse(templates.get_template(template).render(shared | values), status, headers)


def link(parameters: QueryParams, path: str = "/", *, without: tuple[str, str] | None = None, **changes: object) -> str:
    """`path` with the parameters of this page, some of them changed (None: left out), or one pair `without`; always without its page number."""
    kept = [(k, v) for k, v in parameters.multi_items() if k in KEPT and v and k != "page" and k not in changes and (k, v) != without]
    query = urlencode(kept + [(name, value) for name, value in changes.items() if value is not None])
    return f"{path}?{query}" if query else path


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


templates.filters |= {"printable": printable, "direction": direction, "host": host}
