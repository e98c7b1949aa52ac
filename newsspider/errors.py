"""The exception tree. Every message names the file, key, URL or row at fault and says what to do.

    NewsspiderError                 exit code 1
    ├── ConfigError                 2   newsspider.toml or a NEWSSPIDER_* variable
    │   └── SourceError             2   a source file
    ├── QueryError                  2   a search that cannot be read
    │   └── CursorExpired           2   a page whose search must begin again
    ├── FetchError                  1   a page could not be fetched outside a crawl
    │   └── AddressBlocked          1   the address guard refused it
    ├── RunActive                   75  this source is being crawled already
    ├── StoreError                  1
    │   ├── StoreUnavailable        1   the path cannot be opened or written
    │   ├── StoreCorrupt            1   damaged: `newsspider store check`
    │   ├── StoreVersionError       1   made by a newer newsspider
    │   └── StoreFull               75  no space left: nothing was lost, free some and run again
    ├── EngineError                 1
    │   ├── EngineUnavailable       75  not reachable now: documents stay pending
    │   │   └── EngineTimeout       75  no answer in time
    │   └── AnalysisMismatch        1   the index was built by another analysis: `newsspider index rebuild`
    └── ArchiveError                1   a WARC file cannot be read or written

75 is EX_TEMPFAIL of sysexits.h: running the same command later can succeed.
"""

from __future__ import annotations


class NewsspiderError(Exception):
    """Base of all errors a user may see; `exit_code` is what the command ends with."""

    exit_code = 1


class ConfigError(NewsspiderError):
    exit_code = 2


class SourceError(ConfigError):
    pass


class QueryError(NewsspiderError):
    exit_code = 2


class CursorExpired(QueryError):
    pass


class FetchError(NewsspiderError):
    pass


class AddressBlocked(FetchError):
    pass


class RunActive(NewsspiderError):
    exit_code = 75


class StoreError(NewsspiderError):
    pass


class StoreUnavailable(StoreError):
    pass


class StoreCorrupt(StoreError):
    pass


class StoreVersionError(StoreError):
    pass


class StoreFull(StoreError):
    exit_code = 75


class EngineError(NewsspiderError):
    pass


class EngineUnavailable(EngineError):
    exit_code = 75


class EngineTimeout(EngineUnavailable):
    pass


class AnalysisMismatch(EngineError):
    pass


class ArchiveError(NewsspiderError):
    pass
