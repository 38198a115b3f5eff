"""Builders of tiny SPL documents, release zips and single label zips, in DailyMed's format; every word is ours."""

from __future__ import annotations

import io
import zipfile

from label_files import SET_A

LOINC = 'codeSystem="2.16.840.1.113883.6.1"'
NDC = 'codeSystem="2.16.840.1.113883.6.69"'
UNII = 'codeSystem="2.16.840.1.113883.4.9"'


def section(code: str, title: str = "", text: str = "", inner: str = "", more: str = "") -> str:
    """One section: `text` is the content of its text block, `inner` its subsections, `more` anything before them."""
    head = f"<title>{title}</title>" if title else ""
    body = f"<text>{text}</text>" if text else ""
    return f'<component><section><code code="{code}" {LOINC}/>{head}{body}{more}{inner}</section></component>'


def highlights(text: str) -> str:
    return f"<excerpt><highlight><text>{text}</text></highlight></excerpt>"


def approval(number: str, category: str = "C73594", root: str = "2.16.840.1.113883.3.150") -> str:
    return (
        f'<subjectOf><approval><id extension="{number}" root="{root}"/><code code="{category}"/></approval></subjectOf>'
    )


def route(name: str) -> str:
    return (
        f'<consumedIn><substanceAdministration><routeCode displayName="{name}"/></substanceAdministration></consumedIn>'
    )


def ingredient(name: str, unii: str, kind: str = "ACTIB") -> str:
    return (
        f'<ingredient classCode="{kind}"><ingredientSubstance><code code="{unii}" {UNII}/><name>{name}</name>'
        "</ingredientSubstance></ingredient>"
    )


def product(
    name: str = "Examplin",
    generic: str = "exampline",
    ndc: str = "0001-0002",
    inside: str = ingredient("EXAMPLINE HYDROCHLORIDE", "AAAAAAAAA1") + ingredient("LACTOSE", "BBBBBBBBB2", "IACT"),
    outside: str = approval("NDA000001") + route("ORAL"),
) -> str:
    """One product: `inside` stands in the inner manufacturedProduct, `outside` in the outer."""
    return (
        f'<subject><manufacturedProduct><manufacturedProduct><code code="{ndc}" {NDC}/><name>{name}</name>'
        f"<asEntityWithGeneric><genericMedicine><name>{generic}</name></genericMedicine></asEntityWithGeneric>"
        f"{inside}</manufacturedProduct>{outside}</manufacturedProduct></subject>"
    )


BODY = section("34067-9", "1 INDICATIONS AND USAGE", "<paragraph>Examplin is for sample pain.</paragraph>") + section(
    "34068-7", "2 DOSAGE AND ADMINISTRATION", "<paragraph>Take 20 mg once daily.</paragraph>"
)


def spl(
    body: str = BODY,
    *,
    set_id: str = SET_A,
    version: str = "3",
    effective: str = "20240102",
    code: str = "34391-3",
    kind: str = "HUMAN PRESCRIPTION DRUG LABEL",
    products: str | None = None,
    head: str = "",
) -> bytes:
    """One document. `head` stands after the version; `products` replaces the product."""
    data = f'<component><section><code code="48780-1" {LOINC}/>{product() if products is None else products}'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<document xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<id root="44444444-4444-4444-8444-444444444444"/><code code="{code}" {LOINC} displayName="{kind}"/>'
        f'<title>Examplin</title><effectiveTime value="{effective}"/><setId root="{set_id}"/>'
        f'<versionNumber value="{version}"/>{head}'
        "<author><assignedEntity><representedOrganization><name>Sample Works</name></representedOrganization>"
        "</assignedEntity></author>"
        f"<component><structuredBody>{data}</section></component>{body}</structuredBody></component></document>"
    ).encode()


def zipped(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def label_zip(document: bytes) -> bytes:
    """The zip of one label: its XML and a picture."""
    return zipped({"44444444-4444-4444-8444-444444444444.xml": document, "picture.jpg": b"\xff\xd8"})
