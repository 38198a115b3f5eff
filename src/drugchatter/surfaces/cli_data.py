"""Commands about the data: fetching, loading and keeping them, and what they hold."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from drugchatter.errors import StoreError, UsageError
from drugchatter.surfaces.app import (
    DECLINED,
    AsJson,
    app,
    loaded_settings,
    opened_engine,
    show_json,
    show_pairs,
    shown_progress,
)

if TYPE_CHECKING:
    from drugchatter.engine import Engine
    from drugchatter.store.compare import Difference
    from drugchatter.store.embedded import EmbeddedIndex
    from drugchatter.sync import Outcome
    from drugchatter.types import SetAside, Source

_MOST_SHOWN = 10

# ------------------------------------------------------------------------------------------------------------- sync


@app.command
def sync(
    *sources: Annotated[str, Parameter(name="SOURCE", help="Only these publishers; `drugchatter sources` names them.")],
    folder: Annotated[
        Path | None, Parameter(name="--from", help="Read the publishers' files in this folder; fetch nothing.")
    ] = None,
    dry_run: Annotated[bool, Parameter(help="Print what would be fetched or read, and change nothing.")] = False,
    force: Annotated[bool, Parameter(help="Let the new edition serve whatever speaks against it.")] = False,
    as_json: AsJson = False,
) -> int:
    """Fetch the publishers' files, or read those of a folder, into a new edition, and let it serve."""
    from drugchatter import sync as build

    settings = loaded_settings(offline=False)
    build.check_sources(sources)
    if dry_run:
        return _show_plan(build.plan(settings, folder, sources), shutil.disk_usage(_existing_part(settings.home)).free)
    with shown_progress() as progress:
        outcome = build.sync(settings, folder, sources, force=force, progress=progress, step=_say)
    show_json(_outcome_json(outcome)) if as_json else _show_outcome(outcome)
    _show_aside((*outcome.failed, *outcome.aside))
    return 0 if outcome.well else 1


def _say(step: str) -> None:
    print(f"sync: {step}", file=sys.stderr, flush=True)


def _existing_part(place: Path) -> Path:
    return next(path for path in (place, *place.absolute().parents) if path.exists())


def _show_plan(plan: list[tuple[str, str, int | None]], free: int) -> int:
    """What would come: source, file, bytes."""
    known = sum(size for _, _, size in plan if size)
    for source, file, size in plan:
        print(f"{source}\t{file}\t{_megabytes(size)}")
    unknown = sum(1 for _, _, size in plan if size is None)
    more = f" and {unknown} of unknown size" if unknown else ""
    print(f"{len(plan)} files, {_megabytes(known)}{more}; {_megabytes(free)} free on the disk of the data folder")
    return 0


def _megabytes(size: int | None) -> str:
    return "size unknown" if size is None else f"{size / 1e6:,.1f} MB"


def _show_outcome(outcome: Outcome) -> None:
    from drugchatter.store.embedded import EmbeddedIndex

    edition = EmbeddedIndex(loaded_settings(offline=False).editions / outcome.edition).edition
    documents = [(source, f"{count:,} documents") for source, count in edition.documents]
    changes = _changes(outcome.changed) if outcome.changed else [("changed", "nothing: these files are loaded already")]
    show_pairs([("edition", outcome.edition), *documents, *changes])
    if outcome.forced:
        show_pairs([("forced", reason) for reason in outcome.forced])


def _changes(changed: Difference) -> Iterator[tuple[str, str]]:
    for name, labels in (("new", changed.new), ("updated", changed.updated), ("no longer listed", changed.gone)):
        titles = ", ".join(title for _, title in labels[:3]) if len(labels) < 100 else ""
        yield f"labels {name}", f"{len(labels):,}" + (f": {titles}{' …' if len(labels) > 3 else ''}" if titles else "")
    yield "drugs", f"{len(changed.drugs_new):,} new, {len(changed.drugs_gone):,} gone"
    for table, before, after in changed.rows:
        if before or after:
            yield (
                table.removeprefix("row_").replace("_", " "),
                f"{after:,} rows" + (f" ({after - before:+,})" if before else ""),
            )


