"""How the routes that search are called: many a search takes less time than FastAPI's own way to a route."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from functools import cached_property
from typing import Any, get_origin

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from newsspider.web.turns import Turns


class Direct(APIRoute):
    """A route whose endpoint takes the request and one model of its parameters and gives a view, or a whole response. It waits for its turn at the engine; its own
    dependencies, which take the request alone, come before; one of FastAPI's security only describes.

    Declared, described and refused as any other. FastAPI's handler finds out anew at each request what fields the model has, checks the view again,
    and keeps stacks of what dependencies leave behind.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)  # which refuses it
            return
        response = await self._answer(Request(scope))
        await response(scope, receive, send)

    @cached_property
    def _answer(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        (parameters,) = self.dependant.query_params
        model = parameters.field_info.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        lists = {field.alias or name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}
        asked = [one.dependency for one in self.dependencies]
        checks: list[Callable[[Request], Coroutine[Any, Any, None]]] = [one for one in asked if one and not isinstance(one, SecurityBase)]

        def work(request: Request) -> Response:
            given = self.endpoint(request, _read(model, lists, request.query_params))
            return given if isinstance(given, Response) else Response(to_json(given), media_type="application/json")

        async def answer(request: Request) -> Response:
            for check in checks:
                await check(request)
            turns: Turns = request.app.state.turns
            return await turns.run(work, request)

        return answer


def _read(model: type[BaseModel], lists: Collection[str], given: QueryParams) -> BaseModel:
    """Of what is given several times, and is no list, the last. Raises RequestValidationError."""
    try:
        return model.model_validate({name: given.getlist(name) if name in lists else value for name, value in given.items()})
    except ValidationError as e:
        raise RequestValidationError(e.errors(include_url=False)) from e
