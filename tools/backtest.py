"""Predicted against actual: what old Orange Book listings said, and when the first generics were then approved.

python tools/backtest.py [--data DIR]   writes docs/backtest.md and docs/backtest.svg; same files, same bytes

Prediction: the ceiling (and the date without carve-outs) that `drugchatter protection` computes from the listings of
the vintage alone. Outcome: the first approval of an ANDA of the same ingredient, form and strength, from the newest
products file. Nothing of the outcome reaches the prediction but names and strengths of products (see the caveats).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from drugchatter.evals.loe import load
from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.generics import strength
from drugchatter.exclusivity.listings import OrangeBook, listed_until
from drugchatter.exclusivity.protection import Dates
from drugchatter.exclusivity.rules import dates_of, exclusivities_of, patents_of
from drugchatter.rows import ProductRow

VINTAGE = "2022-12-07"
_GONE = "Drugs@FDA of 2019 lists a generic that has left the products file"
ON_TIME = timedelta(days=180)
Place = tuple[str, str, str]  # ingredient, form and route, strength


@dataclass(frozen=True, slots=True)
class Case:
    """One NDA that the vintage protects and that had no generic then. `actual` is its first generic's approval since,
    `by` its number; the predictions are those of the strengths that this generic copies, without one of all."""

    application: str
    names: tuple[str, ...]
    ceiling: date
    hard: date | None
    actual: date | None
    by: str

    @property
    def outcome(self) -> str:
        """Early, on time (on the last listed day or within 180 days after it), late, or none yet."""
        if self.actual is None:
            return "none yet"
        if self.actual < self.ceiling:
            return "early"
        return "on time" if self.actual <= self.ceiling + ON_TIME else "late"

    @property
    def years_early(self) -> float:
        assert self.actual is not None  # noqa: S101 - asked of events only
        return (self.ceiling - self.actual).days / 365.25

    @property
    def after_hard(self) -> bool:
        """Approved when only rights were left that a generic's label may leave out."""
        return self.actual is not None and (self.hard is None or self.actual > self.hard)


def place(row: ProductRow) -> Place:
    return row.ingredient, row.form_route, strength(row)


def first_generics(book: OrangeBook) -> tuple[dict[Place, ProductRow], set[Place]]:
    """(first dated generic of each ingredient, form and strength; places with one from before 1982)."""
    first: dict[Place, ProductRow] = {}
    old: set[Place] = set()
    for rows in book.anda.values():
        for row in sorted(rows, key=lambda row: (str(row.approval_date), row.application, row.product_no)):
            if row.before_1982:
                old.add(place(row))
            elif row.approval_date:
                first.setdefault(place(row), row)
    return first, old


def generics_of_2019(archive: Path) -> set[Place]:
    """Places with an approved ANDA in Drugs@FDA of 2019: some have left the products file since."""
    with zipfile.ZipFile(archive) as files:
        applications = {row[0] for row in _table(files, "Applications.txt") if row[1] == "ANDA"}
        approved = {
            row[0]
            for row in _table(files, "Submissions.txt")
            if row[0] in applications and row[2].strip() == "ORIG" and row[4].strip() == "AP"
        }
        products = [row for row in _table(files, "Products.txt") if row[0] in approved]
    return {(row[6].strip(), row[2].strip(), "".join(row[3].split("**")[0].split()).upper()) for row in products}


def _table(files: zipfile.ZipFile, name: str) -> Iterator[list[str]]:
    lines = files.read(name).decode("latin-1").split("\r\n")
    return (line.split("\t") for line in lines[1:] if line)


def cases(book: OrangeBook, gone: set[Place]) -> tuple[list[Case], Counter[str]]:
    """Every NDA with a right in force on the vintage's date and no generic then; and why others are left out."""
    vintage, out = date.fromisoformat(book.listings_edition), Counter({_GONE: 0})
    first, old = first_generics(book)
    found = []
    for application in sorted({a for a in (*book.patents, *book.exclusivities) if a.startswith("N")}):
        end = listed_until(book, application)
        if end is None or end <= vintage:
            out["nothing in force on the vintage's date"] += 1
            continue
        rows = book.products.get(application, ())
        if not rows:
            out["not in the products file, so neither named nor followed"] += 1
            continue
        places = {place(row) for row in rows}
        generics = [first[p] for p in places if p in first]
        if places & old or any(row.approval_date and row.approval_date <= vintage for row in generics):
            out["a generic of one of its strengths was approved already"] += 1
        elif places & gone:
            out[_GONE] += 1
        else:
            found.append(_case(book, application, rows, generics))
    return found, out


