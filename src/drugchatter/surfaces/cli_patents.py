"""Commands about patents and exclusivity: one drug's protection, and lists over all of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from drugchatter.errors import UsageError
from drugchatter.surfaces.app import DECLINED, AsJson, app, opened_engine, show_json, show_pairs

if TYPE_CHECKING:
    from drugchatter.engine import Engine
    from drugchatter.exclusivity.books import Books
    from drugchatter.exclusivity.protection import Protection


@app.command
def protection(
    drug: Annotated[str, Parameter(name="DRUG", help="A brand, an ingredient, or an application number (N021995).")],
    *,
    listed: Annotated[str, Parameter(help="The listings of that edition (YYYY-MM-DD) instead of the newest.")] = "",
    as_json: AsJson = False,
    timeline: Annotated[bool, Parameter(help="Draw the rights as bars over the years.")] = False,
    svg: Annotated[Path | None, Parameter(help="Write the same picture to this file, as SVG.")] = None,
) -> int:
    """Show what the Orange and Purple Books list for a drug: patents, exclusivity, generics or biosimilars."""
    from drugchatter.exclusivity.protection import protection_json

    engine = opened_engine()
    found = engine.protection(drug, listed or None)
    _tell_of_starter(engine.books())
    if found is None:
        print(f"drugchatter: no row of the loaded Orange and Purple Books names {drug!r}", file=sys.stderr)
        return DECLINED
    if timeline or svg:
        _show_timeline(engine, found, svg)
        return 0
    fields = protection_json(found)
    if as_json:
        show_json(fields)
        return 0
    show_pairs(list(_protection_pairs(fields)))
    return 0


def _tell_of_starter(books: Books) -> str | None:
    """Say on stderr that these are not all drugs, where it is so."""
    from drugchatter.surfaces.lists import starter_notice

    notice = starter_notice(books)
    if notice:
        print(f"drugchatter: {notice}", file=sys.stderr)
    return notice


def _show_timeline(engine: Engine, found: Protection, svg: Path | None) -> None:
    from datetime import UTC, datetime

    from drugchatter.exclusivity.timeline import timeline
    from drugchatter.surfaces.terminal import safe
    from drugchatter.surfaces.timeline import as_svg, as_text

    drawn = timeline(found, engine.books().newest, datetime.now(UTC).date())
    if svg:
        svg.write_text(as_svg(drawn), "utf-8")
        print(f"drugchatter: wrote {svg}", file=sys.stderr)
        return
    for line in as_text(drawn).split("\n"):
        print(safe(line))


@app.command(name="list")
def list_(  # noqa: PLR0913 - each is an option of the command
    *,
    loses_protection: Annotated[int | None, Parameter(help="Whose listed protection ends in this year.")] = None,
    first_generic_since: Annotated[str, Parameter(help="First generics approved since a day (YYYY-MM-DD).")] = "",
    new_patents_since: Annotated[str, Parameter(help="Patents not yet listed in that edition (YYYY-MM-DD).")] = "",
    applicant: Annotated[str, Parameter(help="What is listed of this applicant, or of a year's list only that.")] = "",
    ingredient: Annotated[str, Parameter(help="The same of this ingredient, alone or combined.")] = "",
    kind: Annotated[str, Parameter(help="The same, `drug` or `biologic`.")] = "",
    indication: Annotated[str, Parameter(help="Labels that name this under Indications and Usage.")] = "",
    boxed_warning: Annotated[str, Parameter(help="Labels whose boxed warning names this; `any` for all.")] = "",
    contraindication: Annotated[str, Parameter(help="Labels that name this under Contraindications.")] = "",
    interaction: Annotated[str, Parameter(help="Labels that name this under Drug Interactions.")] = "",
    adverse_reaction: Annotated[str, Parameter(help="Labels that name this under Adverse Reactions.")] = "",
    warning: Annotated[str, Parameter(help="Labels that name this under Warnings.")] = "",
    class_: Annotated[str, Parameter(name="--class", help="Labels of a class: `statins`, `Benzodiazepine`.")] = "",
    contains: Annotated[str, Parameter(help="Labels with an ingredient of this name, active or not.")] = "",
    labeler: Annotated[str, Parameter(help="Labels, or other rows, of this company.")] = "",
    schedule: Annotated[str, Parameter(help="Products in this DEA schedule: II to V, or `any`.")] = "",
    form: Annotated[str, Parameter(help="Products of this dosage form or route: `patch`, `oral`.")] = "",
    in_shortage: Annotated[bool, Parameter(help="What FDA's shortage list marks Current.")] = False,
    approved_in: Annotated[str, Parameter(help="First approved in this year: 2019, `2019 generic`.")] = "",
    as_csv: Annotated[bool, Parameter(name="--csv", help="Print CSV.")] = False,
    as_ics: Annotated[
        bool, Parameter(name="--ics", help="Print a calendar of the days on which protection ends.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """List over all labels and rows: by indication, boxed warning, class, maker …, which go together; or over the
    Orange and Purple Books: who loses protection, first generics, new patents."""
    from drugchatter.surfaces import lists

    flags = {
        "indication": indication,
        "boxed_warning": boxed_warning,
        "contraindication": contraindication,
        "interaction": interaction,
        "adverse_reaction": adverse_reaction,
        "warning": warning,
        "class": class_,
        "contains": contains,
        "labeler": labeler,
        "schedule": schedule,
        "form": form,
        "in_shortage": "yes" if in_shortage else "",
        "approved_in": approved_in,
    }
    if any(flags.values()):
        if loses_protection or first_generic_since or new_patents_since or applicant or ingredient or kind or as_ics:
            raise UsageError("one list at a time", "options of labels and rows do not go with those of patents")
        return _list_set(flags, as_csv, as_json)
    ends = bool(loses_protection or applicant or ingredient or kind)
    if sum([ends, bool(first_generic_since), bool(new_patents_since)]) != 1 or (as_ics and not ends):
        options = "--loses-protection YEAR, --first-generic-since DATE, --new-patents-since EDITION or a criterion"
        raise UsageError(
            "one list at a time", f"give one of {options}; --applicant, --kind and --ics go with the first"
        )
    books = opened_engine().books()
    notice = _tell_of_starter(books)
    if ends:
        lines = lists.losing_lines(books, loses_protection, applicant, ingredient, kind)
        if as_ics:
            print(lists.losing_calendar(books, lines), end="")
            return 0
        heads, rows = lists.losing(lines)
    elif first_generic_since:
        heads, rows = lists.first_generics(books, first_generic_since)
    else:
        heads, rows = lists.patents_since(books, new_patents_since)
    _print_rows(heads, rows, as_csv, as_json, {"notice": notice} if notice else {})
    return 0


def _list_set(flags: dict[str, str], as_csv: bool, as_json: bool) -> int:
    from drugchatter.sets import find_set
    from drugchatter.surfaces import lists
    from drugchatter.write.sets import count_text, nothing_text

    world = opened_engine().world
    found = find_set(world, lists.criteria_of(world, flags))
    counted = count_text(found, world) if found.members else nothing_text(found, world)
    if not as_json:
        print(f"drugchatter: {counted}", file=sys.stderr)
    _print_rows(
        *lists.members(found),
        as_csv,
        as_json,
        {"counted": counted, "left_out": [member.code for member in found.set_aside]},
    )
    return DECLINED if found.missing else 0


def _print_rows(
    heads: tuple[str, ...], rows: list[tuple[str, ...]], as_csv: bool, as_json: bool, more: dict[str, Any]
) -> None:
    from drugchatter.surfaces import lists

    if as_json:
        show_json({"count": len(rows), "rows": [dict(zip(heads, row, strict=True)) for row in rows]} | more)
    elif as_csv:
        print(lists.as_csv(heads, rows), end="")
    else:
        from drugchatter.surfaces.terminal import make_console, print_table

        last = (f"{len(rows)} in all", *("" for _ in heads[1:]))
        print_table(heads, rows, last, make_console(sys.stdout))


_SHOWN_AS_TABLES = ("patents", "by_application", "generics_by_application", "products_differ")


def _protection_pairs(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every field that says something, a line each; tables stay with `--json`."""
    for name, value in fields.items():
        if value in (None, [], {}, "") or name in _SHOWN_AS_TABLES:
            continue
        if isinstance(value, dict):
            inner = "; ".join(f"{key} {item}" for key, item in value.items() if item not in (None, [], {}, ""))
            yield name.replace("_", " "), inner
        elif isinstance(value, list):
            yield name.replace("_", " "), "; ".join(str(item) for item in value)
        else:
            yield name.replace("_", " "), str(value)
