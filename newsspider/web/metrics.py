"""/metrics, for Prometheus: with the token of a user who is an operator."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from newsspider.monitoring.metrics import metrics
from newsspider.web.access import OPERATOR
from newsspider.web.api import resources

router = APIRouter(include_in_schema=False)


@router.get("/metrics", dependencies=[OPERATOR])
def metrics_page(request: Request) -> Response:
    here = resources(request)
    return Response(metrics(here.store, here.engine, here.config), media_type=CONTENT_TYPE_LATEST)
