"""DailyMed's labels: Structured Product Labeling (HL7 v3 XML, namespace urn:hl7-org:v3) → Record.

As distributed: `dm_spl_release_*.zip` (a zip of zips, each with one XML and its images), the zip of one label, an XML
file. Names of elements and code systems: FDA, "SPL Implementation Guide with Validation Procedures". Sections are named
as openFDA names them, and `Section.texts` and `.tables` are made as openFDA makes its JSON from the same XML
(FDA/openfda, `spl_to_json.js` and `sections.csv`); `Section.parts` keeps what that loses: headings, lists, raised and
lowered digits, footnotes, captions of figures.

Everything in a document is data: unknown elements give their text, attributes other than those read here nothing.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from drugchatter.errors import DataError
from drugchatter.identity import ingredients_of, label_title, once
from drugchatter.joins import application_number
from drugchatter.sources.archives import MAX_XML, Archive, Member, open_archive, parse_xml
from drugchatter.sources.spl_narrative import NS, Narrative, Shown, one_line, plain
from drugchatter.types import Code, Part, Record, Section, SetAside
from drugchatter.vocabulary import LAYOUT_TABLES, SECTIONS

SOURCE = "dailymed"

# ---------------------------------------------------------------------------------------------------------- files

_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_RELEASE = re.compile(r"dm_spl_.*\.zip$", re.I)
_ONE_LABEL = re.compile(rf"(?:^|/)(?:single_label_|\d{{8}}_)({_UUID})(?:_\d+)?\.zip$", re.I)
_SPL = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?document\b[^>]{0,2000}urn:hl7-org:v3", re.S)
# The zip of a label holds its pictures too; those of the labels at hand have up to 0.8 MB.
_MAX_LABEL_ZIP = 256 * 1024**2


def recognise(path: Path) -> bool:
    """Whether this file is DailyMed's: by what it holds, a zip also by its name, so that a damaged one is shown as
    such; a file that cannot be read is not."""
    kind = path.suffix.lower()
    if kind == ".zip" and (_RELEASE.search(path.name) or _ONE_LABEL.search(path.name)):
        return True
    try:
        if kind == ".xml":
            with path.open("rb") as stream:
                return bool(_SPL.search(stream.read(8192)))
        if kind == ".zip":
            with open_archive(path) as archive:
                return _holds_a_label(archive)
    except (DataError, OSError):
        return False
    return False


def _holds_a_label(archive: Archive) -> bool:
    if any(_ONE_LABEL.search(member.name) for member in archive.members):
        return True
    for member in archive.members:
        if member.name.lower().endswith(".xml"):
            with archive.open(member) as stream:
                return bool(_SPL.search(stream.read(8192)))
    return False


def read_file(path: Path) -> Iterator[Record | SetAside]:
    """Every document of a release, of the zip of one label, or of an XML file: a Record, or why it is none.

    Only one document is in memory at a time. Of a damaged file what can be read is; nothing is raised.
    """
    try:
        if path.suffix.lower() == ".xml":
            with path.open("rb") as stream:
                yield _document(stream.read(MAX_XML + 1), path.name)
            return
        with open_archive(path, path.name) as archive:
            yield from _documents(archive, path.name)
    except DataError as error:
        yield SetAside(SOURCE, path.name, "", error.message)
    except OSError as error:
        yield SetAside(SOURCE, path.name, "", f"cannot be read: {error.strerror or error}")


def _documents(archive: Archive, file: str) -> Iterator[Record | SetAside]:
    labels = [member for member in archive.members if member.name.lower().endswith(".zip")]
    if not labels:
        yield _one_label(archive, file, file)
    for member in labels:
        try:
            inner = io.BytesIO(archive.read(member, _MAX_LABEL_ZIP))
            with open_archive(inner, f"{file}: {member.name}") as label:
                yield _one_label(label, file, member.name)
        except DataError as error:
            yield SetAside(SOURCE, file, member.name, error.message)


def _one_label(archive: Archive, file: str, name: str) -> Record | SetAside:
    """The one XML of a label's zip; what its name says of the set id must be so."""
    documents = [member for member in archive.members if member.name.lower().endswith(".xml")]
    if len(documents) != 1:
        return SetAside(SOURCE, file, name if name != file else "", f"holds {len(documents)} XML files instead of one")
    found = _read(archive, documents[0], file, name)
    named = _ONE_LABEL.search(name)
    if isinstance(found, Record) and named and named[1].lower() != found.set_id:
        return SetAside(SOURCE, file, name, f"is named after set id {named[1].lower()} but holds {found.set_id}")
    return found


