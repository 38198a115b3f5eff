"""The starter formulary: facts in our own words, so that a fresh machine answers offline.

One TOML file a drug under `drugs/`; each fact names the section of the label it was taken from, the file names set id,
version and effective date. `tools/check_formulary.py` compares every number with the cited section.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

from drugchatter.errors import DataError
from drugchatter.identity import base_ingredient
from drugchatter.types import STARTER, Record, Section


def read_formulary() -> Iterator[Record]:
    """Yield one Record (kind `summary`) a drug, by file name.

    Raises DataError naming the file when one is not what it should be; the package is then damaged.
    """
    folder = resources.files("drugchatter") / "formulary" / "drugs"
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            try:
                yield _record(tomllib.loads(entry.read_text("utf-8")))
            except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
                raise DataError(
                    f"the starter file {entry.name} is damaged ({error})", "reinstall drugchatter"
                ) from error


def _record(raw: dict[str, Any]) -> Record:
    parts = raw["ingredients"] if "ingredients" in raw else _parts(raw["generic"])
    return Record(
        source=STARTER,
        publisher="FDA label (our summary)",
        set_id=raw["set_id"],
        version=raw["version"],
        effective_date=raw["effective_date"],
        title=raw["title"],
        brand=raw["brand"],
        generic=raw["generic"],
        names=(raw["brand"], *raw["names"]),
        ingredients=tuple(sorted({base_ingredient(part) for part in parts})),
        labeler=raw["labeler"],
        application_numbers=tuple(raw["application_numbers"]),
        routes=tuple(raw["route"]),
        pharm_classes=tuple(raw["pharm_class"]),
        original_packager=False,
        sections=tuple(Section(fact["section"], (fact["text"],), intent=fact["intent"]) for fact in raw["facts"]),
        kind="summary",
    )


def _parts(generic: str) -> list[str]:
    for separator in ("/", ",", " and "):
        generic = generic.replace(separator, ";")
    return [part.strip() for part in generic.split(";") if part.strip()]
