"""What readers and the operator leave with this server: reports of errors, and published answers.

Kept in the home folder, readable by its owner alone, and nowhere else. Nothing is written unless somebody asked for it.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drugchatter.errors import NoSpaceError, UsageError

_LONGEST_NOTE = 2000
_MOST_BYTES = 5 * 2**20


class Keep:
    """`folder` is made at the first thing that is kept."""

    def __init__(self, folder: Path) -> None:
        self._reports = folder / "reports.jsonl"
        self._published = folder / "published"

    # -------------------------------------------------------------------------------------------------- reports

    def report(self, question: str, answer_id: str, edition: str, note: str) -> None:
        """Keep what a reader found wrong. Raises UsageError when there is nothing to keep, NoSpaceError when no more
        reports are taken."""
        note = note.strip()[:_LONGEST_NOTE]
        if not note:
            raise UsageError("the report is empty", "say what is wrong with the answer")
        if self._reports.exists() and self._reports.stat().st_size > _MOST_BYTES:
            raise NoSpaceError("no more reports are taken", f"the operator has to clear {self._reports.name}")
        when = datetime.now(UTC).isoformat(timespec="seconds")
        line = {"when": when, "question": question, "answer": answer_id, "edition": edition, "note": note}
        _append(self._reports, json.dumps(line) + "\n")

    def reports(self) -> list[dict[str, str]]:
        """All reports, newest first."""
        if not self._reports.exists():
            return []
        return [json.loads(line) for line in reversed(self._reports.read_text("utf-8").splitlines()) if line]

    # ---------------------------------------------------------------------------------------------- publications

    def publish(self, slug: str, answer: dict[str, Any]) -> None:
        """Keep `answer` (the documented JSON) as what was published under `slug`."""
        self._published.mkdir(mode=0o700, parents=True, exist_ok=True)
        when = datetime.now(UTC).isoformat(timespec="seconds")
        _replace(self._published / f"{slug}.json", json.dumps({"when": when, "answer": answer}))

    def withdraw(self, slug: str) -> None:
        (self._published / f"{slug}.json").unlink(missing_ok=True)

    def published(self, slug: str) -> dict[str, Any] | None:
        """`{"when", "answer"}` of a published answer, or None."""
        file = self._published / f"{slug}.json"
        if not file.is_file():
            return None
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return found

    def all_published(self) -> list[tuple[str, str]]:
        """(slug, day of publication), by slug."""
        if not self._published.is_dir():
            return []
        slugs = sorted(file.stem for file in self._published.glob("*.json"))
        return [(slug, kept["when"][:10]) for slug in slugs if (kept := self.published(slug))]


def _append(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
        stream.write(text)


def _replace(file: Path, text: str) -> None:
    """Write `file` as a whole or not at all."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.chmod(0o600)
    fresh.replace(file)