def _show_aside(aside: tuple[SetAside, ...]) -> None:
    """What was not loaded, on stderr: faults by name, the harmless counted by reason."""
    from drugchatter.surfaces.terminal import safe

    bad = [a for a in aside if not a.harmless]
    for fault in bad[:_MOST_SHOWN]:
        print(safe(f"set aside: {fault.file}{' ' + fault.item if fault.item else ''}: {fault.reason}"), file=sys.stderr)
    if len(bad) > _MOST_SHOWN:
        print(f"and {len(bad) - _MOST_SHOWN} more: `drugchatter sources --aside` lists all", file=sys.stderr)
    if harmless := len(aside) - len(bad):
        print(f"{harmless:,} left out for a reason that is no fault: `drugchatter sources --aside`", file=sys.stderr)


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "edition": outcome.edition,
        "changed": _difference_json(outcome.changed) if outcome.changed else None,
        "forced": list(outcome.forced),
        "failed": [_aside_json(a) for a in outcome.failed],
        "set_aside": [_aside_json(a) for a in outcome.aside],
    }


def _difference_json(changed: Difference) -> dict[str, Any]:
    return {
        "labels": {
            name: [{"set_id": set_id, "document": title} for set_id, title in labels]
            for name, labels in (("new", changed.new), ("updated", changed.updated), ("gone", changed.gone))
        },
        "drugs": {"new": list(changed.drugs_new), "gone": list(changed.drugs_gone)},
        "rows": {table.removeprefix("row_"): {"before": a, "after": b} for table, a, b in changed.rows},
    }


def _aside_json(aside: SetAside) -> dict[str, Any]:
    return {
        "source": aside.source,
        "file": aside.file,
        "item": aside.item or None,
        "reason": aside.reason,
        "harmless": aside.harmless,
    }


@app.command
def add(*files: Annotated[Path, Parameter(name="FILE", help="SPL XML, its zip, or openFDA JSON.")]) -> int:
    """Load label files of your own; they are kept apart from the publishers' and marked where they are cited."""
    from drugchatter.sync import add_own

    if not files:
        raise UsageError("no file was given", "drugchatter add FILE…")
    for file in files:
        if not file.is_file():
            raise UsageError(f"{file} is {'a folder' if file.is_dir() else 'not there'}", "give label files")
    added, aside = add_own(loaded_settings(offline=False), files)
    show_pairs([("added", f"{r.title} · set id {r.set_id}, version {r.version}") for r in added])
    _show_aside(aside)
    return 1 if any(not a.harmless for a in aside) else 0


# ---------------------------------------------------------------------------------------------------- what is held


@app.command
def sources(
    drug: Annotated[str, Parameter(name="DRUG", help="A drug: show the labels held for it.")] = "",
    *,
    aside: Annotated[bool, Parameter(help="List what could not be loaded, or was rightly left out, and why.")] = False,
    as_json: AsJson = False,
) -> int:
    """Show which documents the current edition holds, of when they are, and what could not be loaded; for a drug, its
    labels."""
    engine = opened_engine()
    if drug:
        return _show_labels(engine, drug, as_json)
    if aside:
        return _list_aside(as_json)
    edition, states = engine.index.edition, _states(_base(engine))
    if as_json:
        held = {"edition": edition.id, "built": edition.built, "released": edition.released or None}
        show_json({**held, "content_hash": edition.content_hash, "path": edition.path, "sources": states})
        return 0
    show_pairs(
        [
            ("edition", edition.id),
            ("built", edition.built),
            ("released", edition.released or "with the program (starter data)"),
            ("content hash", edition.content_hash),
            *((str(state["source"]), _state_line(state)) for state in states),
            ("file", edition.path),
        ]
    )
    return 0


def _base(engine: Engine) -> EmbeddedIndex:
    """The edition of publishers' data beneath whatever lies over it."""
    from drugchatter.store.embedded import EmbeddedIndex

    return EmbeddedIndex(Path(engine.index.edition.path).parent)


def _states(index: EmbeddedIndex) -> list[dict[str, Any]]:
    """By source: what it holds, of when, from which bytes, and how the last sync of it went. The starter's rows are a
    source a file, for each excerpt has its own date."""
    from drugchatter.sync import Log
    from drugchatter.types import STARTER

    log = Log(loaded_settings(offline=False).home).read().get("sources", {})
    states: dict[str, dict[str, Any]] = {}
    for source, count in index.edition.documents:
        states[source] = {"source": source, "documents": count}
    for origin, loaded in index.origins():
        name = f"{origin.source} {origin.file}" if origin.source == STARTER and origin.file else origin.source
        state = states.setdefault(name, {"source": name, "documents": 0})
        if _gives_rows(name, index):
            state["documents"] += loaded
        state["edition"] = max(state.get("edition") or "", origin.edition) or None
        state.setdefault("files", []).append(
            {"file": origin.file, "edition": origin.edition or None, "loaded": loaded, "sha256": origin.sha256}
        )
    for source in {*states, *log} - {""}:
        state, last = states.setdefault(source, {"source": source, "documents": 0}), log.get(source, {})
        state["set_aside"] = sum(1 for fault in last.get("aside", []) if not fault["harmless"])
        state["last_success"] = last.get("succeeded")
        state["failure"] = last.get("failure")
    return [states[source] for source in sorted(states)]


