"""The floor plan of the build: fetch → parse → split → store → check → publish.

Bulk data, labels fetched on demand and a reader's own files take the same way, each into an edition of its own:
`editions` holds the publishers' releases, `fetched` and `own` the other two. One process writes at a time; readers
never wait.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drugchatter.errors import DataError, StoreVersionError, UpstreamError, UsageError
from drugchatter.protocols import Index
from drugchatter.settings import Settings
from drugchatter.store import editions
from drugchatter.store.build import Before, Loaded, Step, build_edition, carried_sources
from drugchatter.store.compare import Difference, difference, facts, objections
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.store.layers import OWN, OWN_PUBLISHER, LayeredIndex
from drugchatter.types import Origin, Passage, Record, SetAside

if TYPE_CHECKING:
    from drugchatter.sources.intake import Survey

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sync did. `edition` is the one that serves now; `changed` is None when nothing was new; `failed` are
    downloads that did not come; `forced` are the objections that --force set aside."""

    edition: str
    changed: Difference | None
    aside: tuple[SetAside, ...] = ()
    failed: tuple[SetAside, ...] = ()
    forced: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether every file came and every label was loaded, or was rightly left out. A single row that cannot be read
        is told and no more: publishers' tables of 100,000 rows hold one or two."""
        return not self.failed and all(a.harmless or a.item.startswith("line ") for a in self.aside)


# ------------------------------------------------------------------------------------------------------------- open


def ensure_edition(settings: Settings) -> None:
    """See that an edition serves: on a fresh machine the starter's, which is also built anew when it is of another
    version of the program."""
    serving = editions.current(settings.editions)
    if serving is None or (serving.startswith("starter-") and _of_another_version(settings.editions / serving)):
        build_starter(settings)


def _of_another_version(edition: Path) -> bool:
    try:
        EmbeddedIndex(edition).close()
    except StoreVersionError:
        return True
    return False


def served(settings: Settings) -> tuple[str | None, ...]:
    """Ids of the editions that `open_index` would open now: the publishers', the fetched, the own."""
    return tuple(editions.current(place) for place in (settings.editions, settings.fetched, settings.own))


def open_index(settings: Settings, own_first: bool = False) -> Index:
    """The serving edition, with the fetched and own layers over it where there are any."""
    base = _opened(settings.editions)
    assert base is not None  # noqa: S101 - the caller has seen that an edition serves
    fetched, own = _opened(settings.fetched), _opened(settings.own)
    return LayeredIndex(base, fetched, own, own_first) if fetched or own else base


def _opened(place: Path) -> EmbeddedIndex | None:
    edition_id = editions.current(place)
    return EmbeddedIndex(place / edition_id) if edition_id else None


# ------------------------------------------------------------------------------------------------------------ build


def build_starter(settings: Settings) -> str:
    """Build and publish the edition of the starter formulary; returns its id."""
    with editions.writing(settings.home):
        items = chain(_starter(), _starter_rows(()))
        edition_id = _built(settings.editions, items, released="", label="starter")
        editions.publish(settings.editions, edition_id)
    return edition_id


def _starter() -> Iterator[Loaded]:
    from drugchatter.formulary import read_formulary

    for record in read_formulary():
        yield split_label(record)


def _starter_rows(held: Collection[str]) -> Iterator[Loaded]:
    """The starter's rows of the books of which no publisher in `held` gives the whole."""
    from drugchatter.formulary.book_rows import loadable

    return loadable(held)


def split_label(record: Record) -> tuple[Record, list[Passage]]:
    from drugchatter.passages import split

    return replace(record, sections=()), list(split(record))


def _built(place: Path, loaded: Iterable[Loaded], **more: Any) -> str:
    from drugchatter.identity import load_synonyms

    return build_edition(place, loaded, load_synonyms(), **more)


def sync(
    settings: Settings,
    folder: Path | None = None,
    sources: tuple[str, ...] = (),
    *,
    force: bool = False,
    progress: Progress | None = None,
    step: Step = lambda _: None,
) -> Outcome:
    """Load publishers' files, from `folder` or else from the network, into a new edition, and let it serve.

    `sources` limits what is loaded; whatever else the serving edition holds is carried over. The old edition serves
    until the new one is complete. Raises DataError when the folder holds nothing to load, or when the new edition is
    objectionable and `force` is not given; UpstreamError when nothing could be fetched.
    """
    from drugchatter.sources.intake import survey, verified

    with editions.writing(settings.home):
        failed: tuple[SetAside, ...] = ()
        if folder is None:
            step("fetch")
            folder, failed = _fetched(settings, sources, progress)
        step("look")
        release = survey(_folder(folder), sources)
        serving = editions.current(settings.editions)
        inputs = release.digest(_program_digest())
        if serving and Log(settings.home).inputs(serving) == inputs:
            return Outcome(serving, None, Log(settings.home).aside(), failed)
        step("verify")
        release = verified(release)
        if not release.files:
            reasons = "; ".join(f"{a.file}: {a.reason}" for a in release.aside if not a.harmless)
            raise DataError(
                f"{folder} and the folders in it hold no file that can be loaded{': ' + reasons if reasons else ''}",
                "`drugchatter sync --dry-run` prints which files are wanted and where they come from",
            )
        outcome = _loaded(settings, release, inputs, force, progress, step)
        if failed:
            Log(settings.home).failed({f.source for f in failed}, failed[0].reason)
        return replace(outcome, failed=failed)


