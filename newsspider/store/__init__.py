"""The system of record: articles with their revisions and addresses, the frontier, runs and their ledger, and the change feed."""

from newsspider.store import recording, runs
from newsspider.store.announce import Announced
from newsspider.store.articles import Address, Revision
from newsspider.store.changes import Backlog, DeadLetter
from newsspider.store.control import CRAWLED, Action, Request, SourceStanding, SourceState
from newsspider.store.coverage import SourceDays
from newsspider.store.families import Family, Member
from newsspider.store.fields import Field, FieldCoverage, Note
from newsspider.store.figures import Trouble
from newsspider.store.forgotten import Takedown
from newsspider.store.frontier import FrontierRow, RestingPage, Validators, rest
from newsspider.store.history import IndexState, Told, Visit, Waiting
from newsspider.store.ledger import LedgerConflict, LedgerRow, ReasonCount, RunSummary
from newsspider.store.messages import OutgoingMessage, Receiver
from newsspider.store.notices import Condition, Notice, NoticeKind
from newsspider.store.owner import Owner
from newsspider.store.rests import Turn
from newsspider.store.retention import Pruned
from newsspider.store.runs import Run
from newsspider.store.schedules import LastRun
from newsspider.store.searches import Alert, Match, SavedSearch
from newsspider.store.sqlite import sqlite_in_use
from newsspider.store.store import Store
from newsspider.store.users import OWNER, User

REASONS = (*recording.REASONS, runs.LEFT)  # all that the store gives with an outcome

__all__ = [
    "CRAWLED",
    "OWNER",
    "REASONS",
    "Action",
    "Address",
    "Alert",
    "Announced",
    "Backlog",
    "Condition",
    "DeadLetter",
    "Family",
    "Field",
    "FieldCoverage",
    "FrontierRow",
    "IndexState",
    "LastRun",
    "LedgerConflict",
    "LedgerRow",
    "Match",
    "Member",
    "Note",
    "Notice",
    "NoticeKind",
    "OutgoingMessage",
    "Owner",
    "Pruned",
    "ReasonCount",
    "Receiver",
    "Request",
    "RestingPage",
    "Revision",
    "Run",
    "RunSummary",
    "SavedSearch",
    "SourceDays",
    "SourceStanding",
    "SourceState",
    "Store",
    "Takedown",
    "Told",
    "Trouble",
    "Turn",
    "User",
    "Validators",
    "Visit",
    "Waiting",
    "rest",
    "sqlite_in_use",
]