def _case(book: OrangeBook, application: str, rows: tuple[ProductRow, ...], generics: list[ProductRow]) -> Case:
    actual = min(generics, key=lambda row: (row.approval_date or date.max, row.application), default=None)
    copied = {row.product_no for row in rows if actual and place(row) == place(actual)}
    dates = _dates(book, application, copied)
    if dates.ceiling is None:  # nothing is listed for the strength copied: the application's date stands for it
        dates = _dates(book, application, set())
    assert dates.ceiling is not None  # noqa: S101 - the caller saw a right in force
    names = tuple(sorted({row.trade_name for row in rows}))
    hard = dates.hard.on if dates.hard else None
    by = actual.application if actual else ""
    return Case(application, names, dates.ceiling.on, hard, actual.approval_date if actual else None, by)


def _dates(book: OrangeBook, application: str, products: set[str]) -> Dates:
    """The dates of some products of an application; of all when `products` is empty."""
    edition = book.listings_edition
    day = date.fromisoformat(edition)
    patents = patents_of(book.patents.get(application, ()), edition, day)
    rights = exclusivities_of(book.exclusivities.get(application, ()), edition)
    kept = [p for p in patents if not products or p.products[0] in products]
    return dates_of(kept, [e for e in rights if not products or e.product in products], day)


def moved(books: Books, before: str, after: str) -> tuple[int, int, int, float]:
    """(NDAs with a right in force in `before`, of these later, earlier or gone in `after`, median years later)."""
    old, new = books.listed[before], books.listed[after]
    ends = {a: e for a in (*old.patents, *old.exclusivities) if a[0] == "N" and (e := listed_until(old, a))}
    ends = {application: end for application, end in ends.items() if end.isoformat() > before}
    later = [(now - end).days / 365.25 for a, end in ends.items() if (now := listed_until(new, a)) and now > end]
    earlier = sum(1 for a, end in ends.items() if end.isoformat() > after and (listed_until(new, a) or date.min) < end)
    return len(ends), len(later), earlier, statistics.median(later) if later else 0.0


# --------------------------------------------------------------------------------------------------------------- report


def report(books: Books, archive: Path) -> tuple[str, str]:
    """(Markdown, SVG)."""
    book = books.listed[VINTAGE]
    found, out = cases(book, generics_of_2019(archive))
    until = date.fromisoformat(book.products_edition)
    window_end = until - timedelta(days=8)
    window = [case for case in found if case.ceiling <= window_end]
    events = sorted((case for case in found if case.actual), key=lambda case: (str(case.actual), case.application))
    parts = [
        _head(book, until),
        _window(window, window_end),
        _events(events),
        _denominator(found, out),
        _moves(books),
        _CAVEATS,
        _every("Every case of cohort A", window),
        _every("Every case of cohort B", events),
    ]
    return "\n".join(parts), histogram(events)


def _head(book: OrangeBook, until: date) -> str:
    followed = (until - date.fromisoformat(book.listings_edition)).days
    return f"""# Back-test: listed protection against first generic approvals

Made by `make backtest` (tools/backtest.py); do not edit by hand.

**Prediction**: for each NDA the last day of listed protection (ceiling), and the same without what a generic's label
can leave out, computed by the program's own rules from the Orange Book listings of {book.listings_edition}.
**Outcome**: the first approval of a generic (ANDA) of the same ingredient, form and strength after that day, from the
products file of {until}. So predictions are followed for {followed} days.

*Early*: approved before the last listed day. *On time*: on it or within 180 days after it. *Late*: later than that.
*None yet*: not approved by {until}. Approval is not launch; no file at hand prints launches.

![How many years before the last listed day first generics were approved](backtest.svg)
"""


