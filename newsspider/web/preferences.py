"""What a reader prefers: language, digits, calendar, names of months, light or dark. Kept in one cookie, and any of it may stand in an address."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from newsspider.wording.languages import Calendar, Digits, Months

COOKIE = "newsspider_view"
SECONDS = 365 * 24 * 3600


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Preferences(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    lang: Literal["ar", "en"] = "ar"
    digits: Digits = Digits.WESTERN
    calendar: Calendar = Calendar.GREGORIAN
    months: Months = Months.COMMON
    theme: Theme = Theme.AUTO

    @classmethod
    def of(cls, *given: Mapping[str, str]) -> Self:
        """From several places, the later ones on top; a value that is none of the choices counts for nothing."""
        chosen = cls()
        for values in given:
            for name in cls.model_fields.keys() & values.keys():
                try:
                    chosen = cls.model_validate(chosen.model_dump() | {name: values[name]})
                except ValidationError:
                    continue
        return chosen

    @classmethod
    def asked(cls, request: Request) -> Self:
        """The reader's: the language of the site, what the cookie says, and the address on top."""
        site = request.app.state.resources.config.language
        return cls.of({"lang": site}, dict(parse_qsl(request.cookies.get(COOKIE, ""))), request.query_params)

    def cookie(self) -> str:
        return urlencode(self.model_dump())
