"""Who else is approved, as sentences: generics by applicant and rating, biosimilars by licence. Approval is no launch.

`Type` RX or OTC in products.txt is called active here and not marketed: FDA's file keeps approved generics among the
active products that nobody sells yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from drugchatter.exclusivity.listings import OrangeBook
from drugchatter.exclusivity.protection import Biologic, Biosimilar, Dated, Maker, Protection
from drugchatter.rows import RowRef
from drugchatter.types import Claim
from drugchatter.write.page import Page, firm, listed_names, several

_MOST_MAKERS = 6
_MOST_NAMES = 4
_MOST_BIOSIMILARS = 12
# Beside dates, more lines than this would hide them; the count is said.
MOST_IN_PASSING = 8


def brand_rows(found: Protection, book: OrangeBook) -> list[RowRef]:
    """One product row of each application, marketed ones first: what "no generic of it" is said of."""
    rows = [row for application in found.applications for row in book.products.get(application, ())]
    rows.sort(key=lambda row: (row.type == "DISCN", row.application, row.product_no))
    return [row.ref(book.products_edition) for row in rows]


def first_generic(found: Protection, book: OrangeBook) -> tuple[str, list[RowRef]]:
    """`the first on 2019-12-23 (A210013, Micro Labs Ltd, tablet)` and its row; empty when no generic has a date."""
    first = found.generics.first_approval_same_strength if found.generics else None
    if first is None:
        return "", []
    row = next(row for row in book.products[first.items[0]] if row.ref(book.products_edition) in first.rows)
    form = row.form_route.split(";")[0].split(",")[0].lower()
    return (
        f"the first on {first.on} ({row.application}, {firm(row.applicant_full_name or row.applicant)}, {form})",
        list(first.rows),
    )


def state(
    found: Protection, makers: tuple[Maker, ...], book: OrangeBook, page: Page, *, with_first: bool
) -> Claim | None:
    """How many applicants hold a generic, rated or not, active or discontinued; None when no product is known."""
    name, refs = page.drug.name, brand_rows(found, book)
    if not refs:
        return None
    if not makers:
        return _none_approved(found, refs, page)
    active = [maker for maker in makers if maker.active]
    gone = len(makers) - len(active)
    first, rows = first_generic(found, book)
    told = f", {first}" if first and with_first else ""
    parts = [f"{len(active)} active ({_ratings(active)})"] if active else []
    parts += [f"{gone} listed as discontinued"] if gone else []
    rated = sum(bool(maker.codes) for maker in active)
    own = sum(bool(maker.own_codes) for maker in active)
    counted = (
        f"counted: {len(makers)} applicants, {len(active)} active, {rated} rated to the brand, {own} rated at all, "
    )
    derived = f"{counted}{gone} discontinued; products file of {book.products_edition}"
    have = f"{several(len(makers), 'applicant')} {'has' if len(makers) == 1 else 'have'} an approved generic"
    text = f"{name}: {have}{told}: {', '.join(parts)}, in the products file of {book.products_edition}."
    return page.claim(text, rows or makers[0].rows[:1], derived)


def _ratings(active: list[Maker]) -> str:
    """`all rated AB`, `6 rated AB1/AB2`; where the brand carries no code, how the generics are rated to one another."""
    rated = [maker for maker in active if maker.codes]
    if rated:
        codes = "/".join(sorted({code for maker in rated for code in maker.codes}))
        how_many = "" if len(active) == 1 else "all " if len(rated) == len(active) else f"{len(rated)} "
        return f"{how_many}rated {codes}"
    own = [maker for maker in active if maker.own_codes]
    if own:
        codes = "/".join(sorted({code for maker in own for code in maker.own_codes}))
        return f"{len(own)} rated {codes} to one another, not to the brand"
    return "none rated as substitutable"


def _none_approved(found: Protection, refs: list[RowRef], page: Page) -> Claim:
    edition = found.generics.edition if found.generics else found.products_file
    other = found.generics.first_approval if found.generics else None
    if other:
        text = f"{page.drug.name}: no generic of its strengths in the products file of {edition}; one of the same "
        text += f"ingredient and form, in another strength, is approved since {other.on} ({other.items[0]})."
        return page.claim(text, [*refs[:1], *other.rows], f"no ANDA of its strengths, file of {edition}")
    text = (
        f"{page.drug.name}: no generic (ANDA) is approved in the products file of {edition}; later ones are not in it."
    )
    return page.claim(text, refs[:1], f"no ANDA of its ingredient and form, file of {edition}")


def rated_yes_or_no(found: Protection, makers: tuple[Maker, ...], book: OrangeBook, page: Page) -> Claim | None:
    """Yes or no first, with the codes; a brand without a code (discontinued, OTC) is said to have none."""
    name, refs = page.drug.name, brand_rows(found, book)
    if not refs or found.generics is None:
        return None
    rated = [maker for maker in makers if maker.codes]
    edition = book.products_edition
    if rated:
        codes = sorted({code for maker in rated for code in maker.codes})
        which = listed_names((firm(maker.applicant) for maker in rated), _MOST_NAMES)
        text = f"Yes: {several(len(rated), 'applicant')} {'has' if len(rated) == 1 else 'have'} a generic rated "
        text += f"{'/'.join(codes)} to {name} in the products file of {edition}: {which}."
        rows = [ref for maker in rated[:_MOST_NAMES] for ref in maker.rows[:1]]
        return page.claim(text, rows, f"one of {len(rated)} rated, products file of {edition}")
    if not found.generics.brand_te_codes:
        types = {kind for kind, _ in found.generics.brand_types}
        if "RX" not in types and makers:
            why = " and ".join(sorted({"DISCN": "discontinued", "OTC": "OTC"}[kind] for kind in types))
            have = f"{several(len(makers), 'applicant')} {'has' if len(makers) == 1 else 'have'}"
            text = f"The file of {edition} cannot tell: {name} is {why} in it, so it carries no TE code; {have} an "
            text += "approved generic of its strength."
            counted = f"{len(makers)} applicants counted, no TE code, products file of {edition}"
            return page.claim(text, [*refs[:1], *makers[0].rows[:1]], counted)
    text = f"No: no generic is rated as substitutable for {name} in the products file of {edition}"
    text += "; later ones are not in it." if not makers else ", though generics are approved."
    rows = [*refs[:1], *(ref for maker in makers[:2] for ref in maker.rows[:1])]
    return page.claim(text, rows, f"no shared A code, products file of {edition}")


def maker_lines(makers: tuple[Maker, ...], page: Page) -> Iterator[Claim]:
    """A line for each applicant, rated and active ones first; what is not shown is counted."""
    active = [maker for maker in makers if maker.active]
    for maker in active[:_MOST_MAKERS]:
        yield page.claim(_maker(maker), maker.rows[: max(1, len(maker.applications))])
    rest = active[_MOST_MAKERS:]
    if rest:
        text = f"{len(rest)} more active: {listed_names((firm(maker.applicant) for maker in rest), _MOST_NAMES)}."
        yield page.claim(text, [m.rows[0] for m in rest[:_MOST_NAMES]], f"one of {len(rest)} more")
    gone = [maker for maker in makers if not maker.active]
    if gone:
        names = listed_names((firm(maker.applicant) for maker in gone), _MOST_NAMES)
        text = f"Approved and listed as discontinued (not or no longer sold): {names}."
        yield page.claim(text, [maker.rows[0] for maker in gone[:_MOST_NAMES]])


def _maker(maker: Maker) -> str:
    if maker.codes:
        rated = f"rated {'/'.join(maker.codes)}"
    elif maker.own_codes:
        rated = f"rated {'/'.join(maker.own_codes)} among generics"
    else:
        rated = "not rated as substitutable"
    since = f"approved {maker.first.on}" if maker.first else "approved before 1982"
    return f"{firm(maker.applicant)} ({', '.join(maker.applications[:_MOST_NAMES])}): {rated}, {since}."


# ------------------------------------------------------------------------------------------------------ Purple Book


def biosimilar_state(bla: Biologic, page: Page) -> Claim | None:
    """How many are licensed, how many interchangeable, the first; or that the book lists none."""
    name, reach = page.drug.name, f"Purple Book to {bla.edition}"
    held = [one for one in bla.biosimilars if one.available]
    if not held:
        anchor = bla.brand_first_approval or bla.bla_first_approval
        if anchor is None:
            return None
        text = f"{name}: no biosimilar is licensed in the {reach}; later ones are not in it."
        return page.claim(text, anchor.rows[:1], f"no 351(k) licence refers to it, {reach}")
    both = sum(one.interchangeable for one in held)
    text = f"{name}: {several(len(held), 'biosimilar licence')}, {both or 'none'} of them interchangeable ({reach})"
    first = next((one for one in held if one.licensed), None)
    rows: list[RowRef] = []
    if first and first.licensed:
        text += f"; the first on {first.licensed.on} ({_named(first)})"
        rows = list(first.licensed.rows)
    if not rows:
        return None
    return page.claim(
        f"{text}. A licence is no launch.", rows, f"{len(held)} licences counted, {both} interchangeable, {reach}"
    )


def biosimilar_lines(bla: Biologic, page: Page) -> Iterator[Claim]:
    """A line for each licence, oldest first; revoked ones apart."""
    lines: dict[str, list[RowRef]] = {}
    for one in bla.biosimilars:
        if one.available and one.licensed:
            lines.setdefault(_biosimilar(one, one.licensed), []).extend(one.licensed.rows[:1])
    for text, rows in list(lines.items())[:_MOST_BIOSIMILARS]:
        yield page.claim(text, rows)
    if more := list(lines.values())[_MOST_BIOSIMILARS:]:
        yield page.claim(f"{len(more)} more, licensed later.", more[0], f"one of {len(more)} more")


def _biosimilar(one: Biosimilar, licensed: Dated) -> str:
    rank = "interchangeable" if one.interchangeable else "biosimilar"
    text = f"{_named(one)} ({one.applicant.rstrip('.')}): {rank}, licensed {licensed.on}, {_listed_as(one.marketing)}"
    return text + ("; end of its first interchangeable exclusivity not yet set." if one.undecided else ".")


def _listed_as(marketing: tuple[str, ...]) -> str:
    """The Purple Book's marketing status in words; discontinued presentations beside sold ones are told."""
    gone = any(status.startswith("Disc") for status in marketing)
    kept = [status for status in marketing if not status.startswith("Disc")]
    if not kept:
        return "listed as discontinued"
    return f"listed as {' and '.join(kept)}{', some presentations discontinued' if gone else ''}"


def _named(one: Biosimilar) -> str:
    names = [name for name in one.names if name and name != "N/A"]
    return " / ".join(names) or one.suffix_name
