"""Errors are for the operator; refusals for the reader are values (`types.Declined`).

    DrugChatterError            exit code 1
    ├── UsageError              2  the call's words are wrong
    ├── StoreError              1  the store cannot be read or written
    │   ├── StoreVersionError      made by another version of the program
    │   └── NoSpaceError           disk full or home not writable
    ├── DataError               1  a publisher's file is not what it claims
    └── UpstreamError           4  a remote service failed
        └── OfflineError           no network, or it may not be used

Each carries a one-line `hint`: the way to mend it.
"""

from __future__ import annotations


class DrugChatterError(Exception):
    """Base of all errors: `message` names the thing, `hint` the way to mend it."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(DrugChatterError):
    exit_code = 2


class StoreError(DrugChatterError):
    pass


class StoreVersionError(StoreError):
    pass


class NoSpaceError(StoreError):
    pass


class DataError(DrugChatterError):
    pass


class UpstreamError(DrugChatterError):
    exit_code = 4


class OfflineError(UpstreamError):
    pass