def _read(archive: Archive, member: Member, file: str, name: str) -> Record | SetAside:
    try:
        found = parse_spl(archive.read(member, MAX_XML), member.name)
    except DataError as error:
        return SetAside(SOURCE, file, name if name != file else "", error.message)
    return found if isinstance(found, Record) else SetAside(SOURCE, file, name, found.reason, found.harmless)


def _document(data: bytes, name: str) -> Record | SetAside:
    try:
        return parse_spl(data, name)
    except DataError as error:
        return SetAside(SOURCE, name, "", error.message)


# -------------------------------------------------------------------------------------------------------- document

_LOINC = "2.16.840.1.113883.6.1"
_NDC = "2.16.840.1.113883.6.69"
_UNII = "2.16.840.1.113883.4.9"

# LOINC codes of document types (HL7, "SPL Mapping FHIR Implementation Guide", SPLTerminologies): labels of medicines
# for people. All others (bulk ingredients, animal drugs, devices, listings, indexing) are not read; nor are compounded
# drugs, since FDA has not approved what their labels say.
_LABELS = frozenset(
    {
        "34391-3",  # human prescription drug label
        "45129-4",  # the same, with highlights
        "34390-5",  # human OTC drug label
        "53404-0",  # vaccine label
        "53405-7",  # non-standardized allergenic label
        "60682-2",  # standardized allergenic
        "60683-0",  # plasma derivative
        "60684-8",  # cellular therapy
        "53408-1",  # licensed minimally manipulated cells label
    }
)


def parse_spl(data: bytes, name: str) -> Record | SetAside:
    """One SPL document as a Record; `SetAside` when it is no label (harmless), or lacks what a label must have.

    Raises DataError, naming `name`, when `data` is not well-formed or breaks a cap.
    """
    from lxml import etree

    root = parse_xml(data, name)
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    if root.tag != f"{NS}document":
        return SetAside(SOURCE, name, "", "is not an SPL document of the namespace urn:hl7-org:v3")
    try:
        _must_be_a_label(root)
        return _record(root)
    except _NotALabel as reason:
        return SetAside(SOURCE, name, "", str(reason), reason.harmless)
    except RecursionError:
        return SetAside(SOURCE, name, "", "its elements are nested too deeply to be a label")


class _NotALabel(Exception):
    """Why a document gives no Record."""

    def __init__(self, reason: str, *, harmless: bool = False) -> None:
        super().__init__(reason)
        self.harmless = harmless


def _must_be_a_label(root: Any) -> None:
    kind = _only(root, "code")
    code = kind.get("code", "")
    if kind.get("codeSystem") != _LOINC or not re.fullmatch(r"\d{1,7}-\d", code):
        raise _NotALabel("its document type is not given as a LOINC code")
    if code not in _LABELS:
        shown = " ".join(kind.get("displayName", "a document of another type").split())[:100]
        raise _NotALabel(f"is no label but {shown} (LOINC {code})", harmless=True)


def _record(root: Any) -> Record:
    products = _products(root)
    names = [product.name for product in products if product.name]
    generics = [product.generic for product in products if product.generic]
    if not names and not generics:
        raise _NotALabel("names no product")
    brand, generic = (names or generics)[0], (generics or names)[0]
    sections = _sections(root)
    if not any(section.texts for section in sections if section.field != "spl_product_data_elements"):
        raise _NotALabel("holds no sections")
    routes = once(route for product in products for route in product.routes)
    numbers = once(number for product in products for number in product.applications)
    return Record(
        source=SOURCE,
        publisher="FDA label",
        set_id=_set_id(root),
        version=_version(root),
        effective_date=_effective(root),
        title=label_title(brand, generic, routes),
        brand=brand,
        generic=generic,
        names=once((*names, *generics)),
        ingredients=ingredients_of([name for product in products for name, _ in product.actives], generic),
        labeler=plain(root.find(_path("author/assignedEntity/representedOrganization/name"))),
        application_numbers=numbers,
        routes=routes,
        pharm_classes=(),
        original_packager=not _source_ndcs(root),
        sections=sections,
        codes=_codes(products, numbers),
    )


def _only(root: Any, name: str) -> Any:
    """The document's one element of this name: two of them would leave open what the document is."""
    found = root.findall(f"{NS}{name}")
    if len(found) != 1:
        raise _NotALabel(f"has {len(found)} elements {name} instead of one")
    return found[0]


def _set_id(root: Any) -> str:
    set_id = _only(root, "setId").get("root", "").lower()
    if not re.fullmatch(_UUID, set_id):
        raise _NotALabel("its set id is not a UUID")
    return str(set_id)


