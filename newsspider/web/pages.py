"""The pages for readers: searching, reading an article with its date's evidence, signing in. All of it works without JavaScript."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from newsspider.errors import QueryError
from newsspider.search import parse_query
from newsspider.search.query import MAX_OFFSET
from newsspider.text.highlight import Marks, highlight
from newsspider.web.access import COOKIE, SESSION_SECONDS, Access, client_address
from newsspider.web.api import find_article, resources
from newsspider.web.parameters import SearchParameters
from newsspider.web.problems import problem
from newsspider.web.rendering import render
from newsspider.web.views import ResultsView

router = APIRouter(include_in_schema=False)


@router.get("/")
def search_page(request: Request, asked: Annotated[SearchParameters, Query()]) -> Response:
    results = ResultsView.model_validate(resources(request).engine.search(asked.query()))
    pages = min(-(-results.total // asked.limit), MAX_OFFSET // asked.limit + 1)
    return render(request, "search.html", asked=asked, results=results, pages=pages, titles=resources(request).titles)


@router.get("/article/{article_id}")
def article_page(request: Request, article_id: str) -> Response:
    article = find_article(resources(request), article_id)
    marks = _marks(request.query_params.get("q", ""))
    return render(
        request,
        "article.html",
        article=article,
        title=highlight(article.title, marks),
        paragraphs=[highlight(paragraph, marks) for paragraph in article.text.split("\n\n")],
        source_title=resources(request).titles.get(article.source, article.source),
    )


def _marks(text: str) -> Marks:
    """What the search that led here marks; nothing for an address that somebody wrote by hand and that is no search."""
    try:
        return parse_query(text).marks
    except QueryError:
        return Marks()


@router.get("/login")
async def login_page(request: Request) -> Response:
    return render(request, "login.html", wrong=False, target="/")


@router.post("/login")
async def login(request: Request) -> Response:
    access: Access = request.app.state.access
    address = client_address(request)
    if wait := access.failures.wait(address):
        return problem(request, "too_many_failures", headers={"Retry-After": str(wait)})
    form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    target = own_path(form.get("next", [""])[0])
    tokens = form.get("token", [])
    if len(tokens) != 1 or not access.is_token(tokens[0].strip()):
        access.failures.add(address)
        return render(request, "login.html", status=401, wrong=True, target=target)
    response = RedirectResponse(target, 303)
    secure = request.url.scheme == "https" or request.app.state.behind_tls_proxy
    response.set_cookie(COOKIE, access.new_session(), max_age=SESSION_SECONDS, httponly=True, samesite="strict", secure=secure)
    return response


@router.post("/logout")
async def logout() -> Response:
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def own_path(target: str) -> str:
    """`target` where it is a path of this site, else the search page: a browser takes //host and /\\host for another site."""
    own = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isascii() and target.isprintable()
    return target if own else "/"
