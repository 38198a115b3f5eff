"""Which generics are approved, from products.txt alone. Approval is not launch, and the file never says who sells.

Rules: a generic (ANDA) is a candidate when it has the same `Ingredient` string and the same `DF;Route` string as a
product of the NDA; it substitutes when it is rated A and shares a full therapeutic-equivalence code with a product of
the same strength; it is marketed when its Type is RX or OTC. [Seen in the rows themselves and counted: OTC and DISCN
rows carry no TE code; B codes are approved but not rated equivalent; the first ANDA of a string can belong to another
reference product, as METADATE ER's does to CONCERTA's string.]
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from drugchatter.exclusivity.listings import OrangeBook, by_approval
from drugchatter.exclusivity.protection import Dated, Generics, Maker
from drugchatter.rows import ProductRow

_MARKETED = frozenset({"RX", "OTC"})


def generics_of(book: OrangeBook, applications: Iterable[str]) -> Generics:
    """The generics of all products of `applications`; counts of zero when there are none."""
    brand = [row for application in applications for row in book.products.get(application, ())]
    forms = _forms(brand)
    candidates = _candidates(book, forms)
    marketed = [row for row in candidates if row.type in _MARKETED]
    applicants = {row.applicant for row in marketed}
    rated = {key for product in brand for key in _rating(product)}
    linked = [row for row in candidates if row.type == "RX" and not rated.isdisjoint(_rating(row))]
    first = _first(candidates)
    return Generics(
        edition=book.products_edition,
        ingredient_form=tuple(f"{ingredient} | {form}" for ingredient, form in forms),
        n_anda_applications_all=len({row.application for row in candidates}),
        n_anda_applications_marketed=len({row.application for row in marketed}),
        n_anda_applicants=len(applicants),
        n_te_linked_applications=len({row.application for row in linked}),
        first_approval=_dated(first, book),
        first_approval_by=f"{first.application} {first.applicant}" if first else None,
        first_approval_same_strength=_dated(_first(_same_strength(brand, candidates)), book),
        first_approval_te_linked=_dated(_first(linked), book),
        any_pre1982_anda=any(row.before_1982 for row in candidates),
        brand_te_codes=tuple(sorted({row.te_code for row in brand if row.te_code})),
        brand_types=tuple(Counter(row.type for row in brand).items()),
        applicants=tuple(sorted(applicants)),
    )


def makers_of(book: OrangeBook, applications: Iterable[str]) -> tuple[Maker, ...]:
    """Who holds approved generics of the applications' strengths: rated ones first, then active ones, then the oldest.

    Only rows of equal strength or of equal rating: others of the string can belong to another reference product.
    """
    brand = [row for application in applications for row in book.products.get(application, ())]
    candidates = _candidates(book, _forms(brand))
    rated = {key for product in brand for key in _rating(product)}
    held: dict[str, list[ProductRow]] = defaultdict(list)
    for row in _same_strength(brand, candidates):
        held[row.applicant].append(row)
    found = [_maker(rows, rated, book.products_edition) for rows in held.values()]
    return tuple(sorted(found, key=lambda m: (not m.codes, not m.active, _since(m), m.applicant)))


def _maker(rows: list[ProductRow], rated: set[_Rating], edition: str) -> Maker:
    linked = [row for row in rows if row.type == "RX" and not rated.isdisjoint(_rating(row))]
    active = [row for row in rows if row.type in _MARKETED]
    first = _first(linked or active or rows)
    shown = sorted(linked or active or rows, key=lambda row: (row is not first, row.application, row.product_no))
    return Maker(
        applicant=shown[0].applicant_full_name or shown[0].applicant,
        applications=tuple(dict.fromkeys(row.application for row in shown)),
        codes=tuple(sorted({key[3] for row in linked for key in _rating(row) if key in rated})),
        own_codes=tuple(sorted({key[3] for row in active for key in _rating(row)})),
        active=bool(active),
        first=Dated(first.approval_date, (first.application,), (first.ref(edition),))
        if first and first.approval_date and not any(row.before_1982 for row in linked or active or rows)
        else None,
        rows=tuple(row.ref(edition) for row in shown),
    )


def _since(maker: Maker) -> date:
    return maker.first.on if maker.first else date.min


def first_of_same_strength(book: OrangeBook, application: str) -> Dated | None:
    """The first generic of one of the application's strengths, whatever its rating; None when there is none."""
    brand = book.products.get(application, ())
    return _dated(_first(_same_strength(brand, _candidates(book, _forms(brand)))), book)


def _forms(brand: Iterable[ProductRow]) -> list[tuple[str, str]]:
    return sorted({(row.ingredient, row.form_route) for row in brand})


def _candidates(book: OrangeBook, forms: list[tuple[str, str]]) -> Sequence[ProductRow]:
    """The generics of these forms, the first approved first; of one form the book has them in this order already."""
    if len(forms) == 1:
        return book.anda.get(forms[0], ())
    return sorted((row for form in forms for row in book.anda.get(form, ())), key=by_approval)


def _same_strength(brand: Iterable[ProductRow], candidates: Iterable[ProductRow]) -> Iterator[ProductRow]:
    strengths = {(row.ingredient, row.form_route, strength(row)) for row in brand}
    return (row for row in candidates if (row.ingredient, row.form_route, strength(row)) in strengths)


_Rating = tuple[str, str, str, str]


def _rating(row: ProductRow) -> frozenset[_Rating]:
    """What two products rated equivalent have in common: ingredient, form, strength and one full A code.

    `AB1,AB2` is two codes, and either of them may be shared.
    """
    return _ratings(row.ingredient, row.form_route, row.strength, row.te_code) if row.te_code else frozenset()


@lru_cache(maxsize=16384)
def _ratings(ingredient: str, form: str, strength: str, codes: str) -> frozenset[_Rating]:
    alike = ingredient, form, _plain_strength(strength)
    return frozenset((*alike, code) for code in codes.split(",") if code.startswith("A"))


def strength(row: ProductRow) -> str:
    """A strength without FDA's notes (` **Federal Register determination …`) and spaces, for comparing."""
    return _plain_strength(row.strength)


@lru_cache(maxsize=16384)
def _plain_strength(printed: str) -> str:
    return "".join(printed.split("**", 1)[0].split()).upper()


def _first(rows: Iterable[ProductRow]) -> ProductRow | None:
    """The earliest dated approval of rows in the order of approval; a discontinued one counts as approved."""
    return next((row for row in rows if row.approval_date), None)


def _dated(row: ProductRow | None, book: OrangeBook) -> Dated | None:
    if row is None or row.approval_date is None:
        return None
    return Dated(row.approval_date, (row.application,), (row.ref(book.products_edition),))