def _version(root: Any) -> str:
    value = _only(root, "versionNumber").get("value", "")
    if not re.fullmatch(r"[0-9]{1,6}", value) or not int(value):
        raise _NotALabel("its version is not a number above zero")
    return str(int(value))


_TIME = re.compile(r"(\d{4})(?:(\d\d)(?:(\d\d)(?:\d{2,6}(?:\.\d{1,6})?(?:[+-]\d{4})?)?)?)?")


def _effective(root: Any) -> date:
    """The effective time; YYYYMM and YYYY mean the first day of it (HL7 v3 point in time, precision to the left)."""
    value = _only(root, "effectiveTime").get("value", "")
    try:
        year, month, day = (int(part or 1) for part in _TIME.fullmatch(value).groups())  # type: ignore[union-attr]
        if not 1900 <= year <= 2100:
            raise ValueError(year)
        return date(year, month, day)
    except (AttributeError, ValueError) as error:
        raise _NotALabel("its effective time is not a date of 1900 to 2100") from error


def _path(path: str) -> str:
    return "/".join(step if step in (".", "", "*") else f"{NS}{step}" for step in path.split("/"))


# -------------------------------------------------------------------------------------------------------- products

# FDA's numbers of applications, and the marketing categories that a bare number can belong to.
_APPLICATIONS = "2.16.840.1.113883.3.150"
_CATEGORY = {"C73594": "NDA", "C73605": "NDA", "C73584": "ANDA", "C73585": "BLA"}


@dataclass(frozen=True, slots=True)
class _Product:
    """A product or a part of a kit; `actives` as (name, UNII or empty)."""

    name: str
    generic: str
    ndcs: tuple[str, ...]
    actives: tuple[tuple[str, str], ...]
    applications: tuple[str, ...]
    routes: tuple[str, ...]


def _products(root: Any) -> list[_Product]:
    """The products in the document's order, each followed by the parts of its kit that are medicines themselves.

    Left out of a kit: what has no active ingredient, and, where the kit is marketed under an application, what is not
    (the alcohol swab beside a syringe): neither is what the label is about.
    """
    found = []
    for outer in root.iterfind(_path(".//subject/manufacturedProduct")):
        for inner in (*outer.iterfind(_path("manufacturedProduct")), *outer.iterfind(_path("manufacturedMedicine"))):
            kit = _product(inner, outer)
            parts = [_product(product, part) for part, product in _of_kit(inner)]
            found.append(kit)
            found.extend(p for p in parts if p.actives and (p.applications or not kit.applications))
    return found


def _of_kit(product: Any) -> Iterator[tuple[Any, Any]]:
    """(part, its product) of a kit, kits within it included."""
    for part in product.iter(f"{NS}part"):
        for inner in (*part.iterfind(_path("partProduct")), *part.iterfind(_path("partMedicine"))):
            yield part, inner


def _product(inner: Any, outer: Any) -> _Product:
    """`outer` holds what is said of the product: approvals and routes."""
    return _Product(
        name=_name_and_suffix(inner.find(f"{NS}name")),
        generic=plain(inner.find(_path("asEntityWithGeneric/genericMedicine/name"))),
        ndcs=_ndcs(inner),
        actives=tuple(_actives(inner)),
        applications=tuple(filter(None, map(_application, outer.iterfind(_path("subjectOf/approval"))))),
        routes=tuple(
            route.get("displayName", "").lower()
            for route in outer.iterfind(_path("consumedIn/substanceAdministration/routeCode"))
            if route.get("displayName")
        ),
    )


def _name_and_suffix(element: Any) -> str:
    """A brand with its suffix, apart: `<name>Examplin<suffix>XR</suffix></name>`."""
    if element is None:
        return ""
    parts = [element.text, *(text for suffix in element.iterfind(f"{NS}suffix") for text in (suffix.text, suffix.tail))]
    return " ".join(" ".join(filter(None, parts)).split())


def _ndcs(product: Any) -> tuple[str, ...]:
    """Labeler and product code; in documents of 2005 only packages have one, of which it is the first two parts."""
    own = [code.get("code", "") for code in product.iterfind(f"{NS}code") if code.get("codeSystem") == _NDC]
    packaged = product.iterfind(_path("asContent/containerPackagedMedicine/code"))
    whole = own or [code.get("code", "") for code in packaged if code.get("codeSystem") == _NDC]
    return tuple("-".join(code.split("-")[:2]) for code in whole if re.fullmatch(r"\d{4,6}-\w{3,4}(-\d{1,2})?", code))


