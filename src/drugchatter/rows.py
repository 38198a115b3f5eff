"""Rows of the official tables, as their publishers print them and before any rule is applied.

All are frozen, and a row says where it stands (`ref`). A listing without its edition is worth nothing, so the rows
travel in containers that carry the date of their file. This module imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar

R = TypeVar("R")

PEDIATRIC = "*PED"


class RowRef(NamedTuple):
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


# ----------------------------------------------------------------------------------------------------------- Drugs@FDA


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """A line of Applications.txt: `application` as `NDA021995`, `BLA125326`, `ANDA076543`."""

    application: str
    sponsor: str
    public_notes: str

    def ref(self, edition: str) -> RowRef:
        return RowRef("drugsatfda/Applications.txt", edition, self.application, "", "")


@dataclass(frozen=True, slots=True)
class FdaProductRow:
    """A line of Products.txt, with what MarketingStatus.txt and TE.txt say of it (several joined by `; `).

    `reference_drug` is Yes, No or TBD, `reference_standard` Yes, No or empty where none is printed.
    """

    application: str
    product_no: str
    trade_name: str
    ingredient: str
    form_route: str
    strength: str
    reference_drug: str
    reference_standard: str
    marketing_status: str
    te_code: str

    def ref(self, edition: str) -> RowRef:
        return RowRef("drugsatfda/Products.txt", edition, self.application, self.product_no, self.trade_name)


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """A line of Submissions.txt: one submission that was approved (`status` AP) or tentatively approved (TA).

    `type` is ORIG or SUPPL; `submission_class` in the words of SubmissionClass_Lookup.txt, its code where it has none;
    `orphan` where SubmissionPropertyType.txt says so.
    """

    application: str
    type: str
    number: int
    status: str
    status_date: date | None
    submission_class: str
    review_priority: str
    orphan: bool
    public_notes: str

    def ref(self, edition: str) -> RowRef:
        item = f"{self.type} {self.number}"
        return RowRef("drugsatfda/Submissions.txt", edition, self.application, "", item)


@dataclass(frozen=True, slots=True)
class ApplicationDocRow:
    """A line of ApplicationDocs.txt: where a letter, label or review of a submission is published.

    `type` in the words of ApplicationsDocsType_Lookup.txt. `submission_type` is APPL for a document of the application
    as a whole.
    """

    application: str
    submission_type: str
    submission_number: int
    type: str
    title: str
    dated: date | None
    url: str

    def ref(self, edition: str) -> RowRef:
        return RowRef("drugsatfda/ApplicationDocs.txt", edition, self.application, "", self.url)


# -------------------------------------------------------------------------------------------------------- NDC directory


@dataclass(frozen=True, slots=True)
class NdcProductRow:
    """A line of product.txt: one product of one labeler's listing document.

    `product_id` is FDA's key (product code and document id); one `ndc` (`0078-1007`) may stand in several documents.
    `application` joins (`NDA021995`) and is empty where `application_number`, as printed, is a monograph, an old number
    of CBER or nothing. `strengths` pairs each substance with its strength and unit.
    """

    product_id: str
    ndc: str
    type: str
    trade_name: str
    trade_name_suffix: str
    generic_name: str
    dosage_form: str
    route: str
    marketing_start: date | None
    marketing_end: date | None
    marketing_category: str
    application_number: str
    application: str
    labeler: str
    substances: str
    strengths: str
    pharm_classes: str
    dea_schedule: str
    exclude_flag: str
    certified_through: date | None

    def ref(self, edition: str) -> RowRef:
        return RowRef("ndc/product.txt", edition, self.application, self.ndc, self.product_id)


@dataclass(frozen=True, slots=True)
class NdcPackageRow:
    """A line of package.txt: one outermost package; `package` in ten digits (`0078-1007-68`), `ndc` its product's."""

    product_id: str
    ndc: str
    package: str
    description: str
    marketing_start: date | None
    marketing_end: date | None
    exclude_flag: str
    sample: bool

    def ref(self, edition: str) -> RowRef:
        return RowRef("ndc/package.txt", edition, "", self.package, self.product_id)


# ------------------------------------------------------------------------------------------------ shortages and recalls


@dataclass(frozen=True, slots=True)
class ShortageRow:
    """One presentation on FDA's list of shortages and discontinuations, from its CSV or openFDA.

    `ndc` is the package code, from the presentation's text where no column has it; empty where none is printed.
    """

    generic_name: str
    trade_name: str
    company: str
    contact: str
    presentation: str
    ndc: str
    update_type: str
    updated: date | None
    availability: str
    related_info: str
    related_info_link: str
    resolved_note: str
    reason: str
    therapeutic_category: str
    status: str
    changed: date | None
    discontinued: date | None
    initial_posting: date | None

    def ref(self, edition: str) -> RowRef:
        return RowRef("shortages", edition, "", self.ndc, self.presentation)


@dataclass(frozen=True, slots=True)
class RecallRow:
    """One recalled product of FDA's enforcement reports, from openFDA.

    What openFDA joined to it (`brand_names` to `uniis`) is empty when it could not; several values are joined by `; `.
    `ndcs` are the package codes that openFDA gives, or else those that the texts print.
    """

    recall_number: str
    event_id: str
    status: str
    classification: str
    firm: str
    city: str
    state: str
    country: str
    voluntary_mandated: str
    initial_notification: str
    distribution: str
    product_description: str
    product_quantity: str
    reason: str
    code_info: str
    more_code_info: str
    initiated: date | None
    classified: date | None
    reported: date | None
    terminated: date | None
    brand_names: str
    generic_names: str
    applications: str
    ndcs: str
    rxcuis: str
    uniis: str

    def ref(self, edition: str) -> RowRef:
        return RowRef("enforcement", edition, "", "", self.recall_number)


# -------------------------------------------------------------------------------------------------------------- RxNorm


@dataclass(frozen=True, slots=True)
class RxConceptRow:
    """A name of a concept of RxNorm; `tty` is the term type: IN ingredient, PIN precise ingredient, BN brand name …

    From a release a concept may have several rows: its name, and its synonyms under SY, TMSY, PSN or ET.
    """

    rxcui: str
    name: str
    tty: str

    def ref(self, edition: str) -> RowRef:
        return RowRef("rxnorm/concepts", edition, "", self.rxcui, f"{self.tty} {self.name}")


@dataclass(frozen=True, slots=True)
class RxRelationRow:
    """Two concepts of RxNorm, read from left to right: `remdesivir` `has_tradename` `Veklury`.

    `relation` is RELA of a release; RxNav's answers name no relation, only what is `related to` a concept, and the term
    types then tell which kind it is. Names and term types are empty where the file does not give them.
    """

    rxcui: str
    name: str
    tty: str
    relation: str
    related_rxcui: str
    related_name: str
    related_tty: str

    def ref(self, edition: str) -> RowRef:
        return RowRef("rxnorm/relations", edition, "", self.rxcui, f"{self.relation} {self.related_rxcui}")


Row = (
    ProductRow
    | PatentRow
    | ExclusivityRow
    | BiologicRow
    | ApplicationRow
    | FdaProductRow
    | SubmissionRow
    | ApplicationDocRow
    | NdcProductRow
    | NdcPackageRow
    | ShortageRow
    | RecallRow
    | RxConceptRow
    | RxRelationRow
)


@dataclass(frozen=True, slots=True)
class RowFile(Generic[R]):
    """One table of one publisher's file: `edition` is the file's date (YYYY-MM-DD), `rows` may be read only once."""

    source: str
    file: str
    edition: str
    row_type: type[R]
    rows: Iterator[R]
