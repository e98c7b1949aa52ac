"""How the routes that search are called: many a search takes less time than FastAPI's own way to a route."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from typing import Any, get_origin

from anyio import to_thread
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from starlette.datastructures import QueryParams


class Direct(APIRoute):
    """A route whose endpoint takes the request and one model of its parameters and gives a view, or a whole response. It waits for its turn at the engine; its own
    dependencies, which take the request alone, come before.

    Declared, described and refused as any other. FastAPI's handler finds out anew at each request what fields the model has, and checks the view again.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        (parameters,) = self.dependant.query_params
        model = parameters.field_info.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        lists = {field.alias or name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}
        checks: list[Callable[[Request], Coroutine[Any, Any, None]]] = [one.dependency for one in self.dependencies if one.dependency]

        def answer(request: Request) -> Response:
            given = self.endpoint(request, _read(model, lists, request.query_params))
            return given if isinstance(given, Response) else Response(to_json(given), media_type="application/json")

        async def handle(request: Request) -> Response:
            for check in checks:
                await check(request)
            return await to_thread.run_sync(answer, request, limiter=request.app.state.turns)

        return handle


def _read(model: type[BaseModel], lists: Collection[str], given: QueryParams) -> BaseModel:
    """Of what is given several times, and is no list, the last. Raises RequestValidationError."""
    try:
        return model.model_validate({name: given.getlist(name) if name in lists else value for name, value in given.items()})
    except ValidationError as e:
        raise RequestValidationError(e.errors(include_url=False)) from e