def _gives_rows(source: str, index: EmbeddedIndex) -> bool:
    """Whether a source gives rows: labels are counted once, however many files their versions come in."""
    return source not in dict(index.edition.documents)


def _state_line(state: dict[str, Any]) -> str:
    parts = [f"{state['documents']:,} documents"]
    if state.get("edition"):
        parts.append(f"of {state['edition']}")
    if files := state.get("files"):
        parts.append(f"sha256 {files[0]['sha256'][:12]}" + (f" and {len(files) - 1} more" if len(files) > 1 else ""))
    if state.get("last_success"):
        parts.append(f"loaded {state['last_success']}")
    if state.get("set_aside"):
        parts.append(f"{state['set_aside']} set aside")
    if state.get("failure"):
        parts.append(f"last failure: {state['failure']}")
    return ", ".join(parts)


def _list_aside(as_json: bool) -> int:
    from drugchatter.sync import Log

    rows = Log(loaded_settings(offline=False).home).aside()
    if as_json:
        show_json([_aside_json(a) for a in rows])
        return 0
    show_pairs([(a.source or "unknown", f"{a.file}{' ' + a.item if a.item else ''}: {a.reason}") for a in rows])
    return 0


def _show_labels(engine: Engine, drug: str, as_json: bool) -> int:
    labels = engine.labels(drug)
    if not labels:
        raise UsageError(f"no drug named {drug!r} in the edition {engine.index.edition.id}", "check the spelling")
    if as_json:
        show_json(labels)
        return 0
    for label in labels:
        chosen = f"quoted from: {label['why']}" if label["reference"] else "also held"
        show_pairs(
            [
                (str(label["drug"]), f"{label['document']} · {label['labeler']}"),
                ("", f"version {label['version']} of {label['date']}, set id {label['set_id']}"),
                ("", f"{chosen} ({label['source']})"),
            ]
        )
    return 0


@app.command
def editions(
    *names: Annotated[str, Parameter(name="EDITION", help="Two editions: show what changed from one to the other.")],
    back_to: Annotated[str, Parameter(help="Let this edition serve again.")] = "",
    prune: Annotated[int, Parameter(help="Remove all but this many of the newest; the serving one stays.")] = 0,
    as_json: AsJson = False,
) -> int:
    """List the editions, compare two, go back to an earlier one, or remove old ones."""
    from drugchatter.store import editions as store
    from drugchatter.store.compare import difference, facts

    settings = loaded_settings(offline=False)
    if sum((bool(names), bool(back_to), bool(prune))) > 1:
        raise UsageError("one thing at a time", "list them, or name two, or --back-to one, or --prune to a number")
    if names:
        if len(names) != 2:
            raise UsageError(f"{len(names)} editions were named, not two", "drugchatter editions BEFORE AFTER")
        before, after = (facts(store.known(settings.editions, name)) for name in names)
        changed = difference(before, after)
        show_json(_difference_json(changed)) if as_json else show_pairs(list(_changes(changed)))
        return 0
    if back_to:
        folder = store.known(settings.editions, back_to)
        with store.writing(settings.home):
            _opens(folder)
            store.publish(settings.editions, folder.name)
        show_pairs([("serving", folder.name)])
        return 0
    if prune:
        with store.writing(settings.home):
            gone = store.prune(settings.editions, prune)
        show_pairs([("removed", edition.id) for edition in gone] or [("removed", "none")])
        return 0
    return _list_editions(settings.editions, as_json)


def _opens(folder: Path) -> None:
    """See that an edition can be read before it serves."""
    from drugchatter.store.embedded import EmbeddedIndex

    EmbeddedIndex(folder).close()


