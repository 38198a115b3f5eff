"""Rows of the official tables, as their publishers print them and before any rule is applied.

All are frozen, and a row says where it stands (`ref`). A listing without its edition is worth nothing, so the rows
travel in containers that carry the date of their file. This module imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

R = TypeVar("R")

PEDIATRIC = "*PED"


@dataclass(frozen=True, slots=True, order=True)
class RowRef:
    """Where a row stands: enough to find it again in the publisher's file.

    `edition` is the date of the file (YYYY-MM-DD); `item` the patent number as printed, the exclusivity code, or the
    column of a table without items; `product` may be empty where a table has none.
    """

    file: str
    edition: str
    application: str
    product: str
    item: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A line of products.txt. `approval_date` is None for "Approved Prior to Jan 1, 1982" (`before_1982`)."""

    ingredient: str
    form_route: str
    trade_name: str
    applicant: str
    strength: str
    appl_type: str
    appl_no: str
    product_no: str
    te_code: str
    approval_date: date | None
    before_1982: bool
    rld: bool
    rs: bool
    type: str
    applicant_full_name: str

    @property
    def application(self) -> str:
        return self.appl_type + self.appl_no

    def ref(self, edition: str) -> RowRef:
        return RowRef("products.txt", edition, self.application, self.product_no, self.trade_name)


@dataclass(frozen=True, slots=True)
class PatentRow:
    """A line of patent.txt: one use code of one patent of one product.

    A number that ends in `*PED` is no patent but the six months of pediatric exclusivity attached to one (see `base`).
    `expiry` is None when the publisher printed none.
    """

    appl_type: str
    appl_no: str
    product_no: str
    patent_no: str
    expiry: date | None
    drug_substance: bool
    drug_product: bool
    use_code: str
    delist_requested: bool
    submitted: date | None

    @property
    def application(self) -> str:
        return self.appl_type + self.appl_no

    @property
    def base(self) -> str:
        return self.patent_no.removesuffix(PEDIATRIC)

    @property
    def pediatric(self) -> bool:
        return self.patent_no.endswith(PEDIATRIC)

    def ref(self, edition: str) -> RowRef:
        return RowRef("patent.txt", edition, self.application, self.product_no, self.patent_no)


@dataclass(frozen=True, slots=True)
class ExclusivityRow:
    """A line of exclusivity.txt. `until` is None when the publisher printed no date."""

    appl_type: str
    appl_no: str
    product_no: str
    code: str
    until: date | None

    @property
    def application(self) -> str:
        return self.appl_type + self.appl_no

    def ref(self, edition: str) -> RowRef:
        return RowRef("exclusivity.txt", edition, self.application, self.product_no, self.code)


@dataclass(frozen=True, slots=True)
class BiologicRow:
    """A line of the Purple Book: one presentation under one BLA and one type of licence.

    `interchangeable_undecided` stands for "Date TBD" in the column of the first interchangeable exclusivity.
    """

    applicant: str
    bla: str
    proprietary_name: str
    proper_name: str
    type: str
    strength: str
    dosage_form: str
    route: str
    presentation: str
    marketing: str
    licensure: str
    approval_date: date | None
    reference_proper_name: str
    reference_name: str
    submission_type: str
    product_no: str
    center: str
    first_licensure: date | None
    interchangeable_until: date | None
    interchangeable_undecided: bool
    reference_until: date | None
    orphan_until: date | None

    @property
    def application(self) -> str:
        return "BLA" + self.bla

    def ref(self, edition: str, item: str) -> RowRef:
        """`item` is the column that carries the date."""
        return RowRef("purplebook.csv", edition, self.application, self.product_no, item)


@dataclass(frozen=True, slots=True)
class ProductsFile:
    """products.txt of one edition."""

    edition: str
    rows: tuple[ProductRow, ...]


@dataclass(frozen=True, slots=True)
class ListingsFile:
    """patent.txt and exclusivity.txt of one edition; the two are published together."""

    edition: str
    patents: tuple[PatentRow, ...]
    exclusivities: tuple[ExclusivityRow, ...]


@dataclass(frozen=True, slots=True)
class BiologicsFile:
    """The Purple Book; `edition` is the newest approval date in it, since the file carries no date of its own."""

    edition: str
    rows: tuple[BiologicRow, ...]


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where a loaded row stands: the id of the passage it makes, and its file with the file's date (YYYY-MM-DD)."""

    passage_id: str
    source: str
    file: str
    edition: str


@dataclass(frozen=True, slots=True)
class Placed(Generic[R]):
    """A row with its place."""

    place: RowPlace
    row: R


Row = ProductRow | PatentRow | ExclusivityRow | BiologicRow


@dataclass(frozen=True, slots=True)
class RowFile(Generic[R]):
    """One table of one publisher's file: `edition` is the file's date (YYYY-MM-DD), `rows` may be read only once."""

    source: str
    file: str
    edition: str
    row_type: type[R]
    rows: Iterator[R]
