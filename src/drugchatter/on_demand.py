"""A drug that the store lacks: its label is fetched from openFDA's API when it is asked about, and kept.

Only the drug's name leaves the machine. What goes wrong is a notice beside the answer, never an error.
"""

from __future__ import annotations

from threading import Lock

from drugchatter.errors import DataError, DrugChatterError, OfflineError, StoreError, UpstreamError
from drugchatter.protocols import Index
from drugchatter.settings import Settings
from drugchatter.sources.openfda_api import OpenFda
from drugchatter.types import Notice, Record


class OnDemand:
    """Called with the names that a question wants and the index lacks; gives back an index that holds one of them, or
    None, and the notice to show."""

    def __init__(self, settings: Settings, own_first: bool = False) -> None:
        self._settings, self._own_first = settings, own_first
        self._api = OpenFda(settings)
        # Names that the API does not know: asking again would spend its limits for nothing.
        self._unknown: set[str] = set()
        self._lock = Lock()

    def __call__(self, names: tuple[str, ...]) -> tuple[Index | None, Notice | None]:
        if not self._settings.fetch:
            return None, None
        if self._settings.offline:
            return None, Notice("offline", "Nothing was fetched: this program is set to open no connection.")
        with self._lock:
            try:
                return self._fetched(tuple(name for name in names if name not in self._unknown))
            except (OfflineError, UpstreamError) as error:
                why = "there is no connection" if isinstance(error, OfflineError) else error.message
                return None, Notice("offline", f"The label was looked for at openFDA, but {why}.")
            except DrugChatterError as error:
                return None, Notice("offline", f"The label could not be fetched: {error.message}.")

    def _fetched(self, names: tuple[str, ...]) -> tuple[Index | None, Notice | None]:
        from drugchatter.sync import open_index

        for name in names:
            answer = self._api.find_label(name)
            record = _label(answer, name) if answer else None
            if record is None:
                self._unknown.add(name)
                continue
            self._keep(record)
            told = f"{record.title}, version {record.version} of {record.effective_date.isoformat()}"
            notice = Notice("reading", f"This label was not loaded and has been fetched from openFDA just now: {told}.")
            return open_index(self._settings, self._own_first), notice
        return None, None

    def _keep(self, record: Record) -> None:
        from drugchatter.store.editions import writing
        from drugchatter.sync import publish_layer, split_label

        try:
            with writing(self._settings.home):
                publish_layer(self._settings.fetched, [split_label(record)], "fetched")
        except StoreError as error:
            raise StoreError(f"it could not be kept ({error.message})", error.hint) from error


def _label(answer: bytes, name: str) -> Record | None:
    """The most fitting label of the API's answer, which lists it first."""
    from drugchatter.sources.openfda_label import parse_results

    try:
        found = parse_results(answer, f"openFDA's answer for {name}")
    except DataError as error:
        raise UpstreamError(error.message, error.hint) from error
    return next((item for item in found if isinstance(item, Record)), None)