def _list_editions(place: Path, as_json: bool) -> int:
    from datetime import UTC, datetime

    from drugchatter.store import editions as store

    rows = [
        {
            "edition": edition.id,
            "built": datetime.fromtimestamp(edition.built, UTC).isoformat(timespec="seconds"),
            "bytes": edition.bytes,
            "serving": edition.serving,
        }
        for edition in (store.held(place) if place.is_dir() else [])
    ]
    if as_json:
        show_json(rows)
    else:
        show_pairs(
            [
                (str(r["edition"]), f"{r['built']}, {_megabytes(r['bytes'])}{', serving' if r['serving'] else ''}")  # type: ignore[arg-type]
                for r in rows
            ]
            or [("editions", "none yet; the first question builds the starter edition")]
        )
    return 0


@app.command
def changes(
    *drug: Annotated[str, Parameter(name="DRUG", help="A drug whose label's versions are compared.")],
    everything: Annotated[bool, Parameter(name="--all", help="Every change, those of formatting too.")] = False,
    patents: Annotated[bool, Parameter(help="What changed in its Orange Book listings instead.")] = False,
    as_json: AsJson = False,
) -> int:
    """Show what changed between the versions held of a drug's label, section by section; or in its listings."""
    from drugchatter.surfaces.changes import changes_json, print_changes
    from drugchatter.surfaces.terminal import make_console

    name = " ".join(drug).strip()
    if not name:
        raise UsageError("no drug was named", "drugchatter changes DRUG")
    if patents:
        return _show_listing_changes(name, as_json)
    found = opened_engine().history(name)
    if found is None:
        raise UsageError(f"no drug named {name!r} is held", "check the spelling, or load labels: drugchatter sync")
    label, comparisons = found
    if as_json:
        show_json(changes_json(label.name, label.reference.set_id, comparisons))
    else:
        print_changes(label.name, comparisons, make_console(sys.stdout), everything=everything)
    return 0 if comparisons else DECLINED


def _show_listing_changes(name: str, as_json: bool) -> int:
    from drugchatter.exclusivity.listing_changes import change_json, listing_changes
    from drugchatter.surfaces.lists import listing_rows
    from drugchatter.surfaces.terminal import make_console, print_table

    found = listing_changes(opened_engine().books(), name)
    if found is None:
        print(f"drugchatter: no row of the loaded Orange Book names {name!r}", file=sys.stderr)
        return DECLINED
    if as_json:
        show_json([change_json(change) for change in found])
        return 0
    heads, rows = listing_rows(found)
    print_table(heads, rows, (f"{len(rows)} in all", *("" for _ in heads[1:])), make_console(sys.stdout))
    return 0


# ---------------------------------------------------------------------------------------------------------- profile


@app.command
def profile(
    *drug: Annotated[str, Parameter(name="DRUG", help="A brand or an ingredient.")],
    everything: Annotated[bool, Parameter(name="--all", help="Every fact, in full.")] = False,
    as_json: AsJson = False,
) -> int:
    """Show what all loaded sources say of a drug: codes, maker, approvals, forms, shortages, recalls, protection."""
    from drugchatter.surfaces.profile import print_profile, profile_json
    from drugchatter.surfaces.terminal import make_console

    name = " ".join(drug).strip()
    if not name:
        raise UsageError("no drug was named", "drugchatter profile DRUG")
    found = opened_engine().profile(name)
    if found is None:
        raise UsageError(f"no drug named {name!r} is held", "check the spelling, or load labels: drugchatter sync")
    if as_json:
        show_json(profile_json(found))
    else:
        print_profile(found, make_console(sys.stdout), everything=everything)
    return 0


# ------------------------------------------------------------------------------------------------------------- cite


@app.command
def cite(
    passage_id: Annotated[str, Parameter(name="ID", help="The `passage_id` of a source.")], *, as_json: AsJson = False
) -> int:
    """Show the whole passage with an id, and the document it stands in."""
    source = _cited(opened_engine(), passage_id)
    if as_json:
        from drugchatter.surfaces.answer_json import source_to_dict

        shown = source_to_dict(source)
        text = shown.pop("quote")
        # A passage has no number in an answer and, being whole, no single row.
        show_json({**{key: shown[key] for key in shown if key not in ("n", "row")}, "text": text})
        return 0
    from drugchatter.surfaces.terminal import make_console, print_passage

    print_passage(source, make_console(sys.stdout))
    return 0


def _cited(engine: Engine, passage_id: str) -> Source:
    source = engine.cite(passage_id)
    if source is None:
        raise StoreError(
            f"no passage {passage_id!r} in the edition {engine.index.edition.id}",
            "take a `passage_id` from the sources of `drugchatter ask --json`",
        )
    return source
