"""Two editions side by side: what a sync changed, and whether the new one may serve."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from drugchatter.store import tables
from drugchatter.store.build import DATABASE
from drugchatter.types import STARTER

# A publisher's release that loses more than this share of its documents is taken for a bad one.
_WORST_LOSS = 0.10
# As many labels make a drug widely used.
_WIDELY_USED = 5
# Sections that nearly every label has; many labels without them point to a broken export.
_EXPECTED = ("indications_and_usage", "dosage_and_administration", "warnings", "warnings_and_cautions")


@dataclass(frozen=True, slots=True)
class Facts:
    """An edition in numbers. `labels`: title and version by set id; `families` and
    `main_names`: count and names of labels by ingredients; `drugs`: name by id; `rows`: rows by
    table; `dates`: the newest file date by source; `lacking`: share of labels without an expected section."""

    labels: dict[str, tuple[str, str]]
    families: dict[str, int]
    main_names: dict[str, frozenset[str]]
    drugs: dict[str, str]
    rows: dict[str, int]
    dates: dict[str, str]
    lacking: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one edition to another; labels as (set id, title), rows as (table, before, after)."""

    new: tuple[tuple[str, str], ...]
    updated: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]
    drugs_new: tuple[str, ...]
    drugs_gone: tuple[str, ...]
    rows: tuple[tuple[str, int, int], ...]

    @property
    def nothing(self) -> bool:
        return not (self.new or self.updated or self.gone or any(a != b for _, a, b in self.rows))


def facts(folder: Path) -> Facts:
    """The numbers of the edition in `folder`, of its publishers' labels and rows only: the starter's summaries never
    change, and its rows make way for the publishers'."""
    with closing(sqlite3.connect(f"{(folder / DATABASE).as_uri()}?mode=ro&immutable=1", uri=True)) as sql:
        labels = {
            set_id: (title, version)
            for set_id, title, version in sql.execute(
                "SELECT set_id, title, version FROM document WHERE kind = 'verbatim'"
            )
        }
        families = dict(
            sql.execute("SELECT ingredients, count(*) FROM document WHERE kind = 'verbatim' GROUP BY ingredients")
        )
        main_names: dict[str, set[str]] = {}
        for ingredients, name, generic in sql.execute(
            "SELECT DISTINCT ingredients, lower(name), lower(generic) FROM document WHERE kind = 'verbatim'"
        ):
            main_names.setdefault(ingredients, set()).update((name, generic))
        present = {table for (table,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        rows = {
            table.name: sql.execute(
                f"SELECT count(*) FROM {table.name} WHERE source <> ?",  # noqa: S608 - own table names
                (STARTER,),
            ).fetchone()[0]
            for _, table in tables.all_row_tables()
            if table.name in present
        }
        fields = ", ".join(f"'{field}'" for field in _EXPECTED)
        told = sql.execute(
            f"SELECT count(DISTINCT set_id) FROM passage WHERE field IN ({fields}) AND source <> 'starter'"  # noqa: S608 - own names
        ).fetchone()[0]
        return Facts(
            labels,
            families,
            {family: frozenset(group) for family, group in main_names.items()},
            dict(sql.execute("SELECT id, name FROM drug")),
            rows,
            {
                s: d
                for s, d in sql.execute("SELECT source, max(edition) FROM origin GROUP BY source")
                if d and s != STARTER
            },
            1 - told / len(labels) if labels else 0.0,
        )


def difference(before: Facts, after: Facts) -> Difference:
    def titled(ids: set[str], held: Facts) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(((i, held.labels[i][0]) for i in ids), key=lambda pair: (pair[1], pair[0])))

    old, new = set(before.labels), set(after.labels)
    return Difference(
        new=titled(new - old, after),
        updated=titled({i for i in new & old if before.labels[i][1] != after.labels[i][1]}, after),
        gone=titled(old - new, before),
        drugs_new=tuple(sorted(after.drugs[i] for i in after.drugs.keys() - before.drugs.keys())),
        drugs_gone=tuple(sorted(before.drugs[i] for i in before.drugs.keys() - after.drugs.keys())),
        rows=tuple(
            (t, before.rows.get(t, 0), after.rows.get(t, 0)) for t in sorted(before.rows.keys() | after.rows.keys())
        ),
    )


def objections(before: Facts, after: Facts) -> list[str]:
    """Why `after` should not serve in place of `before`; empty when nothing speaks against it.

    Publishers' exports have lost whole drugs (FDA/openfda issue 213) and names, so a release is measured against the
    one before it.
    """
    found = []
    counts = [("labels", len(before.labels), len(after.labels))]
    counts += [(table.removeprefix("row_").replace("_", " ") + " rows", a, after.rows[table])
               for table, a in before.rows.items() if table in after.rows]  # fmt: skip
    for what, old, new in counts:
        if new < old * (1 - _WORST_LOSS):
            found.append(f"{what} fall from {old:,} to {new:,}")
    used = {family for family, labels in before.families.items() if labels >= _WIDELY_USED}
    vanished = sorted(used - after.families.keys())
    if vanished:
        found.append(f"widely used drugs vanish: {_shown([f.replace(tables.SEPARATOR, ' and ') for f in vanished])}")
    nameless = sorted(
        family.replace(tables.SEPARATOR, " and ")
        for family in used & after.families.keys()
        if not before.main_names[family] & after.main_names[family]
    )
    if nameless:
        found.append(f"widely used drugs lose their names: {_shown(nameless)}")
    for source, old_date in sorted(before.dates.items()):
        if (new_date := after.dates.get(source)) and new_date < old_date:
            found.append(f"{source} is of {new_date}, older than the {old_date} that serves")
    if after.lacking - before.lacking > _WORST_LOSS:
        found.append(f"labels without their main sections rise from {before.lacking:.0%} to {after.lacking:.0%}")
    return found


def _shown(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
