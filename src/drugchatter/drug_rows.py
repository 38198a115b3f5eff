"""Drug → the rows that other publishers keep on it: joined by the codes of its labels, and by name where codes do not
tell products apart.

One application can hold several brands (BLA 125326 is Arzerra and Kesimpta): of an application's products, licences and
NDCs only those that bear the drug's name are its own. An NDC that a label prints is its own by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from drugchatter.identity import FORM_WORDS, ingredients_of
from drugchatter.joins import application_number, ndc_product
from drugchatter.protocols import Index
from drugchatter.rows import (
    ApplicationRow,
    BiologicRow,
    FdaProductRow,
    NdcProductRow,
    Placed,
    ProductRow,
    RecallRow,
    RxConceptRow,
    ShortageRow,
    SubmissionRow,
)
from drugchatter.text import words
from drugchatter.types import Code, CodeKind, Drug

R = TypeVar("R", FdaProductRow, NdcProductRow, ProductRow, BiologicRow)
_TYPES = {"NDA": "N", "ANDA": "A"}
_SEVERAL = re.compile(r"[;/,]| and ", re.IGNORECASE)
# A proprietary name of the Purple Book may be a list: `Epogen/Procrit`.
_LISTED = re.compile(r"[,/]")
# Where the name in a recall's description ends: `Examplin Tablets, USP 5 mg, 30-count bottle`.
_HEAD = re.compile(r"[,\d]")
_FORMS = FORM_WORDS | {"coated", "metered"}


@dataclass(frozen=True)
class Codes:
    """What joins a drug's labels to rows, each kind sorted and in the spelling of `types.Code`."""

    applications: tuple[str, ...]
    ndcs: tuple[str, ...]
    rxcuis: tuple[str, ...]
    uniis: tuple[str, ...]


def codes_of(index: Index, drug: Drug) -> Codes:
    """The codes of all labels held of `drug`, with the application numbers that they print."""
    found: set[Code] = set()
    for document in index.documents(drug.id):
        found.update(index.codes(document.set_id, document.source))
        printed = (application_number(text) for text in document.application_numbers)
        found.update(Code("application", number) for number in printed if number)

    def of(kind: CodeKind) -> tuple[str, ...]:
        return tuple(sorted(code.value for code in found if code.kind == kind))

    return Codes(of("application"), of("ndc"), of("rxcui"), of("unii"))


class DrugRows:
    """The rows on one drug, each kind read when it is first asked for, in their publisher's order."""

    def __init__(self, index: Index, drug: Drug) -> None:
        self._index, self.drug = index, drug
        self.codes = codes_of(index, drug)

    @cached_property
    def applications(self) -> list[Placed[ApplicationRow]]:
        return self._index.rows(ApplicationRow, application=self.codes.applications)

    @cached_property
    def submissions(self) -> list[Placed[SubmissionRow]]:
        return self._index.rows(SubmissionRow, application=self.codes.applications)

    @cached_property
    def application_products(self) -> list[Placed[FdaProductRow]]:
        """Drugs@FDA's products of the drug's applications, of whatever name."""
        return self._index.rows(FdaProductRow, application=self.codes.applications)

    @cached_property
    def fda_products(self) -> list[Placed[FdaProductRow]]:
        return self._own(self.application_products, lambda row: (row.trade_name,))

    @cached_property
    def orange(self) -> list[Placed[ProductRow]]:
        wanted = {
            (letter, number.removeprefix(kind))
            for number in self.codes.applications
            for kind, letter in _TYPES.items()
            if number.startswith(kind)
        }
        found = self._index.rows(ProductRow, appl_no=[number for _, number in wanted])
        found = [placed for placed in found if (placed.row.appl_type, placed.row.appl_no) in wanted]
        return self._own(found, lambda row: (row.trade_name,))

    @cached_property
    def biologics(self) -> list[Placed[BiologicRow]]:
        """The Purple Book's rows; it does not pad the numbers of former NDAs."""
        numbers = [number.removeprefix("BLA") for number in self.codes.applications if number.startswith("BLA")]
        found = self._index.rows(BiologicRow, bla={form for n in numbers for form in (n, n.lstrip("0"))})
        return self._own(found, lambda row: (*_LISTED.split(row.proprietary_name), row.proper_name))

    @cached_property
    def ndc(self) -> list[Placed[NdcProductRow]]:
        """The products whose NDC a label prints, then those of its applications that bear the drug's name."""
        listed = self._index.rows(NdcProductRow, ndc=self.codes.ndcs)
        known = {placed.place.passage_id for placed in listed}
        others = self._index.rows(NdcProductRow, application=self.codes.applications)
        return listed + [p for p in self._own(others, lambda r: (r.trade_name,)) if p.place.passage_id not in known]

    @cached_property
    def concepts(self) -> list[Placed[RxConceptRow]]:
        return self._index.rows(RxConceptRow, rxcui=self.codes.rxcuis)

    @cached_property
    def shortages(self) -> tuple[list[Placed[ShortageRow]], list[Placed[ShortageRow]]]:
        """(presentations whose NDC is the drug's, others of the same active ingredients)."""
        own, kin = [], []
        for placed in self._index.rows(ShortageRow):
            if ndc_product(placed.row.ndc) in self._products:
                own.append(placed)
            elif names_ingredients(placed.row.generic_name, self.drug.ingredients):
                kin.append(placed)
        return own, kin

    @cached_property
    def recalls(self) -> tuple[list[Placed[RecallRow]], list[Placed[RecallRow]]]:
        """(recalls of the drug's NDCs or of its name under its applications, others of the same active ingredients)."""
        own, kin = [], []
        for placed in self._index.rows(RecallRow):
            row = placed.row
            under = set(row.applications.split("; ")) & set(self.codes.applications)
            if any(ndc_product(code) in self._products for code in row.ndcs.split("; ")) or (
                under and any(bears(name, self.drug) for name in row.brand_names.split("; "))
            ):
                own.append(placed)
            elif names_ingredients(row.generic_names or _HEAD.split(row.product_description)[0], self.drug.ingredients):
                kin.append(placed)
        return own, kin

    @cached_property
    def _products(self) -> frozenset[str | None]:
        return frozenset((*self.codes.ndcs, *(placed.row.ndc for placed in self.ndc)))

    def _own(self, found: Iterable[Placed[R]], names: Callable[[R], Iterable[str]]) -> list[Placed[R]]:
        return [placed for placed in found if any(bears(name, self.drug) for name in names(placed.row))]


def bears(name: str, drug: Drug) -> bool:
    """Whether a row's name is the drug's: one begins with the other, word by word (`LANTUS`, `Lantus SoloStar`), or
    both are names of the same active ingredients (`Metformin`, `METFORMIN HYDROCHLORIDE`)."""
    said, own = words(name), words(drug.name)
    shorter = min(len(said), len(own))
    if shorter and said[:shorter] == own[:shorter]:
        return True
    return ingredients_of([], drug.name) == drug.ingredients == ingredients_of([], name)


def names_ingredients(text: str, ingredients: tuple[str, ...]) -> bool:
    """Whether `text` names exactly these active ingredients, each at the beginning of a part (`Examplin Sodium,
    Sampline Tablet, Extended Release` with `examplin` and `sampline`); parts that only name a form are left aside."""
    parts = [words(part) for part in _SEVERAL.split(text)]
    wanted = sorted((tuple(words(ingredient)) for ingredient in ingredients), key=len, reverse=True)
    named = {
        next((own for own in wanted if own == tuple(part[: len(own)])), None)
        for part in parts
        if not _FORMS.issuperset(part)
    }
    return bool(wanted) and named == set(wanted)
