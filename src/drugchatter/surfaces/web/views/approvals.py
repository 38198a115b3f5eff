"""The approvals of a drug as Drugs@FDA and the books print them: a panel of its page, and the whole list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from drugchatter.drug_rows import DrugRows
from drugchatter.engine import Engine
from drugchatter.identity import display_name
from drugchatter.profile import group_of
from drugchatter.row_citations import PUBLISHERS, table_title
from drugchatter.row_text import row_heading
from drugchatter.rows import Placed, SubmissionRow
from drugchatter.surfaces.web import pictures
from drugchatter.surfaces.web.views.citing import not_found, said
from drugchatter.surfaces.web.views.values import Cell, Figure, Panel, Table, View, drug_card, source_path
from drugchatter.types import Drug

_LATEST = 6
Submissions = list[Placed[SubmissionRow]]


def approvals_panel(engine: Engine, drug: Drug) -> Panel:
    """The original approvals and the latest supplements; all of them by year as a picture."""
    rows = DrugRows(engine.index, drug)
    found = _ordered(rows.submissions)
    originals = [one for one in found if one.row.type == "ORIG"]
    shown = [*originals, *[one for one in found if one.row.type != "ORIG"][:_LATEST]]
    group = group_of(engine.index, drug, "approval")
    of_books = [fact for fact in group.facts if fact.citations[0].publisher != PUBLISHERS["drugs_at_fda"].name]
    what = "Original approvals and the latest supplements" if len(shown) < len(found) else "Submissions approved"
    return Panel(
        "approvals",
        "Approvals",
        "" if found or of_books else "No approval of this drug stands in the files that are loaded.",
        (_table(what, shown, _names(rows)),) if found else (),
        figure=_by_year(found, _names(rows)),
        said=tuple(map(said, of_books)),
        more=Cell(f"All {len(found)} submissions", f"/drug/{drug.id}/approvals") if len(shown) < len(found) else None,
        searched=not_found(group.searched),
    )


def approvals_view(engine: Engine, drug: Drug) -> View:
    """All submissions to the drug's applications, the newest first."""
    rows = DrugRows(engine.index, drug)
    found, names = _ordered(rows.submissions), _names(rows)
    return {
        "drug": drug_card(drug),
        "figure_": _by_year(found, names),
        "table_": _table("Submissions approved", found, names),
    }


def _ordered(found: Submissions) -> Submissions:
    """The newest first; those without a date last."""
    return sorted(found, key=lambda one: (one.row.status_date or date.min, one.row.number), reverse=True)


def _names(rows: DrugRows) -> dict[str, str]:
    """Application → the names its products bear in Drugs@FDA, where none of them is the drug's."""
    own = {placed.row.application for placed in rows.fda_products}
    others: dict[str, set[str]] = {}
    for placed in rows.application_products:
        if placed.row.application not in own:
            others.setdefault(placed.row.application, set()).add(display_name(placed.row.trade_name))
    return {application: ", ".join(sorted(names)) for application, names in others.items()}


def _table(what: str, found: Submissions, names: dict[str, str]) -> Table:
    several = len({one.row.application for one in found}) > 1
    rows = [
        (
            Cell(one.row.status_date.isoformat() if one.row.status_date else "no date printed"),
            Cell(
                row_heading(one.row) if several else f"{one.row.type} {one.row.number}",
                source_path(one.place.passage_id),
            ),
            Cell(_kind(one.row)),
        )
        for one in found
    ]
    return Table(f"{what}{_under(found, names)}", ("Approved", "Submission", "What it is"), rows, _note(found))


def _under(found: Submissions, names: dict[str, str]) -> str:
    """The applications, each with the names that the file knows it by where the drug's is none of them."""
    told = [
        f"{application}{f' (in that file for {names[application]})' if application in names else ''}"
        for application in sorted({one.row.application for one in found})
    ]
    return f" under {', '.join(told)}" if names or len(told) == 1 else ""


def _kind(row: SubmissionRow) -> str:
    parts = (
        row.submission_class or ("original" if row.type == "ORIG" else "supplement"),
        "tentative approval" if row.status == "TA" else "",
        f"{row.review_priority.lower()} review" if row.review_priority else "",
        "orphan drug" if row.orphan else "",
    )
    return ", ".join(part for part in parts if part)


def _note(found: Submissions) -> str:
    """The file that the rows stand in; each row's own page says the same."""
    places = sorted({(one.place.source, one.place.file, one.place.edition) for one in found})
    return "; ".join(f"{table_title(source, file)} of {edition}" for source, file, edition in places)


def _by_year(found: Submissions, names: dict[str, str]) -> Figure | None:
    """How many were approved in each year; nothing where fewer than two have a date."""
    dated = [(one.row.status_date.year, one.row.type == "ORIG") for one in found if one.row.status_date]
    if len(dated) < 2:
        return None
    years = range(min(year for year, _ in dated), max(year for year, _ in dated) + 1)
    counts = Counter(dated)
    series = [[counts[year, original] for year in years] for original in (True, False)]
    return _figure(f"Approvals by year{_under(found, names)}", years, series, _note(found))


def _figure(title: str, years: range, series: Sequence[Sequence[int]], note: str) -> Figure:
    labels = ("original approvals", "supplements")
    said_ = f"{title}, {years[0]} to {years[-1]}: {sum(series[0])} {labels[0]}, {sum(series[1])} {labels[1]}."
    rows = [
        (Cell(str(year)), Cell(str(first)), Cell(str(later)))
        for year, first, later in zip(years, *series, strict=True)
        if first or later
    ]
    return Figure(
        title,
        pictures.columns("approvals", said_, [str(year) for year in years], series),
        pictures.key("approvals", labels),
        Table(title, ("Year", "Original approvals", "Supplements"), rows, note),
    )
