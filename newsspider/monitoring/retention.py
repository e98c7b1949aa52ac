"""What the store keeps no longer, as `[store]` says."""

from __future__ import annotations

import logging
from datetime import timedelta

from newsspider import clock
from newsspider.config import Config
from newsspider.store import Pruned, Store

logger = logging.getLogger(__name__)

EVERY = timedelta(days=1)


def prune(store: Store, config: Config, *, dry_run: bool = False) -> Pruned:
    """Raises StoreError."""
    kept = config.store
    done = store.prune(
        clock.now(),
        runs_for=_days(kept.ledger_days),
        messages_for=_days(kept.messages_days),
        dead_for=_days(kept.dead_letters_days),
        dry_run=dry_run,
    )
    for letter in () if dry_run else done.dead_letters:
        logger.warning(
            "dead letter dropped after %g days: article %s, refused by %s (%s: %s)",
            kept.dead_letters_days, letter.article_id, letter.index_id, letter.error_type, letter.reason,
        )  # fmt: skip
    return done


def _days(days: float) -> timedelta | None:
    return timedelta(days=days) if days else None