def _actives(product: Any) -> Iterator[tuple[str, str]]:
    """(name, UNII or empty) of the active ingredients: class ACTIB, ACTIM, ACTIR; in documents of 2005 an element of
    its own."""
    kinds = (("ingredient", "ingredientSubstance"), ("activeIngredient", "activeIngredientSubstance"))
    for element, inside in kinds:
        for ingredient in product.iterfind(f"{NS}{element}"):
            substance = ingredient.find(f"{NS}{inside}")
            if substance is None or (
                element == "ingredient" and not ingredient.get("classCode", "").startswith("ACTI")
            ):
                continue
            code = substance.find(f"{NS}code")
            unii = code.get("code", "") if code is not None and code.get("codeSystem") == _UNII else ""
            if name := plain(substance.find(f"{NS}name")):
                yield name, unii if re.fullmatch(r"[0-9A-Z]{10}", unii) else ""


def _application(approval: Any) -> str:
    """`NDA021995`, `ANDA076543`, `BLA125326`; empty for monographs and what has no application. What the
    number says of its kind goes before the category."""
    number, category = approval.find(f"{NS}id"), approval.find(f"{NS}code")
    if number is None or number.get("root") != _APPLICATIONS:
        return ""
    kind = _CATEGORY.get(category.get("code", ""), "") if category is not None else ""
    said = number.get("extension", "")
    return application_number(said) or application_number(said, kind) or ""


def _source_ndcs(root: Any) -> list[str]:
    """NDCs of the products that these were repackaged from. openFDA calls a label the original packager's when there
    are none (FDA/openfda, `extract.py`)."""
    codes = root.iterfind(_path(".//asEquivalentEntity/definingMaterialKind/code"))
    return [code.get("code", "") for code in codes if code.get("codeSystem") == _NDC]


def _codes(products: list[_Product], numbers: tuple[str, ...]) -> tuple[Code, ...]:
    found = {Code("application", number) for number in numbers}
    found |= {Code("ndc", ndc) for product in products for ndc in product.ndcs}
    found |= {Code("unii", unii) for product in products for _, unii in product.actives if unii}
    return tuple(sorted(found))


# -------------------------------------------------------------------------------------------------------- sections

_UNCLASSIFIED, _DATA = "spl_unclassified_section", "spl_product_data_elements"
# openFDA has no field for lactation (8.2): its text stays in "Use in Specific Populations", where it is looked for.
_FIELDS = {s.loinc: s.field for s in SECTIONS.values() if s.loinc and s.field not in ("lactation", _UNCLASSIFIED)}
# Sections of Drug Facts whose title is the first half of the sentence that each item ends (21 CFR 201.66(c)(5): "Do not
# use if you have"): they are one line, so that no item is read without it.
_ONE_LINE = frozenset(
    "do_not_use ask_doctor ask_doctor_or_pharmacist when_using stop_use pregnancy_or_breast_feeding".split()
)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+(?=\S)")
_LONGEST_HEADING = 90
# The largest section of 1,153 labels has 0.5 million characters; a parent's text repeats that of its children.
_MOST_TEXT = 50_000_000


@dataclass(slots=True)
class _Gathered:
    """A section under way; `size` counts the characters of its texts and tables."""

    size: int = 0
    texts: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a section stands: its field, the heading a reader finds it under, unnumbered titles below that; `opening`
    is a sentence that stands in the title's place."""

    field: str
    heading: str
    above: tuple[str, ...] = ()
    opening: str = ""


def _sections(root: Any) -> tuple[Section, ...]:
    """The sections by field, in the document's order of their first appearance."""
    gathered: dict[str, _Gathered] = {}
    shown = Shown(root)
    for section in root.iterfind(_path("component/structuredBody/component/section")):
        _gather(section, None, gathered, shown)
    return tuple(
        Section(name, tuple(g.texts), tuple(g.tables), parts=_parts_of(name, g.parts)) for name, g in gathered.items()
    )


def _parts_of(name: str, parts: list[Part]) -> tuple[Part, ...]:
    """The parts of a section. Product data have none: they are a string of names."""
    if name == _DATA:
        return ()
    if name not in _ONE_LINE:
        return tuple(parts)
    return tuple(
        Part("", (), (" ".join(filter(None, [p.heading, *p.above, *p.lines])),), p.tables) for p in parts if p.lines
    )