def check_sources(sources: Iterable[str]) -> None:
    """Raises UsageError when one is no publisher that is known here."""
    from drugchatter.sources.intake import SOURCES

    if unknown := [source for source in sources if source not in SOURCES]:
        raise UsageError(f"{unknown[0]!r} is no source", f"known: {', '.join(SOURCES)}")


def plan(settings: Settings, folder: Path | None, sources: tuple[str, ...]) -> list[tuple[str, str, int | None]]:
    """What a sync would read, or fetch: (source, file, bytes as far as they are known)."""
    if folder is None:
        from drugchatter.sources.remote import plan as ask
        from drugchatter.sources.web import Web

        with Web.of(settings) as web:
            wanted = ask(_remote(sources), web, settings.mirror)
        failed = [(failure.source, failure.reason, None) for failure in wanted.failed]
        return [*((file.source, file.url, file.size) for file in wanted.wanted), *failed]
    from drugchatter.sources.intake import survey

    found = survey(_folder(folder), sources)
    return [(file.source, str(path), path.stat().st_size) for file in found.files for path in file.files]


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "give the folder that holds the publishers' files")
    return folder


def _loaded(
    settings: Settings, release: Survey, inputs: str, force: bool, progress: Progress | None, step: Step
) -> Outcome:
    serving = editions.current(settings.editions)
    log = Log(settings.home)
    before = settings.editions / serving if serving and not _replaceable(settings.editions / serving) else None
    follows = Before(before, frozenset(release.sources)) if before else None
    aside: list[SetAside] = []
    forced: list[str] = []

    def accept(scratch: Path) -> None:
        step("check")
        forced.extend(_accepted(before, scratch, release, aside, force))

    try:
        edition_id = _built(
            settings.editions,
            _all(release, progress, aside, carried_sources(follows) if follows else frozenset()),
            released=release.released,
            label=release.released or "labels",
            before=follows,
            accept=accept,
            step=step,
        )
    except DataError as error:
        log.failed(release.sources, error.message)
        raise
    step("publish")
    editions.publish(settings.editions, edition_id)
    log.loaded(edition_id, inputs, release.sources, aside)
    new = settings.editions / edition_id
    changed = difference(facts(before), facts(new)) if before else _everything(new)
    return Outcome(edition_id, changed, log.aside(), (), tuple(forced))


def _replaceable(edition: Path) -> bool:
    """Whether nothing of an edition needs to be carried over: it is the starter's, or of another version."""
    return edition.name.startswith("starter-") or _of_another_version(edition)


def _accepted(before: Path | None, scratch: Path, release: Survey, aside: list[SetAside], force: bool) -> list[str]:
    """The objections to a finished edition that `force` sets aside. Raises DataError when there are any without it,
    and whatever is forced when it holds no publisher's document at all."""
    after = facts(scratch)
    if not after.labels and not any(after.rows.values()):
        faults = "; ".join(f"{a.file}: {a.reason}" for a in aside if not a.harmless)
        raise DataError(
            f"no document of {release.folder} could be loaded: {faults}", "fetch the files again from their publishers"
        )
    reasons = objections(facts(before), after) if before else []
    if before and reasons and not force:
        raise DataError(
            f"the new edition is refused, {before.name} goes on serving: {'; '.join(reasons)}",
            "if this is right, give --force",
        )
    return reasons


def _everything(folder: Path) -> Difference:
    """What came with an edition that follows none."""
    held = facts(folder)
    new = tuple(sorted(((i, title) for i, (title, _) in held.labels.items()), key=lambda pair: pair[1]))
    rows = tuple((table, 0, count) for table, count in held.rows.items())
    return Difference(new, (), (), tuple(sorted(held.drugs.values())), (), rows)


def _all(
    release: Survey, progress: Progress | None, aside: list[SetAside], carried: frozenset[str]
) -> Iterator[Loaded]:
    """The starter's facts, everything in the release, labels split, and the starter's rows of the books that neither
    the release nor what is carried over gives; what is set aside goes to `aside`."""
    from drugchatter.workers import split_all

    yield from _starter()
    labels = 0
    held, origin = set(carried), ""
    for item in split_all(release.items()):
        if isinstance(item, SetAside):
            aside.append(item)
            continue
        if isinstance(item, Origin):
            origin = item.source
        else:
            held.add(origin)
        yield item
        if progress and isinstance(item, tuple):
            labels += 1
            progress("labels", labels, release.labels)
    if progress and labels and not release.labels:
        progress("labels", labels, labels)
    yield from _starter_rows(held)


# How the sources are called where they are fetched: some publishers distribute one of them in several releases.
_REMOTE = {"enforcement": ("openfda_enforcement",), "dailymed": ("dailymed_rx", "dailymed_otc")}