def _counts(found: Iterable[Case]) -> str:
    counted = Counter(case.outcome for case in found)
    total = sum(counted.values())
    rows = [f"| {name} | {counted[name]} | {_share(counted[name], total)} |" for name in _OUTCOMES]
    return "\n".join(["| outcome | NDAs | share |", "|---|---|---|", *rows, f"| all | {total} | |"])


_OUTCOMES = ("early", "on time", "late", "none yet")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else ""


def _window(window: list[Case], end: date) -> str:
    lags = [(case.actual - case.ceiling).days for case in window if case.actual and case.actual >= case.ceiling]
    after = f"Those not early came on day {statistics.median(lags):.0f} after it in the median. " if lags else ""
    return f"""## Cohort A: protection that ended in the window

NDAs without a generic on {VINTAGE} whose last listed day fell between then and {end}. Fair to the precision of the
date; blind to early generics of long listings.

{_counts(window)}

{after}"None yet" is the commonest outcome: the end of protection makes no
generic, and many of these are small products, injections, kits and inhalers. The ceiling says when nothing listed
blocks any more, not that somebody comes.
"""


def _events(events: list[Case]) -> str:
    early = [case for case in events if case.outcome == "early"]
    carved = sum(case.after_hard for case in early)
    years = [case.years_early for case in early]
    quarters = statistics.quantiles(years, n=4) if len(years) > 1 else [0.0, 0.0, 0.0]
    return f"""## Cohort B: first generics that came

All NDAs with protection in force on {VINTAGE} and a first generic approved after it. By construction it leaves out
drugs that still have none, so it overstates how early generics are.

{_counts(events)}

Approved early: by {quarters[1]:.1f} years in the median (middle half {quarters[0]:.1f} to {quarters[2]:.1f}).
{carved} of these {len(early)} were approved when only rights were left that a label can leave out (patents on uses,
exclusivities of a use): the date without carve-outs had passed. For the other {len(early) - carved} something else
opened the way (a challenge, a licence, a waiver, another reference product); these files do not say which.
"""


def _denominator(found: list[Case], out: Counter[str]) -> str:
    rows = "\n".join(f"| {reason} | {count} |" for reason, count in sorted(out.items()))
    came = sum(case.actual is not None for case in found)
    return f"""## Cohort C: the denominator

{len(found)} NDAs had protection in force and no generic on {VINTAGE}; {came} of them ({_share(came, len(found))}) had
a first generic approved since. Left out of all cohorts:

| reason | NDAs |
|---|---|
{rows}
"""


def _moves(books: Books) -> str:
    editions = sorted(books.listed)
    rows = []
    for before, after in pairwise(editions):
        total, later, earlier, median = moved(books, before, after)
        rows.append(f"| {before} | {after} | {total} | {later} ({_share(later, total)}) | {median:.1f} | {earlier} |")
    table = "\n".join(rows)
    return f"""## How far the target moves

A listing is no fixed date: patents are listed later, pediatric months are added, holders ask to delist.

| from | to | NDAs in force | later | median years later | earlier or gone |
|---|---|---|---|---|---|
{table}
"""


_CAVEATS = f"""## What this cannot know

- **Launches.** An ANDA may be approved years before a licence lets it be sold; the first one may never be sold.
- **Why a generic was early.** Court rulings, settlements, paragraph IV certifications and 30-month stays are in none of
  these files. Nor are tentative approvals, which the Orange Book leaves out.
- **Generics that left.** Withdrawn ANDAs vanish from products.txt. One approved and withdrawn between July 2019
  (Drugs@FDA) and November 2024 is not seen, so a few cases may have had a generic before the vintage.
- **Names of 2024.** There is no products file of {VINTAGE}: names, forms and strengths of an NDA are those of November
  2024. NDAs that were withdrawn since are not named and not followed; strengths added since count as if they had been
  there. This is the only way in which later knowledge reaches a prediction. No date does.
- **Whose generic.** An ANDA of the same ingredient, form and strength can refer to another NDA's product.
- **The listings of 2024-11-08 and later** are predictions too, but no products file after 2024-11-08 is at hand; what
  they said cannot be judged yet. They are used only for how far the target moves.
- **Biologics** are not here: their patents are in no file, and of their twelve years too few ended in the window.
- **Censoring.** A first generic after 2024-11-08 counts as none yet, also where it came a month later.
"""


