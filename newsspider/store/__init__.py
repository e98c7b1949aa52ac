"""The system of record: articles with their revisions and addresses, the frontier, runs and their ledger, and the change feed."""

from newsspider.store.articles import Address, Revision
from newsspider.store.changes import DeadLetter
from newsspider.store.frontier import Announced, FrontierRow
from newsspider.store.owner import Owner
from newsspider.store.runs import LedgerConflict, LedgerRow, ReasonCount, Run, RunSummary
from newsspider.store.store import Store

__all__ = [
    "Address",
    "Announced",
    "DeadLetter",
    "FrontierRow",
    "LedgerConflict",
    "LedgerRow",
    "Owner",
    "ReasonCount",
    "Revision",
    "Run",
    "RunSummary",
    "Store",
]