def _remote(sources: tuple[str, ...]) -> tuple[str, ...]:
    from drugchatter.sources.intake import SOURCES

    return tuple(name for source in sources or SOURCES for name in _REMOTE.get(source, (source,)))


def _fetched(
    settings: Settings, sources: tuple[str, ...], progress: Progress | None
) -> tuple[Path, tuple[SetAside, ...]]:
    """Bring the mirror up to date: (its folder, what could not be fetched). Raises UpstreamError when nothing could."""
    from drugchatter.sources.remote import download_all
    from drugchatter.sources.remote import plan as ask
    from drugchatter.sources.web import Web

    def show(wanted: Any, done: int, total: int | None) -> None:
        if progress:
            progress(wanted.name, done, total)

    with Web.of(settings) as web:
        wanted = ask(_remote(sources), web, settings.mirror)
        outcomes = download_all(wanted, settings.mirror, web, progress=show)
    own_name = {name: source for source, names in _REMOTE.items() for name in names}
    failed = tuple(
        SetAside(own_name.get(o.source, o.source), o.file, "", f"{o.reason} ({o.hint})")
        for o in outcomes
        if o.result == "failed"
    )
    if len(failed) == len(outcomes):
        Log(settings.home).failed({f.source for f in failed}, failed[0].reason if failed else "nothing is listed")
        raise UpstreamError(f"nothing could be fetched: {failed[0].reason if failed else 'nothing is listed'}", "")
    return settings.mirror, failed


def _program_digest() -> str:
    """A hash of the program itself: other code makes other passages of the same files."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for file in sorted(path for path in root.rglob("*") if path.suffix in (".py", ".tsv", ".txt", ".toml", ".json")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


# -------------------------------------------------------------------------------------------------------------- log


class Log:
    """What the last syncs came to, by source; a file beside the editions, since a failed sync leaves no edition."""

    def __init__(self, home: Path) -> None:
        self._file = home / "sync.json"

    def read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            # It only tells of the past: without it the next sync builds anew, which is always right.
            return {}
        return found if isinstance(found, dict) else {}

    def inputs(self, edition_id: str) -> str | None:
        """Digest of the files that made this edition, if it is the last one made."""
        found = self.read()
        return found.get("inputs") if found.get("edition") == edition_id else None

    def aside(self) -> tuple[SetAside, ...]:
        """What the last sync of each source could not load."""
        states = self.read().get("sources", {})
        return tuple(SetAside(**fault) for source in sorted(states) for fault in states[source].get("aside", []))

    def loaded(self, edition_id: str, inputs: str, sources: Iterable[str], aside: Iterable[SetAside]) -> None:
        """A sync of `sources` ended well, but for what was set aside."""
        found, now = self.read(), _now()
        states = found.get("sources", {})
        for source in {*sources, *(fault.source for fault in aside)}:
            faults = [asdict(fault) for fault in aside if fault.source == source]
            states[source] = {"tried": now, "succeeded": now, "failure": None, "aside": faults}
        self._write(found | {"edition": edition_id, "inputs": inputs, "sources": states})

    def failed(self, sources: Iterable[str], reason: str) -> None:
        """A sync of `sources` failed; the edition that serves is the one of before."""
        found, now = self.read(), _now()
        states = found.get("sources", {})
        for source in sources:
            states[source] = states.get(source, {}) | {"tried": now, "failure": reason}
        self._write(found | {"sources": states})

    def _write(self, found: dict[str, Any]) -> None:
        from drugchatter.store.build import space_errors

        with space_errors(self._file.parent):
            scratch = self._file.with_suffix(".new")
            scratch.write_text(json.dumps(found, indent=1), "utf-8")
            scratch.replace(self._file)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


# -------------------------------------------------------------------------------------------------- the two layers


def add_own(settings: Settings, files: tuple[Path, ...]) -> tuple[tuple[Record, ...], tuple[SetAside, ...]]:
    """Load a reader's own label files (SPL XML or zip, openFDA JSON) into the layer of own files; returns the labels
    added and what was set aside. Raises DataError when none of the files holds a label."""
    from drugchatter.sources.intake import read_labels

    added: list[Record] = []
    aside: list[SetAside] = []

    def items() -> Iterator[Loaded]:
        for file in files:
            for item in read_labels(file):
                if isinstance(item, SetAside):
                    aside.append(item)
                else:
                    made = split_label(replace(item, source=OWN, publisher=OWN_PUBLISHER))
                    added.append(made[0])
                    yield made

    with editions.writing(settings.home):
        found = list(items())
        if not found:
            reasons = "; ".join(f"{a.file}: {a.reason}" for a in aside)
            raise DataError(f"no label could be read ({reasons})", "give SPL XML, its zip, or openFDA JSON")
        publish_layer(settings.own, found, "own")
    return tuple(added), tuple(aside)


def publish_layer(place: Path, items: Iterable[Loaded], label: str) -> None:
    serving = editions.current(place)
    before = Before(place / serving) if serving else None
    edition_id = _built(place, items, released="", label=label, before=before)
    editions.publish(place, edition_id)
    # A layer is small and has no readers of the past: the one before is kept for those in the middle of an answer.
    editions.prune(place, keep=2)
