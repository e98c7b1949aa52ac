"""Values that are not accepted: what pydantic and we find wrong with them, told in the reader's language by the words `invalid`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from fastapi.exceptions import RequestValidationError

from newsspider.wording.languages import LANGUAGES

_CHOICES = re.compile(r"'([^']+)'")


@dataclass(frozen=True, slots=True)
class Invalid:
    """`name` is the parameter's, `kind` the type of pydantic's error or one of ours, `facts` are what its text is made of."""

    name: str
    kind: str
    facts: Mapping[str, Any]

    @classmethod
    def of(cls, error: Mapping[str, Any]) -> Self:
        """Of an error as pydantic describes it."""
        name = next(part for part in reversed(error["loc"]) if isinstance(part, str))
        return cls(name, error["type"], {"msg": error["msg"], **error.get("ctx", {})})

    def message(self, language: str) -> str:
        """`language` is one of LANGUAGES."""
        words = LANGUAGES[language].words
        choices = f"{words['comma']} ".join(_CHOICES.findall(str(self.facts.get("expected", ""))))
        reason = words["invalid"].get(self.kind, words["invalid"]["other"]).format(**{**self.facts, "expected": choices})
        return str(words["invalid"]["about"]).format(name=self.name, reason=reason)


def refusal(name: str, kind: str) -> RequestValidationError:
    """To be raised for a parameter that only its use shows to be wrong."""
    return RequestValidationError([{"loc": (name,), "type": kind, "msg": kind}])