def _gather(section: Any, outer: _Place | None, gathered: dict[str, _Gathered], shown: Shown) -> None:
    """Add a section and those in it. As in openFDA's JSON, a subsection without a field of its own stays in its parent,
    and a parent's text repeats its children's."""
    code = section.find(f"{NS}code")
    own = _FIELDS.get(code.get("code", "")) if code is not None else None
    place = _place(one_line(section.find(f"{NS}title")), own, outer)
    under = gathered.setdefault(place.field, _Gathered())
    if own or outer is None:
        flat = " ".join(" ".join(section.itertext()).split())
        tables = [shown.table(table) for table in section.iter(f"{NS}table")]
        under.texts.extend(filter(None, [flat]))
        under.tables.extend(tables)
        under.size += len(flat) + sum(map(len, tables))
        if under.size > _MOST_TEXT:
            raise _NotALabel(f"repeats its text in nested sections to more than {_MOST_TEXT} characters")
    under.parts.extend(_printed(section, place, shown))
    for inner in section.iterfind(_path("component/section")):
        _gather(inner, place, gathered, shown)


def _place(printed: str, own: str | None, outer: _Place | None) -> _Place:
    """A number, or a field of its own among unnumbered sections, makes a place of its own; other titles stand above."""
    name = own or (outer.field if outer else _UNCLASSIFIED)
    number = _NUMBERED.match(printed)
    chapter = bool(own) and (bool(number) or outer is None or not _NUMBERED.match(outer.heading))
    below = outer if outer and not chapter and not (number and "." in number[1]) else None
    if not number and len(printed) > _LONGEST_HEADING and name != "boxed_warning":
        return _Place(name, below.heading, below.above, printed) if below else _Place(name, "", (), printed)
    if below:
        return _Place(name, below.heading, (*below.above, *filter(None, [printed])))
    if name == "boxed_warning":
        return _Place(name, "", tuple(filter(None, [printed])))
    return _Place(name, printed)


def _printed(section: Any, place: _Place, shown: Shown) -> Iterator[Part]:
    """What the section itself prints, then what the highlights say of it: these under the standard title alone."""
    body = Narrative(shown, layout=place.field in LAYOUT_TABLES)
    for text in section.iterfind(f"{NS}text"):
        body.read(text)
    body.figures(section)
    lines, tables = body.done()
    yield Part(place.heading, place.above, (*filter(None, [place.opening]), *lines), tables)
    highlights = Narrative(shown, layout=place.field in LAYOUT_TABLES)
    for text in section.iterfind(_path("excerpt/highlight/text")):
        highlights.read(text)
    lines, tables = highlights.done()
    if lines or tables:
        yield Part("", (), lines, tables)


# ----------------------------------------------------------------------------------------------------- web service

_SERVICE = "https://dailymed.nlm.nih.gov/dailymed/services/v2/spls"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PUBLISHED = re.compile(rf"({'|'.join(_MONTHS)}) (\d{{1,2}}), (\d{{4}})")
HISTORY_PAGE = 100


def label_url(set_id: str) -> str:
    """Where the current version of a label is, as SPL XML ("DailyMed RESTful API v2", resource `/spls/{SETID}`,
    dailymed.nlm.nih.gov/dailymed/app-support-web-services.cfm). Raises ValueError when `set_id` is not a UUID."""
    return f"{_SERVICE}/{_uuid(set_id)}.xml"


def history_url(set_id: str, page: int = 1) -> str:
    """Where the versions of a label are listed, HISTORY_PAGE at most a page ("DailyMed RESTful API v2", resource
    `/spls/{SETID}/history`, dailymed.nlm.nih.gov/dailymed/webservices-help/v2/spls_setid_history_api.cfm). Raises
    ValueError when `set_id` is not a UUID."""
    return f"{_SERVICE}/{_uuid(set_id)}/history.json?pagesize={HISTORY_PAGE}&page={int(page)}"


def _uuid(set_id: str) -> str:
    if not re.fullmatch(_UUID, set_id.lower()):
        raise ValueError(f"{set_id!r} is not a set id")
    return set_id.lower()


def history(data: bytes) -> list[tuple[int, date]]:
    """(version, day it was published) from an answer to `history_url`, newest first; a page after the last is empty.

    Raises DataError when the answer is of another shape than the documented one.
    """
    try:
        found = json.loads(data)["data"]["history"]
        versions = [(int(entry["spl_version"]), _published(entry["published_date"])) for entry in found]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(
            f"DailyMed's history is not as documented ({type(error).__name__}: {str(error)[:100]})", "try again later"
        ) from error
    return sorted(versions, reverse=True)


def _published(text: str) -> date:
    """`Feb 26, 2019`, read without the machine's locale."""
    match = _PUBLISHED.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a date")
    return date(int(match[3]), _MONTHS.index(match[1]) + 1, int(match[2]))
