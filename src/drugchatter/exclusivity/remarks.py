"""The remarks that belong beside the dates: each is computed from the rows, none is about one drug in particular."""

from __future__ import annotations

from collections.abc import Iterator

from drugchatter.exclusivity.listings import WAIVED, OrangeBook, listed_until
from drugchatter.exclusivity.protection import Biologic, Dated, Protection, number_order


def notes_on(found: Protection, book: OrangeBook, earlier: OrangeBook | None = None) -> tuple[str, ...]:
    """What a reader has to know of these dates; `earlier` is an older edition, for what moved since."""
    return (*_scope(found), *_listing(found, book), *_time(found, earlier), *_newer(found, book))


def _scope(found: Protection) -> Iterator[str]:
    if len(found.applications) > 1:
        yield "several applications under one name; report per application, headline is the latest"
    if found.combinations:
        yield f"combinations with other ingredients are not in the dates above: {', '.join(found.combinations)}"


def _listing(found: Protection, book: OrangeBook) -> Iterator[str]:
    if found.delisted:
        numbers = sorted({patent.number for patent in found.delisted}, key=number_order)
        yield f"delist-requested patents kept apart: {', '.join(numbers)}"
    if any(patent.pediatric for patent in found.delisted):
        yield "a delist-requested patent has a *PED row without the flag; the flag is inherited"
    if found.products_differ:
        yield "strengths/products of one application end on different dates"
    if found.products_not_in_products_file:
        yield f"listed for a product newer than the products file: {', '.join(found.products_not_in_products_file)}"
    if found.counts and found.counts.expired_still_printed:
        yield f"file still prints {found.counts.expired_still_printed} patent(s) already expired on the vintage date"
    undated = sorted({patent.number for patent in found.patents if patent.expiry_with_ped is None})
    if undated:
        yield f"no expiry date is printed for: {', '.join(undated)}; the dates above leave it out"
    if any(row.until is None for a in found.applications for row in book.exclusivities.get(a, ())):
        yield "an exclusivity row has no date; the dates above leave it out"
    if any(exclusivity.code == WAIVED for exclusivity in found.exclusivities):
        yield "an exclusivity is waived (W): shown, not counted"
    if any(patent.number.startswith("RE") for patent in found.patents):
        yield "reissue (RE) patent listed"


def _time(found: Protection, earlier: OrangeBook | None) -> Iterator[str]:
    ceiling = found.dates.ceiling if found.dates else None
    if earlier:
        ends = [end for application in found.applications if (end := listed_until(earlier, application))]
        before, after = max(ends, default=None), ceiling.on if ceiling else None
        if before != after:
            was, now = f"{earlier.listings_edition[:7]} {before}", f"{found.listed[:7]} {after}"
            yield f"answer moved between vintages: {was}, {now}"
    first = found.generics.first_approval_same_strength if found.generics else None
    if first and ceiling and first.on < ceiling.on:
        yield (
            "ANDA approved before the last listed date "
            "(patent challenge, carve-out or settlement; these files do not say which)"
        )


def _newer(found: Protection, book: OrangeBook) -> Iterator[str]:
    """NDAs that the products file cannot name yet but that list the same patents: often a new form of the drug."""
    own = {patent.number for patent in (*found.patents, *found.delisted)}
    shared: dict[str, set[str]] = {}
    for number in own:
        for application in book.listing.get(number, frozenset()):
            if application not in book.products and application not in found.applications:
                shared.setdefault(application, set()).add(number)
    if shared:
        told = "; ".join(_newer_application(book, a, numbers) for a, numbers in sorted(shared.items()))
        yield (
            f"newer NDA(s) in patent.txt that the {book.products_edition[:7]} products file cannot name share patents "
            f"with this drug and are NOT in the dates above: {told}"
        )


def _newer_application(book: OrangeBook, application: str, numbers: set[str]) -> str:
    return f"{application} (shares {len(numbers)} patent(s), own last listed date {listed_until(book, application)})"


def notes_on_biologic(bla: Biologic) -> tuple[str, ...]:
    """What a reader has to know of a biologic's dates."""
    return tuple(_biologic(bla))


def _biologic(bla: Biologic) -> Iterator[str]:
    yield "Orange Book does not apply; Purple Book patent list not in these files"
    brand, first = bla.brand_first_approval, bla.bla_first_approval
    if brand and first and first.on < brand.on:
        yield f"this brand is a supplement to a BLA first licensed on {first.on}; its own approval starts no 12 years"
    if bla.orphan_until:
        yield "orphan exclusivity protects a use, not the product"
    if bla.reference_until and bla.first_licensure and not _is_twelve_years(bla.first_licensure, bla.reference_until):
        yield "the exclusivity that FDA prints is not 12 years from the first licensure that it prints"
    if any(not biosimilar.available for biosimilar in bla.biosimilars):
        yield "revoked biosimilar licences are listed and not counted"


def _is_twelve_years(first: Dated, until: Dated) -> bool:
    return (until.on.year - first.on.year, until.on.month, until.on.day) == (12, first.on.month, first.on.day)
