"""What an engine is: an index side that takes changes, a search side, and the concrete indexes behind one name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

from newsspider.config import Config
from newsspider.items import Change, Delivered, StoredArticle
from newsspider.search import SearchEngine
from newsspider.text import use_word_lists


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """One concrete index: its id, the analysis it was built with, when, and whether it is the one that is searched."""

    index_id: str
    analysis_id: str
    created: datetime
    current: bool


class Engine(SearchEngine, Protocol):
    """One concrete index for writing, and searching of whichever is current.

    `index_id` never changes while the engine is open, even after another index was promoted: a checkpoint belongs to it. Asking for it raises
    EngineUnavailable as long as an engine on another machine has not been reached.
    """

    @property
    def index_id(self) -> str: ...

    @property
    def analysis_id(self) -> str: ...

    @property
    def is_of_this_version(self) -> bool:
        """True when the index holds the tokens and fields that this version makes; else it must be rebuilt."""
        ...

    @property
    def in_order(self) -> bool:
        """True when what is applied last stays, whatever its change number, so that deliveries must come one after another."""
        ...

    def apply(self, changes: Sequence[Change]) -> list[Delivered]:
        """Puts each article's present state into the index, durably, and says for each change, in order, what became of it. Idempotent.

        Raises EngineUnavailable when nothing could be written now, EngineError when the index is damaged, AnalysisMismatch when it was
        built by another analysis, unless all changes are deletions.
        """
        ...

    def refresh(self) -> None:
        """Makes all that was applied searchable."""
        ...

    def count(self) -> int:
        """How many articles this concrete index holds, as of the last refresh."""
        ...

    def tokens(self, text: str) -> dict[str, list[tuple[int, str]]]:
        """The tokens that the engine itself makes of a text, as `text.levels` gives them. Raises EngineError."""
        ...

    def indexes(self) -> list[IndexInfo]:
        """All concrete indexes, the oldest first."""
        ...

    def create(self) -> Self:
        """A new, empty concrete index beside this one, not yet current."""
        ...

    def at(self, index_id: str) -> Self:
        """That concrete index, for writing and searching both. Raises EngineError when there is none."""
        ...

    def is_current(self) -> bool:
        """Whether this concrete index is still the one that changes go to; False once another was promoted."""
        ...

    def ids(self) -> Iterator[str]:
        """The id of every article that this concrete index holds, as of the last refresh, in no order that means anything."""
        ...

    def held(self, ids: Sequence[str]) -> Mapping[str, Any]:
        """What this concrete index holds of those of these articles that it has."""
        ...

    def kept(self, article: StoredArticle) -> Any:
        """What `held` gives of an article in that state: anything else was not put there by `apply`, or is older."""
        ...

    def promote(self) -> None:
        """Makes this concrete index the current one, for all processes, in one step; the one before stays until it is dropped."""
        ...

    def drop(self, index_id: str) -> None:
        """Deletes a concrete index. Raises EngineError for the current one."""
        ...

    def close(self) -> None: ...


def open_engine(config: Config) -> Engine:
    """The configured engine, with the configured word lists. Raises ConfigError; whether it can be reached and is whole is found when it is used."""
    use_word_lists(config.index.word_lists)
    if config.engine.url:
        from newsspider.engines.elasticsearch import ElasticsearchEngine

        return ElasticsearchEngine.open(config.engine)
    from newsspider.engines.embedded import EmbeddedEngine

    return EmbeddedEngine.open(config.data_folder / "index")
