"""Where each publisher's files are, and bringing a folder up to date with them.

`plan` asks the publishers what there is and how large it is; `download_all` fetches it into
`<mirror>/<source>/<publisher's file name>`, the folder that `sync --from` reads. A publisher that fails does not stop
the others.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from drugchatter.errors import DrugChatterError, OfflineError, StoreError, UpstreamError, UsageError
from drugchatter.sources.download import (
    Patience,
    Progress,
    Wanted,
    alone,
    digest_of,
    fetch,
    forget,
    is_own,
    move,
    write_durably,
)

if TYPE_CHECKING:
    from drugchatter.sources.web import Web

_PATIENCE = Patience()
_HEAD_SECONDS = 30.0
_OPENFDA_INDEX = "https://api.fda.gov/download.json"
# NLM has had five parts of prescription and about a dozen of over-the-counter labels; far more is no release.
_MOST_PARTS = 60
_PURPLE_MONTHS = 6
_NEXT = ".next"
# Not named as the publisher does, since no parts stand beside it.
_INDEX_COPY = ".index/openfda-download.index"
_SHRUGGED = "the publisher may have moved its files"


@dataclass(frozen=True, slots=True)
class Failure:
    """A source, or a file of it, that could not be had: why, and what to do."""

    source: str
    file: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to fetch, and which sources could not even be asked.

    `indexes`: for each source of openFDA the part of `download.json` that is about it, written last.
    """

    wanted: tuple[Wanted, ...]
    failed: tuple[Failure, ...]
    indexes: tuple[tuple[str, bytes], ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files whose size is known."""
        return sum(wanted.size or 0 for wanted in self.wanted)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: `moved` bytes; `failed` with why and what to do. `file` is empty for a whole source."""

    source: str
    file: str
    result: Literal["new", "unchanged", "failed"]
    moved: int = 0
    reason: str = ""
    hint: str = ""


Finder = Callable[["_Asking"], Iterable[Wanted]]


@dataclass(frozen=True, slots=True)
class Publisher:
    """`page`: where the publisher describes its files; `find` asks what there is now."""

    page: str
    find: Finder


@dataclass(slots=True)
class _Asking:
    """The questions of one plan; openFDA's index serves several sources and is fetched once."""

    source: str
    web: Web
    mirror: Path
    patience: Patience
    index: dict[str, Any] | None = None
    indexes: tuple[tuple[str, bytes], ...] = ()

    def head(self, url: str) -> tuple[int, Mapping[str, str]]:
        """Status and headers of `url`. Raises UpstreamError when no answer comes in three tries."""
        from drugchatter.sources.web import BrokenError

        for attempt in (1, 2):
            try:
                return self._head(url)
            except BrokenError:
                time.sleep(self.patience.first_wait * attempt)
        return self._head(url)

    def _head(self, url: str) -> tuple[int, Mapping[str, str]]:
        with self.web.ask("HEAD", url, seconds=_HEAD_SECONDS) as response:
            return response.status, response.headers


def plan(sources: Iterable[str], web: Web, mirror: Path, *, patience: Patience = _PATIENCE) -> Plan:
    """Ask the publishers of `sources` (names of `PUBLISHERS`) what there is to fetch.

    Writes nothing but the cached index of openFDA below `mirror`. Raises UsageError for an unknown source; what a
    publisher does wrong stands in `failed`.
    """
    sources = tuple(dict.fromkeys(sources))
    if unknown := [source for source in sources if source not in PUBLISHERS]:
        raise UsageError(f"no source is named {unknown[0]!r}", f"the sources are {', '.join(PUBLISHERS)}")
    asking = _Asking("", web, mirror, patience)
    wanted: list[Wanted] = []
    failed: list[Failure] = []
    for source in sources:
        asking.source = source
        try:
            wanted.extend(PUBLISHERS[source].find(asking))
        except UpstreamError as error:
            failed.append(Failure(source, "", error.message, error.hint))
    return Plan(tuple(wanted), tuple(failed), asking.indexes)


def download_all(
    todo: Plan, mirror: Path, web: Web, *, progress: Progress | None = None, patience: Patience = _PATIENCE
) -> tuple[Outcome, ...]:
    """Fetch the files of a plan and say what became of each; the failures of the plan come first.

    The files of a source change together, once all of them are complete; until then what was fetched waits in its
    folder `.next`, where the next run goes on. Files that the publisher no longer lists are deleted then, and only
    those that were fetched by this program.
    """
    outcomes = [Outcome(f.source, f.file, "failed", 0, f.reason, f.hint) for f in todo.failed]
    indexes = dict(todo.indexes)
    for source in dict.fromkeys(wanted.source for wanted in todo.wanted):
        files = [wanted for wanted in todo.wanted if wanted.source == source]
        folder = mirror / source
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with alone(folder):
                of_source = list(_download(files, folder, web, progress, patience))
                if all(outcome.result != "failed" for outcome in of_source):
                    _settle(folder, {wanted.name for wanted in files}, indexes.get(source))
                outcomes.extend(of_source)
        except OSError as error:
            reason = f"{folder} cannot be written ({error.strerror})"
            outcomes.append(Outcome(source, "", "failed", 0, reason, "make it writable, or name another folder"))
        except StoreError as error:
            outcomes.append(Outcome(source, "", "failed", 0, error.message, error.hint))
    return tuple(outcomes)


def _download(
    files: list[Wanted], folder: Path, web: Web, progress: Progress | None, patience: Patience
) -> Iterator[Outcome]:
    """Fetch what is not current in `folder` into its `_NEXT`, so that two releases never stand mixed."""
    offline: OfflineError | None = None
    for wanted in files:
        if offline:
            yield Outcome(wanted.source, wanted.name, "failed", 0, offline.message, offline.hint)
            continue
        target, current = _staged(folder, wanted.name), folder / wanted.name
        try:
            fetched = fetch(wanted, target, web, patience=patience, progress=progress, held=current)
        except DrugChatterError as error:
            offline = error if isinstance(error, OfflineError) else None
            yield Outcome(wanted.source, wanted.name, "failed", 0, error.message, error.hint)
        else:
            same = fetched.sha256 == digest_of(current)
            yield Outcome(wanted.source, wanted.name, "unchanged" if same else "new", fetched.moved)


def _staged(folder: Path, name: str) -> Path:
    """Where a file waits for the rest of its release, under a name that no loader takes for the publisher's."""
    return folder / _NEXT / f"{name}.next"


def _settle(folder: Path, names: set[str], index: bytes | None) -> None:
    """Put a complete release into place; of what stood there, what is no longer listed goes."""
    for name in sorted(names):
        if is_own(_staged(folder, name)):
            move(_staged(folder, name), folder / name)
    shutil.rmtree(folder / _NEXT)
    if index is not None:
        write_durably(folder / "download.json", index)
    for path in sorted(folder.iterdir()):
        if path.name not in names and is_own(path):
            forget(path)


# ----------------------------------------------------------------------------------------------------- the publishers


def _openfda(endpoint: str) -> Finder:
    """Parts that `download.json` lists for `drug/<endpoint>`, with their records and rough sizes."""

    def find(asking: _Asking) -> Iterator[Wanted]:
        if asking.index is None:
            asking.index = _openfda_index(asking)
        try:
            entry = asking.index["results"]["drug"][endpoint]
            parts = [(str(p["file"]), int(p["records"]), float(p["size_mb"])) for p in entry["partitions"]]
        except (KeyError, TypeError, ValueError) as error:
            raise UpstreamError(f"{_OPENFDA_INDEX} lists no drug/{endpoint} ({error})", _SHRUGGED) from error
        names = [url.rpartition("/")[2] for url, _, _ in parts]
        if not parts or not all(
            re.fullmatch(rf"drug-{endpoint}-\d{{4}}-of-\d{{4}}\.json\.zip", name) for name in names
        ):
            raise UpstreamError(f"{_OPENFDA_INDEX} names other parts of drug/{endpoint} than expected", _SHRUGGED)
        about = {"meta": asking.index.get("meta"), "results": {"drug": {endpoint: entry}}}
        asking.indexes += ((asking.source, json.dumps(about, indent=1).encode()),)
        for name, (url, records, size_mb) in zip(names, parts, strict=True):
            yield Wanted(asking.source, url, name, "zip", round(size_mb * 1_000_000), records)

    return find


def _openfda_index(asking: _Asking) -> dict[str, Any]:
    wanted = Wanted("openfda", _OPENFDA_INDEX, "download.json", "json")
    path = fetch(wanted, asking.mirror / _INDEX_COPY, asking.web, patience=asking.patience).path
    found = json.loads(path.read_bytes())
    return found if isinstance(found, dict) else {}


def _single(url: str, name: str, kind: Literal["zip", "csv"], pattern: str = "") -> Finder:
    """One file; where the publisher's name carries its month, that name (`pattern`) instead of `name`."""

    def find(asking: _Asking) -> Iterator[Wanted]:
        try:
            status, headers = asking.head(url)
        except OfflineError:
            raise
        except UpstreamError:
            # The size is only wanted for the plan; fetching has more patience and says better what is wrong.
            status, headers = 0, {}
        found = re.search(r'filename\*?=(?:UTF-8\'\')?"?([\w.-]{1,100})', headers.get("content-disposition", ""))
        named = found[1] if found and pattern and re.fullmatch(pattern, found[1]) else name
        yield Wanted(asking.source, url, named, kind, _length(headers) if status == 200 else None)

    return find


def _purple_book(asking: _Asking) -> Iterator[Wanted]:
    """The newest month there is; for a month that is not there yet the site answers with a web page or 404."""
    first = datetime.now(UTC).date().replace(day=1)
    for _ in range(_PURPLE_MONTHS):
        name = f"purplebook-search-{_MONTHS[first.month - 1]}-data-download.csv"
        url = f"https://purplebooksearch.fda.gov/files/{first.year}/{name}"
        status, headers = asking.head(url)
        if status == 200 and "html" not in headers.get("content-type", ""):
            yield Wanted(asking.source, url, name, "csv", _length(headers))
            return
        first = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    raise UpstreamError(f"no Purple Book of the last {_PURPLE_MONTHS} months at purplebooksearch.fda.gov", _SHRUGGED)


_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def _dailymed(group: str) -> Finder:
    """The numbered parts of a release, as many as there are."""

    def find(asking: _Asking) -> Iterator[Wanted]:
        for number in range(1, _MOST_PARTS + 1):
            name = f"dm_spl_release_human_{group}_part{number}.zip"
            url = f"https://dailymed-data.nlm.nih.gov/public-release-files/{name}"
            status, headers = asking.head(url)
            if number > 1 and status in (403, 404):
                return
            if status != 200:
                raise UpstreamError(f"{url}: status {status}", _SHRUGGED)
            yield Wanted(asking.source, url, name, "zip", _length(headers))

    return find


def _length(headers: Mapping[str, str]) -> int | None:
    length = headers.get("content-length", "")
    return int(length) if re.fullmatch(r"\d{1,18}", length) else None


PUBLISHERS: dict[str, Publisher] = {
    "openfda_label": Publisher("https://open.fda.gov/apis/drug/label/download/", _openfda("label")),
    "openfda_enforcement": Publisher("https://open.fda.gov/apis/drug/enforcement/download/", _openfda("enforcement")),
    "openfda_shortages": Publisher("https://open.fda.gov/apis/drug/drugshortages/download/", _openfda("shortages")),
    "orange_book": Publisher(
        "https://www.fda.gov/drugs/drug-approvals-and-databases/orange-book-data-files",
        _single("https://www.fda.gov/media/76860/download", "EOBZIP.zip", "zip", r"EOBZIP_\d{4}_\d{2}\.zip"),
    ),
    "purple_book": Publisher("https://purplebooksearch.fda.gov/downloads", _purple_book),
    "drugs_at_fda": Publisher(
        "https://www.fda.gov/drugs/drug-approvals-and-databases/drugsfda-data-files",
        _single("https://www.fda.gov/media/89850/download", "drugsatfda.zip", "zip", r"drugsatfda\d{0,8}\.zip"),
    ),
    "ndc": Publisher(
        "https://www.fda.gov/drugs/drug-approvals-and-databases/national-drug-code-directory",
        _single("https://www.accessdata.fda.gov/cder/ndctext.zip", "ndctext.zip", "zip"),
    ),
    "shortages": Publisher(
        "https://www.accessdata.fda.gov/scripts/drugshortages/default.cfm",
        _single("https://www.accessdata.fda.gov/scripts/drugshortages/Drugshortages.cfm", "Drugshortages.csv", "csv"),
    ),
    "rxnorm": Publisher(
        "https://www.nlm.nih.gov/research/umls/rxnorm/docs/rxnormfiles.html",
        _single(
            "https://download.nlm.nih.gov/rxnorm/RxNorm_full_prescribe_current.zip",
            "RxNorm_full_prescribe_current.zip",
            "zip",
            r"RxNorm_full_prescribe_\d{8}\.zip",
        ),
    ),
    "dailymed_rx": Publisher(
        "https://dailymed.nlm.nih.gov/dailymed/spl-resources-all-drug-labels.cfm", _dailymed("rx")
    ),
    "dailymed_otc": Publisher(
        "https://dailymed.nlm.nih.gov/dailymed/spl-resources-all-drug-labels.cfm", _dailymed("otc")
    ),
}

# --------------------------------------------------------------------------------------------- one label of DailyMed

_DAILYMED = "https://dailymed.nlm.nih.gov/dailymed"


def dailymed_label(set_id: str) -> Wanted:
    """The newest SPL of a set id (https://dailymed.nlm.nih.gov/dailymed/webservices-help/v2/spls_setid_api.cfm).

    Raises UsageError when `set_id` is not a UUID.
    """
    uuid = _uuid(set_id)
    return Wanted("dailymed", f"{_DAILYMED}/services/v2/spls/{uuid}.xml", f"{uuid}.xml", "xml")


def dailymed_history(set_id: str) -> Wanted:
    """The list of all versions (https://dailymed.nlm.nih.gov/dailymed/webservices-help/v2/spls_setid_history_api.cfm)."""
    uuid = _uuid(set_id)
    return Wanted("dailymed", f"{_DAILYMED}/services/v2/spls/{uuid}/history.json", f"{uuid}.history.json", "json")


def dailymed_version(set_id: str, version: int) -> Wanted:
    """The zip of one version, an earlier one too, as the archive page of each label links it."""
    wanted = dailymed_label(set_id)
    uuid = wanted.name.removesuffix(".xml")
    url = f"{_DAILYMED}/getFile.cfm?setid={uuid}&type=zip&version={int(version)}"
    return replace(wanted, url=url, name=f"{uuid}_{int(version)}.zip", kind="zip")


def _uuid(set_id: str) -> str:
    try:
        return str(UUID(set_id))
    except ValueError as error:
        raise UsageError(f"{set_id!r} is not a set id", "copy the set id from the label or from DailyMed") from error
