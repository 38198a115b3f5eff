"""What protects a drug, as values: the result of `exclusivity.protection`, and its JSON.

Every date carries the rows it was taken from (`Dated.rows`), so that a reader can be shown the very lines. Like
`types`, this module computes nothing but views of its own fields. The JSON has the keys of the published field list of
`drugchatter protection NAME --json`: dates as YYYY-MM-DD, null where nothing is listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from drugchatter.rows import RowRef

Kind = Literal["NDA", "BLA"]
Level = Literal["brand", "ingredient", "application"]
Driver = Literal["patent", "exclusivity", ""]


@dataclass(frozen=True, slots=True)
class Dated:
    """A date with the patent numbers or codes that set it and the rows that print them."""

    on: date
    items: tuple[str, ...]
    rows: tuple[RowRef, ...]


@dataclass(frozen=True, slots=True)
class Patent:
    """A patent as listed for some products of one application; `number` is without `*PED`.

    `expiry` is the date of the patent itself, None when only its pediatric row is left; `expiry_with_ped` the printed
    date of that row, or `expiry`. `expiries` holds the different dates where products differ. Delist requested:
    `delisted`. `expired` means that even `expiry_with_ped` lies before the date asked about.
    """

    application: str
    number: str
    expiry: date | None
    expiry_with_ped: date | None
    substance: bool
    product: bool
    use_codes: tuple[str, ...]
    pediatric: bool
    delisted: bool
    products: tuple[str, ...]
    expired: bool
    expiries: tuple[date, ...]
    rows: tuple[RowRef, ...]
    pediatric_rows: tuple[RowRef, ...]

    @property
    def use_only(self) -> bool:
        """Listed for a method of use alone. One without flags and without use code is not: it is taken to block."""
        return bool(self.use_codes) and not self.substance and not self.product


@dataclass(frozen=True, slots=True)
class Exclusivity:
    """An exclusivity of one product; `extends` names the codes that a pediatric extension (PED) prolongs."""

    application: str
    product: str
    code: str
    until: date
    extends: tuple[str, ...]
    rows: tuple[RowRef, ...]


@dataclass(frozen=True, slots=True)
class LastExclusivity:
    """The exclusivity that ends last: `code` joins several with `/` when they end on one day."""

    code: str
    on: date
    extends: tuple[str, ...]
    rows: tuple[RowRef, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct patent numbers (not rows); delist-requested ones are counted apart and in no other number."""

    patents: int
    ds: int
    dp: int
    use_only: int
    with_use_code: int
    distinct_use_codes: int
    with_ped: int
    expired_still_printed: int
    delist_requested: int
    rows_exclusivity: int


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of one product, one application, or everything asked about.

    `ceiling`: after it nothing listed blocks a generic with the full label; `hard`: the same without what a label can
    leave out (patents on uses only, exclusivities of an indication). None means that nothing of the kind is listed.
    """

    last_patent: Dated | None
    last_patent_with_ped: Dated | None
    next_expiry: Dated | None
    last_exclusivity: LastExclusivity | None
    ceiling: Dated | None
    hard: Dated | None
    delisted_last_with_ped: Dated | None
    driver: Driver


@dataclass(frozen=True, slots=True)
class ProductDates:
    """The dates of one strength. `strength` is None and `type` says so when the products file does not know it."""

    application: str
    product: str
    trade_name: str | None
    strength: str | None
    type: str
    dates: Dates


@dataclass(frozen=True, slots=True)
class ApplicationDates:
    application: str
    brands: tuple[str, ...]
    dates: Dates


@dataclass(frozen=True, slots=True)
class Generics:
    """Approved generics (ANDA) of the same ingredient, form and route. Dates are approvals, never launches."""

    edition: str
    ingredient_form: tuple[str, ...]
    n_anda_applications_all: int
    n_anda_applications_marketed: int
    n_anda_applicants: int
    n_te_linked_applications: int
    first_approval: Dated | None
    first_approval_by: str | None
    first_approval_same_strength: Dated | None
    first_approval_te_linked: Dated | None
    any_pre1982_anda: bool
    brand_te_codes: tuple[str, ...]
    brand_types: tuple[tuple[str, int], ...]
    applicants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Maker:
    """An applicant with approved generics (ANDA) of a brand's strengths.

    `codes` are the A codes it shares with the brand's products of equal strength, empty when it is not rated as
    substitutable for it; `own_codes` all A codes of its products, which a discontinued or OTC brand has no match for;
    `active` is whether one of its products stands as RX or OTC in the file, which is no proof of sale.
    `first` is its first dated approval, None when it was approved before 1982.
    """

    applicant: str
    applications: tuple[str, ...]
    codes: tuple[str, ...]
    own_codes: tuple[str, ...]
    active: bool
    first: Dated | None
    rows: tuple[RowRef, ...]


@dataclass(frozen=True, slots=True)
class Biosimilar:
    """One 351(k) licence. `undecided`: FDA has not yet set the end of the first interchangeable exclusivity."""

    bla: str
    names: tuple[str, ...]
    suffix_name: str
    applicant: str
    licensed: Dated | None
    interchangeable: bool
    undecided: bool
    marketing: tuple[str, ...]
    licence: tuple[str, ...]
    first_interchangeable_until: tuple[date, ...]
    references: tuple[str, ...]

    @property
    def available(self) -> bool:
        """Still licensed; a licence is no launch."""
        return any("evoked" not in status for status in self.licence)


@dataclass(frozen=True, slots=True)
class Biologic:
    """A biologic by its own rules; `first_name` is the brand of the licence that starts the twelve years."""

    edition: str
    bla_numbers: tuple[str, ...]
    proper_names: tuple[str, ...]
    brand_first_approval: Dated | None
    bla_first_approval: Dated | None
    same_substance_first: Dated | None
    first_bla: str
    first_name: str
    first_licensure: Dated | None
    reference_until: Dated | None
    deemed: bool
    twelve_year: Dated | None
    twelve_year_basis: str
    orphan_until: Dated | None
    marketing: tuple[tuple[str, int], ...]
    licensure: tuple[str, ...]
    biosimilars: tuple[Biosimilar, ...]


@dataclass(frozen=True, slots=True)
class Protection:
    """All that the official rows say about a drug's protection, with the dates of the files they stand in.

    `listed` is the edition of patents and exclusivities (of the Purple Book for a biologic), `products_file` that of
    the products; the two can differ, and every answer has to carry both.
    """

    drug: str
    kind: Kind
    level: Level
    applications: tuple[str, ...]
    listed: str
    products_file: str
    as_of: date
    dates: Dates | None
    counts: Counts | None
    exclusivity_by_code: tuple[tuple[str, Dated], ...]
    nce_minus_1: Dated | None
    already_clear: bool | None
    patents: tuple[Patent, ...]
    delisted: tuple[Patent, ...]
    exclusivities: tuple[Exclusivity, ...]
    by_application: tuple[ApplicationDates, ...]
    by_product: tuple[ProductDates, ...]
    products_not_in_products_file: tuple[str, ...]
    combinations: tuple[str, ...]
    generics: Generics | None
    generics_by_application: tuple[tuple[str, Generics], ...]
    bla: Biologic | None
    notes: tuple[str, ...]

    @property
    def products_differ(self) -> bool:
        """Whether the strengths end on different days; then no single date may stand without the table."""
        return len({_day(p.dates.ceiling) for p in self.by_product}) > 1

    def rows(self) -> tuple[RowRef, ...]:
        """Every row that carries the headline dates."""
        found: set[RowRef] = set()
        if self.dates:
            d = self.dates
            for dated in (d.last_patent, d.last_patent_with_ped, d.next_expiry, d.last_exclusivity, d.ceiling, d.hard):
                found.update(dated.rows if dated else ())
        return tuple(sorted(found))


# --------------------------------------------------------------------------------------------------------------- JSON


def protection_json(protection: Protection) -> dict[str, Any]:
    """`protection` with the published keys; `listed`, `products_file` and `as_of` date the answer."""
    biologic = protection.kind == "BLA"
    generics = protection.generics_by_application
    return {
        "drug": protection.drug,
        "kind": protection.kind,
        "level": protection.level,
        "applications": list(protection.applications),
        "listed": protection.listed,
        "products_file": protection.products_file,
        "as_of": protection.as_of.isoformat(),
        **(_listing_json(protection) if protection.dates else _NOTHING_LISTED),
        "patents": None if biologic else [_patent_json(p) for p in protection.patents],
        "delisted": None if biologic else [_patent_json(p) for p in protection.delisted],
        "combinations": list(protection.combinations),
        "generics": _generics_json(protection.generics) if protection.generics else None,
        "generics_by_application": {a: _one_application(g) for a, g in generics} if generics else None,
        "bla": _biologic_json(protection.bla) if protection.bla else None,
        "notes": list(protection.notes),
    }


_NOTHING_LISTED: dict[str, Any] = dict.fromkeys(
    (
        "last_patent_expiry",
        "last_patent_no",
        "last_patent_expiry_with_ped",
        "last_patent_with_ped_no",
        "next_expiry",
        "counts",
        "last_exclusivity",
        "exclusivity_by_code",
        "nce_minus_1",
        "nothing_listed_blocks_after",
        "driver",
        "already_clear",
        "ceiling_without_carveable",
        "delisted_last_expiry_with_ped",
        "by_application",
        "products_not_in_products_file",
    )
)


def _listing_json(protection: Protection) -> dict[str, Any]:
    dates, counts = protection.dates, protection.counts
    assert dates and counts  # noqa: S101 - an NDA has both
    found = {
        "last_patent_expiry": _day(dates.last_patent),
        "last_patent_no": _items(dates.last_patent),
        "last_patent_expiry_with_ped": _day(dates.last_patent_with_ped),
        "last_patent_with_ped_no": _items(dates.last_patent_with_ped),
        "next_expiry": _day(dates.next_expiry),
        "counts": asdict(counts),
        "last_exclusivity": _exclusivity_json(dates.last_exclusivity),
        "exclusivity_by_code": {code: dated.on.isoformat() for code, dated in protection.exclusivity_by_code},
        "nce_minus_1": _day(protection.nce_minus_1),
        "nothing_listed_blocks_after": _day(dates.ceiling),
        "driver": dates.driver,
        "already_clear": protection.already_clear,
        "ceiling_without_carveable": _day(dates.hard),
        "delisted_last_expiry_with_ped": _day(dates.delisted_last_with_ped),
        "by_application": {a.application: _application_json(a) for a in protection.by_application},
        "products_not_in_products_file": list(protection.products_not_in_products_file),
    }
    if protection.products_differ:
        found["products_differ"] = {f"{p.application}/{p.product}": _product_json(p) for p in protection.by_product}
    return found


def _application_json(application: ApplicationDates) -> dict[str, Any]:
    dates = application.dates
    return {
        "last_patent_expiry": _day(dates.last_patent),
        "last_patent_no": _items(dates.last_patent),
        "last_patent_expiry_with_ped": _day(dates.last_patent_with_ped),
        "last_exclusivity": _exclusivity_json(dates.last_exclusivity),
        "nothing_listed_blocks_after": _day(dates.ceiling),
        "delisted_last_expiry_with_ped": _day(dates.delisted_last_with_ped),
        "brands": list(application.brands),
    }


def _product_json(product: ProductDates) -> dict[str, Any]:
    return {
        "strength": product.strength,
        "type": product.type,
        "last_patent_expiry_with_ped": _day(product.dates.last_patent_with_ped),
        "nothing_listed_blocks_after": _day(product.dates.ceiling),
    }


def _patent_json(patent: Patent) -> dict[str, Any]:
    found: dict[str, Any] = {
        "appl": patent.application,
        "no": patent.number,
        "expiry": _iso(patent.expiry),
        "expiry_with_ped": _iso(patent.expiry_with_ped),
        "ds": patent.substance,
        "dp": patent.product,
        "use_codes": list(patent.use_codes),
        "ped": patent.pediatric,
        "delist": patent.delisted,
        "products": list(patent.products),
        "expired": patent.expired,
    }
    if len(patent.expiries) > 1:
        found["expiry_varies"] = [_iso(expiry) for expiry in patent.expiries]
    return found


def _exclusivity_json(last: LastExclusivity | None) -> dict[str, Any] | None:
    return {"code": last.code, "date": last.on.isoformat(), "extends": list(last.extends)} if last else None


def _generics_json(generics: Generics) -> dict[str, Any]:
    counted = _one_application(generics)
    types = counted.pop("brand_types")
    return {
        "match": f"same Ingredient and DF;Route string, products file of {generics.edition}",
        "ingredient_form": list(generics.ingredient_form),
        **counted,
        "first_approval_by": generics.first_approval_by,
        "any_pre1982_anda": generics.any_pre1982_anda,
        "brand_te_codes": list(generics.brand_te_codes),
        "brand_types": types,
    }


def _one_application(generics: Generics) -> dict[str, Any]:
    return {
        "n_anda_applications_all": generics.n_anda_applications_all,
        "n_anda_applications_marketed": generics.n_anda_applications_marketed,
        "n_anda_applicants": generics.n_anda_applicants,
        "n_te_linked_applications": generics.n_te_linked_applications,
        "first_approval": _day(generics.first_approval),
        "first_approval_same_strength": _day(generics.first_approval_same_strength),
        "first_approval_te_linked": _day(generics.first_approval_te_linked),
        "brand_types": dict(generics.brand_types),
    }


def _biologic_json(bla: Biologic) -> dict[str, Any]:
    first = bla.same_substance_first
    return {
        "bla_numbers": list(bla.bla_numbers),
        "proper_name": list(bla.proper_names),
        "brand_first_approval": _day(bla.brand_first_approval),
        "bla_first_approval": _day(bla.bla_first_approval),
        "same_substance_first_351a": {"date": _day(first), "bla": bla.first_bla, "name": bla.first_name}
        if first
        else None,
        "fda_date_of_first_licensure": _day(bla.first_licensure),
        "fda_ref_product_exclusivity": _day(bla.reference_until),
        "deemed_bla_2020": bla.deemed,
        "twelve_year_date": _day(bla.twelve_year),
        "twelve_year_basis": bla.twelve_year_basis,
        "orphan_exclusivity": _day(bla.orphan_until),
        "marketing": dict(bla.marketing),
        "licensure": list(bla.licensure),
        "biosimilars": [_biosimilar_json(b) for b in bla.biosimilars],
        "n_biosimilar_blas": sum(b.available for b in bla.biosimilars),
        "n_interchangeable_blas": sum(b.available and b.interchangeable for b in bla.biosimilars),
        "first_biosimilar_licensed": _iso(min((b.licensed.on for b in bla.biosimilars if b.licensed), default=None)),
        "data": f"purplebook.csv, newest approval {bla.edition}",
    }


def _biosimilar_json(biosimilar: Biosimilar) -> dict[str, Any]:
    return {
        "bla": biosimilar.bla,
        "name": biosimilar.names[0],
        "suffix_name": biosimilar.suffix_name,
        "licensed": _day(biosimilar.licensed),
        "interchangeable": biosimilar.interchangeable,
        "marketing": list(biosimilar.marketing),
        "licence": list(biosimilar.licence),
        "first_interch_excl": [_iso(until) for until in biosimilar.first_interchangeable_until],
        "ref": list(biosimilar.references),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(dated: Dated | LastExclusivity | None) -> str | None:
    return dated.on.isoformat() if dated else None


def _items(dated: Dated | None) -> list[str]:
    return list(dated.items) if dated else []


def number_order(number: str) -> tuple[bool, str]:
    """Patent numbers sort as strings, reissues (RE) after the others."""
    return number.startswith("RE"), number


def merged_rows(groups: Iterable[tuple[RowRef, ...]]) -> tuple[RowRef, ...]:
    """The distinct rows of `groups`, sorted."""
    found = {row for rows in groups for row in rows}
    return tuple(sorted(found)) if len(found) > 1 else tuple(found)
