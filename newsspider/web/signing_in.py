"""Signing in and out, and what a reader prefers."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from newsspider.web import preferences
from newsspider.web.access import COOKIE, OPEN, READER, SESSION_SECONDS, Access, client_address
from newsspider.web.preferences import Preferences
from newsspider.web.problems import problem
from newsspider.web.rendering import link_without, preferring, render

router = APIRouter(include_in_schema=False)


@router.get("/login", dependencies=[OPEN])
async def login_page(request: Request) -> Response:
    return render(request, "login.html", wrong=False, target=f"/{preferring(request.query_params)}")


@router.post("/login", dependencies=[OPEN])
async def login(request: Request) -> Response:
    access: Access = request.app.state.access
    form = await read_form(request)
    target = own_path(form.get("next", [""])[0])
    tokens = form.get("token", [])
    user = await run_in_threadpool(access.login, tokens[0].strip() if len(tokens) == 1 else "", client_address(request))
    if isinstance(user, int):
        return problem(request, "too_many_failures", headers={"Retry-After": str(user)})
    if user is None:
        return render(request, "login.html", status=401, wrong=True, target=target)
    response = RedirectResponse(target, 303)
    response.set_cookie(
        COOKIE, access.new_session(user), max_age=SESSION_SECONDS, httponly=True, samesite="strict", secure=is_secure(request)
    )
    return response


@router.post("/logout", dependencies=[READER])
async def logout(request: Request) -> Response:
    response = RedirectResponse(f"/login{preferring(request.query_params)}", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


@router.post("/preferences", dependencies=[OPEN])
async def prefer(request: Request) -> Response:
    """Keep what the form says, and go back to where it stood."""
    form = await read_form(request)
    chosen = Preferences.of(Preferences.asked(request).model_dump(), {name: values[0] for name, values in form.items()})
    target = own_path(form.get("next", [""])[0])
    response = RedirectResponse(link_without(target, Preferences.model_fields), 303)
    response.set_cookie(
        preferences.COOKIE, chosen.cookie(), max_age=preferences.SECONDS, httponly=True, samesite="lax", secure=is_secure(request)
    )
    return response


async def read_form(request: Request) -> dict[str, list[str]]:
    """The fields of a form, each with its values. Raises ValueError for more than fifty."""
    return parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=50)


def is_secure(request: Request) -> bool:
    return bool(request.url.scheme == "https" or request.app.state.behind_tls_proxy)


def own_path(target: str) -> str:
    """`target` where it is a path of this site, else the search page: a browser takes //host and /\\host for another site."""
    own = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isascii() and target.isprintable()
    return target if own else "/"