def _every(title: str, found: list[Case]) -> str:
    lines = [f"## {title}", "", "| drug | NDA | last listed day | without carve-outs | first generic | by | outcome |"]
    lines.append("|---|---|---|---|---|---|---|")
    for case in sorted(found, key=lambda case: (case.ceiling, case.application)):
        names = " / ".join(case.names[:2]).replace("|", " ")
        hard, actual = case.hard or "uses only", case.actual or ""
        lines.append(
            f"| {names} | {case.application} | {case.ceiling} | {hard} | {actual} | {case.by} | {case.outcome} |"
        )
    return "\n".join([*lines, ""])


# -------------------------------------------------------------------------------------------------------------- picture


def histogram(events: list[Case]) -> str:
    """Cohort B by whole years between the first approval and the last listed day; dark: before the date without
    carve-outs, light: after it."""
    counted: dict[int, list[int]] = {}
    for case in events:
        column = counted.setdefault(max(-3, min(20, int(case.years_early // 1))), [0, 0])
        column[case.after_hard] += 1
    first, last = min(counted, default=0), max(counted, default=0)
    wide, high, floor = 30, 220, 290
    most = max((sum(column) for column in counted.values()), default=1)
    width = 120 + wide * (last - first + 1)
    bars = []
    for year in range(first, last + 1):
        x, y = 60 + wide * (year - first), float(floor)
        for name, count in zip(("dark", "light"), counted.get(year, [0, 0]), strict=True):
            tall = round(high * count / most, 1)
            y -= tall
            if count:
                bars.append(f'<rect class="{name}" x="{x}" y="{round(y, 1)}" width="{wide - 4}" height="{tall}"/>')
        total = sum(counted.get(year, [0, 0]))
        if total:
            bars.append(f'<text x="{x + 13}" y="{round(y - 5, 1)}" text-anchor="middle">{total}</text>')
        bars.append(f'<text class="quiet" x="{x - 2}" y="{floor + 17}" text-anchor="middle">{year}</text>')
    zero = 58 + wide * (0 - first)
    told = "; ".join(f"{year} to {year + 1} years: {sum(column)}" for year, column in sorted(counted.items()))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 380" width="{width}" height="380" role="img"
 aria-labelledby="t d">
<title id="t">First generics by years before the last listed day</title><desc id="d">{told}</desc>
<style>text{{font:12px system-ui,Helvetica,Arial,sans-serif;fill:#1f2933}}.quiet{{fill:#52606d}}.dark{{fill:#334e68}}
.title{{font-size:16px;font-weight:600}}
.light{{fill:#9fb3c8}}.zero{{stroke:#ba2525;stroke-dasharray:5 3}}</style>
<rect width="{width}" height="380" fill="#fff"/>
<text x="20" y="28" class="title">First generics since {VINTAGE}: years before the last listed day</text>
{chr(10).join(bars)}
<line class="zero" x1="{zero}" x2="{zero}" y1="50" y2="{floor}"/>
<text class="quiet" x="20" y="{floor + 38}">left of the line: after protection had ended; right: before it</text>
<rect class="dark" x="20" y="{floor + 54}" width="18" height="12"/>
<text class="quiet" x="44" y="{floor + 64}">while a substance or product patent or a full exclusivity was listed</text>
<rect class="light" x="20" y="{floor + 73}" width="18" height="12"/>
<text class="quiet" x="44" y="{floor + 83}">only rights that a label can leave out, or none, were left</text>
</svg>
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--docs", type=Path, default=Path(__file__).parent.parent / "docs")
    options = parser.parse_args()
    archive = options.data / "drugsatfda" / "drugsatfda.zip"
    books = load(options.data / "orangebook") if archive.is_file() else None
    if books is None or VINTAGE not in books.listed:
        raise SystemExit(f"{options.data} lacks the Orange Book of {VINTAGE} or Drugs@FDA: name the folder with --data")
    text, picture = report(books, archive)
    (options.docs / "backtest.md").write_text(text, "utf-8")
    (options.docs / "backtest.svg").write_text(picture, "utf-8")
    print(text.split("## What this cannot know")[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
