"""Publishers whose data are rows: every line loaded or set aside, by small files in their formats and by the real ones.

All values of the small files are invented.
"""

from __future__ import annotations

import json
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest

from drugchatter import rows as row_types
from drugchatter.errors import DataError
from drugchatter.row_text import row_heading, row_text
from drugchatter.rows import NdcPackageRow, Row, RowFile, SubmissionRow
from drugchatter.sources import drugs_at_fda, enforcement, ndc, row_files, rxnorm, shortages
from drugchatter.sources.row_files import Account, RowRelease, day
from drugchatter.types import SetAside

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SOURCES = (drugs_at_fda, ndc, shortages, enforcement, rxnorm)


def zipped(path: Path, members: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tabbed(*lines: str) -> str:
    """Lines written with `|` between cells, as a tab file with CRLF."""
    return "".join(line.replace("|", "\t") + "\r\n" for line in lines)


def loaded(release: RowRelease) -> dict[str, list[Any]]:
    """All rows by file; afterwards the account is complete and its sums are right."""
    found = {file.file: list(file.rows) for file in release.files}
    account = release.account
    assert account.lines == account.loaded + account.aside
    assert all(number >= 0 for number in account.loaded.values())
    for file, wanted in found.items():
        assert all(type(row) is kind for row in wanted for kind in [_type(release, file)])
    return found


def _type(release: RowRelease, file: str) -> type:
    found: RowFile[Any] = next(f for f in release.files if f.file == file)
    return found.row_type


def reasons(release: RowRelease, harmless: bool) -> list[tuple[str, str, str]]:
    return [(s.file.rpartition("/")[2], s.item, s.reason) for s in release.account.report() if s.harmless is harmless]


# ----------------------------------------------------------------------------------------------------------- Drugs@FDA

DRUGS_AT_FDA = {
    "Applications.txt": tabbed(
        "ApplNo|ApplType|ApplPublicNotes|SponsorName",
        "021995|NDA||ACME PHARMS  ",
        "125326|BLA||GAMMA BIO",
        "076543|ANDA|Tentative|BETA GENERICS",
        "12|NDA||TOO SHORT",
        "555555|IND||NO SUCH TYPE",
    ),
    "Products.txt": tabbed(
        "ApplNo|ProductNo|Form|Strength|ReferenceDrug|DrugName|ActiveIngredient|ReferenceStandard",
        "021995|001|TABLET;ORAL|EQ 25MG BASE|1|EXEMPLA|EXEMPLIN PHOSPHATE|1",
        "021995|002|TABLET;ORAL|EQ 50MG BASE|2|EXEMPLA|EXEMPLIN PHOSPHATE|",
        "076543|001|TABLET;ORAL|10MG|0|BETALOL|BETALOL||",
        "125326|001|INJECTABLE;INJECTION|100MG/5ML|0|GAMMAB|GAMMAMAB",
        "125326|001|INJECTABLE;INJECTION|100MG/5ML|7|GAMMAB|GAMMAMAB|0",
        "999999|001|TABLET;ORAL|1MG|0|STRANGER|STRANGERIN|0",
        "021995|001|TABLET;ORAL|EQ 25MG BASE|1|EXEMPLA|EXEMPLIN PHOSPHATE|1",
    ),
    "MarketingStatus.txt": tabbed(
        "MarketingStatusID|ApplNo|ProductNo",
        "1|021995|001",
        "2|021995|001",
        "3|021995|002",
        "9|076543|001",
        "1|888888|001",
    ),
    "MarketingStatus_Lookup.txt": tabbed(
        "MarketingStatusID|MarketingStatusDescription", "1|Prescription", "2|Over-the-counter", "3|Discontinued"
    ),
    "TE.txt": tabbed(
        "ApplNo|ProductNo|MarketingStatusID|TECode", "021995|001|1|AB1", "021995|001|2|AB2", "777777|001|1|AB"
    ),
    "Submissions.txt": tabbed(
        "ApplNo|SubmissionClassCodeID|SubmissionType|SubmissionNo|SubmissionStatus|SubmissionStatusDate"
        "|SubmissionsPublicNotes|ReviewPriority",
        "021995|7|ORIG      |1|AP|2006-10-16 00:00:00||PRIORITY",
        "021995||SUPPL|12|AP|1900-01-01 00:00:00|Label for Men\u2019s Exempla|STANDARD",
        "076543|19|ORIG|1|TA|2010-05-04 00:00:00||",
        "125326|7|ORIG|1|AP|2009-10-26 00:00:00||",
        "125326|77|SUPPL|2|AP|2011-01-01 00:00:00||",
        "125326|7|SUPPL|3|AP|2011-02-30 00:00:00||",
        "125326|7|SUPPL|x|AP|2011-02-03 00:00:00||",
        "000415|7|ORIG|1|AP|1950-01-01 00:00:00||",
    ).encode("cp1252"),
    "SubmissionClass_Lookup.txt": tabbed(
        "SubmissionClassCodeID|SubmissionClassCode|SubmissionClassCodeDescription",
        "7|TYPE 1|Type 1 - New Molecular Entity",
        "19|UNKNOWN|",
    ),
    "SubmissionPropertyType.txt": tabbed(
        "ApplNo|SubmissionType|SubmissionNo|SubmissionPropertyTypeCode|SubmissionPropertyTypeID",
        "021995|ORIG      |1|Null|0",
        "125326|ORIG      |1|Null|27",
        "125326|ORIG      |1|Orphan|5",
        "666666|ORIG      |1|Orphan|5",
        "125326|SUPPL     |2|Quick|6",
    ),
    "ApplicationDocs.txt": tabbed(
        "ApplicationDocsID|ApplicationDocsTypeID|ApplNo|SubmissionType|SubmissionNo|ApplicationDocsTitle"
        "|ApplicationDocsURL|ApplicationDocsDate",
        "1|1|021995|ORIG      |1|0|http://example.test/021995ltr.pdf|2006-10-16 00:00:00",
        "2|2|021995|SUPPL     |12|REMS|HTTPS://example.test/a b.pdf|1900-01-01 00:00:00",
        "3|1|021995|ORIG      |1|0|http://example.test/021995ltr.pdf|2006-10-16 00:00:00",
        "4|9|021995|ORIG      |1|0|http://example.test/x.pdf|2006-10-16 00:00:00",
        "5|1|021995|ORIG      |1|0|0https://example.test/y.pdf|2006-10-16 00:00:00",
        "6|1|021995|APPL      |0|0| https://example.test/z.pdf|",
    ),
    "ApplicationsDocsType_Lookup.txt": tabbed(
        "ApplicationDocsType_Lookup_ID|ApplicationDocsType_Lookup_Description", "1|Letter", "2|Label"
    ),
    "ActionTypes_Lookup.txt": tabbed("ActionTypes_LookupID|ActionTypes_LookupDescription", "1|Efficacy"),
}


@pytest.fixture
def fda_zip(tmp_path: Path) -> Path:
    return zipped(tmp_path / "drugsatfda.zip", DRUGS_AT_FDA)


def test_drugs_at_fda_joins_its_tables_into_rows(fda_zip: Path) -> None:
    assert drugs_at_fda.recognise(fda_zip)
    assert drugs_at_fda.edition_of(fda_zip) == "2011-02-03"
    found = loaded(drugs_at_fda.read(fda_zip))
    assert [(r.application, r.sponsor) for r in found["drugsatfda/Applications.txt"]] == [
        ("NDA021995", "ACME PHARMS"),
        ("BLA125326", "GAMMA BIO"),
        ("ANDA076543", "BETA GENERICS"),
    ]
    assert [row_text(r) for r in found["drugsatfda/Products.txt"]] == [
        "EXEMPLA (EXEMPLIN PHOSPHATE; TABLET;ORAL; EQ 25MG BASE), NDA 021995 product 001; marketing status: "
        "Prescription; Over-the-counter; reference listed drug: Yes; reference standard: Yes; TE code: AB1; AB2",
        "EXEMPLA (EXEMPLIN PHOSPHATE; TABLET;ORAL; EQ 50MG BASE), NDA 021995 product 002; marketing status: "
        "Discontinued; reference listed drug: TBD",
        "BETALOL (BETALOL; TABLET;ORAL; 10MG), ANDA 076543 product 001; reference listed drug: No",
    ]
    assert [row_text(r) for r in found["drugsatfda/Submissions.txt"]] == [
        "NDA 021995 ORIG 1, approved (AP) on 2006-10-16; class: Type 1 - New Molecular Entity; review priority: "
        "PRIORITY",
        "NDA 021995 SUPPL 12, approved (AP), no date printed; review priority: STANDARD; note: Label for "
        "Men\u2019s Exempla",
        "ANDA 076543 ORIG 1, tentatively approved (TA) on 2010-05-04; class: UNKNOWN",
        "BLA 125326 ORIG 1, approved (AP) on 2009-10-26; class: Type 1 - New Molecular Entity; orphan drug: yes",
    ]
    assert [row_text(r) for r in found["drugsatfda/ApplicationDocs.txt"]] == [
        "NDA 021995 ORIG 1 Letter on 2006-10-16; address: http://example.test/021995ltr.pdf",
        "NDA 021995 SUPPL 12 Label, no date printed; title: REMS; address: HTTPS://example.test/a b.pdf",
        "NDA 021995 APPL 0 Letter, no date printed; address: https://example.test/z.pdf",
    ]


def test_drugs_at_fda_says_of_every_other_line_why_it_is_not_there(fda_zip: Path) -> None:
    release = drugs_at_fda.read(fda_zip)
    loaded(release)
    assert reasons(release, harmless=False) == [
        ("Applications.txt", "line 5", "not an application: 'NDA' '12'"),
        ("Applications.txt", "line 6", "not an application: 'IND' '555555'"),
        ("MarketingStatus.txt", "line 5", "its status '9' is not in MarketingStatus_Lookup.txt"),
        ("Products.txt", "line 5", "7 cells, 8 expected"),
        ("Products.txt", "line 6", "not a value of ReferenceDrug: '7'"),
        ("SubmissionPropertyType.txt", "line 6", "not a property that is known: 'Quick'"),
        ("Submissions.txt", "line 6", "its class '77' is not in SubmissionClass_Lookup.txt"),
        ("Submissions.txt", "line 7", "not a date: '2011-02-30 00:00:00'"),
        ("Submissions.txt", "line 8", "not a number: 'x'"),
        ("ApplicationDocs.txt", "line 5", "its document type '9' is not in ApplicationsDocsType_Lookup.txt"),
        ("ApplicationDocs.txt", "line 6", "its address is no URL: '0https://example.test/y.pdf'"),
    ]
    stranger = "its application is not in Applications.txt, which alone tells the type"
    assert reasons(release, harmless=True) == [
        ("ActionTypes_Lookup.txt", "", "a table that is not read"),
        ("Products.txt", "line 7", stranger),
        ("MarketingStatus.txt", "line 6", "its product is not among those loaded"),
        ("TE.txt", "line 4", "its product is not among those loaded"),
        ("Submissions.txt", "line 9", stranger),
        ("SubmissionPropertyType.txt", "line 5", "its submission is not among those loaded"),
        ("Products.txt", "1 lines", "repeats another line; kept once"),
        ("SubmissionPropertyType.txt", "2 lines", "a property Null; carries nothing"),
        ("ApplicationDocs.txt", "1 lines", "repeats another line; kept once"),
    ]
    for name, content in DRUGS_AT_FDA.items():
        if name != "ActionTypes_Lookup.txt":
            lines = content.count(b"\n" if isinstance(content, bytes) else "\n") - 1
            assert release.account.lines[f"drugsatfda.zip/{name}"] == lines, name


def test_an_edition_is_the_newest_day_that_is_not_in_the_future(tmp_path: Path) -> None:
    ahead = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    text = DRUGS_AT_FDA["Submissions.txt"]
    assert isinstance(text, bytes)
    later = {**DRUGS_AT_FDA, "Submissions.txt": text.replace(b"2010-05-04", ahead.encode())}
    assert drugs_at_fda.edition_of(zipped(tmp_path / "a.zip", later)) == "2011-02-03"


@pytest.mark.parametrize(
    ("table", "column"),
    [("Submissions.txt", "SubmissionStatusDate"), ("TE.txt", "TECode"), ("ApplicationDocs.txt", "ApplicationDocsURL")],
)
def test_a_missing_column_is_named(tmp_path: Path, table: str, column: str) -> None:
    content = DRUGS_AT_FDA[table]
    renamed = content.replace(column.encode(), b"New") if isinstance(content, bytes) else content.replace(column, "New")
    path = zipped(tmp_path / "drugsatfda.zip", {**DRUGS_AT_FDA, table: renamed})
    with pytest.raises(DataError, match=rf"{table}.*{column}"):
        drugs_at_fda.read(path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "drugsatfda.zip", {k: v for k, v in DRUGS_AT_FDA.items() if k != "TE.txt"})
    assert drugs_at_fda.recognise(path)
    with pytest.raises(DataError, match=r"TE\.txt"):
        drugs_at_fda.read(path)


# -------------------------------------------------------------------------------------------------------- NDC directory

NDC_PRODUCTS = (
    "PRODUCTID|PRODUCTNDC|PRODUCTTYPENAME|PROPRIETARYNAME|PROPRIETARYNAMESUFFIX|NONPROPRIETARYNAME|DOSAGEFORMNAME"
    "|ROUTENAME|STARTMARKETINGDATE|ENDMARKETINGDATE|MARKETINGCATEGORYNAME|APPLICATIONNUMBER|LABELERNAME|SUBSTANCENAME"
    "|ACTIVE_NUMERATOR_STRENGTH|ACTIVE_INGRED_UNIT|PHARM_CLASSES|DEASCHEDULE|NDC_EXCLUDE_FLAG"
    "|LISTING_RECORD_CERTIFIED_THROUGH",
    "0078-1007_a1|0078-1007|HUMAN PRESCRIPTION DRUG|Exempla|XR|exemplin and betalol|TABLET|ORAL|20180601||NDA|NDA021995"
    "|Acme Pharms|EXEMPLIN; BETALOL|10; .5|mg/1; ug/1|Exemplary Agent [EPC],Exemplase Inhibitors [MoA]|CII|N|20191231",
    "60951-602_b2|60951-602|HUMAN OTC DRUG|R\xe9Vive||sun cream|CREAM|TOPICAL|19000101|20300131|OTC MONOGRAPH FINAL"
    "|part352|Beta|GLYCERIN; PROTEIN (ENZYMATIC; 2000 MW)|10; .12|g/100g; g/100g|||E|",
    "10096-0241_c3|10096-0241|VACCINE|Gammavax||vaccine||INTRAMUSCULAR|20190301||BLA|BN811104|Gamma||||||N|20201231",
    "10096-241_c4|10096-24|VACCINE|Gammavax||vaccine||INTRAMUSCULAR|20190301||BLA|BN811104|Gamma||||||N|20201231",
    "10096-0242_c5|10096-0242|VACCINE|Gammavax||vaccine||INTRAMUSCULAR|2019031||BLA||Gamma||||||N|20201231",
    "10096-0243_c6|10096-0243|VACCINE|Gammavax",
)
NDC_PACKAGES = (
    "PRODUCTID|PRODUCTNDC|NDCPACKAGECODE|PACKAGEDESCRIPTION|STARTMARKETINGDATE|ENDMARKETINGDATE|NDC_EXCLUDE_FLAG"
    "|SAMPLE_PACKAGE",
    "0078-1007_a1|0078-1007|0078-1007-68|1 BOTTLE in 1 CARTON (0078-1007-68)  > 30 TABLET in 1 BOTTLE|20180601||N|N",
    "0078-1007_a1|0078-1007|0078-1007-01|7 TABLET in 1 POUCH (0078-1007-01) |20180601|20200131|E|Y",
    "0078-1007_a1|0078-1007|0078-1007-01|7 TABLET in 1 POUCH (0078-1007-01) |20180601|20200131|E|Y",
    "0078-1007_a1|0078-1007|0079-1007-01|7 TABLET in 1 POUCH|20180601||N|N",
    "0078-1007_a1|0078-1007|00781007-01|7 TABLET in 1 POUCH|20180601||N|N",
)


def ndc_zip(path: Path, products: Iterable[str] = NDC_PRODUCTS, packages: Iterable[str] = NDC_PACKAGES) -> Path:
    members = {"product.txt": tabbed(*products).encode("cp1252"), "package.txt": tabbed(*packages)}
    return zipped(path, members)


def test_ndc_directory(tmp_path: Path) -> None:
    path = ndc_zip(tmp_path / "ndctext.zip")
    assert ndc.recognise(path)
    release = ndc.read(path)
    assert release.edition == ndc.edition_of(path) == "2019-03-01"
    found = loaded(release)
    assert [row_text(r) for r in found["ndc/product.txt"]] == [
        "NDC 0078-1007, Exempla XR (exemplin and betalol); dosage form: TABLET; route: ORAL; active ingredients: "
        "EXEMPLIN 10 mg/1; BETALOL .5 ug/1; labeler: Acme Pharms; product type: HUMAN PRESCRIPTION DRUG; marketing "
        "category: NDA; application: NDA021995; marketing start: 2018-06-01; DEA schedule: CII; pharmacologic classes: "
        "Exemplary Agent [EPC],Exemplase Inhibitors [MoA]; listing certified through: 2019-12-31",
        "NDC 60951-602, R\xe9Vive (sun cream); dosage form: CREAM; route: TOPICAL; active ingredients: 10 g/100g; .12 "
        "g/100g; labeler: Beta; product type: HUMAN OTC DRUG; marketing category: OTC MONOGRAPH FINAL; monograph: "
        "part352; marketing end: 2030-01-31; exclude flag: E",
        "NDC 10096-0241, Gammavax (vaccine); route: INTRAMUSCULAR; labeler: Gamma; product type: VACCINE; marketing "
        "category: BLA; application: BN811104; marketing start: 2019-03-01; listing certified through: 2020-12-31",
    ]
    assert [r.application for r in found["ndc/product.txt"]] == ["NDA021995", "", ""]
    assert [row_text(r) for r in found["ndc/package.txt"]] == [
        "NDC 0078-1007-68 of product 0078-1007, 1 BOTTLE in 1 CARTON (0078-1007-68) > 30 TABLET in 1 BOTTLE; marketing "
        "start: 2018-06-01",
        "NDC 0078-1007-01 of product 0078-1007, 7 TABLET in 1 POUCH (0078-1007-01); marketing start: 2018-06-01; "
        "marketing end: 2020-01-31; sample package: yes; exclude flag: E",
    ]
    assert reasons(release, harmless=False) == [
        ("product.txt", "line 5", "not a product code: '10096-24'"),
        ("product.txt", "line 6", "not a date: '2019031'"),
        ("product.txt", "line 7", "4 cells, 20 expected"),
        ("package.txt", "line 5", "not a package code of product '0078-1007': '0079-1007-01'"),
        ("package.txt", "line 6", "not a package code of product '0078-1007': '00781007-01'"),
    ]
    assert reasons(release, harmless=True) == [("package.txt", "1 lines", "repeats another line; kept once")]


def test_a_new_column_is_noted_and_does_no_harm(tmp_path: Path) -> None:
    packages = [f"{line}|{'SERIALIZED' if number == 0 else 'Y'}" for number, line in enumerate(NDC_PACKAGES[:2])]
    release = ndc.read(ndc_zip(tmp_path / "ndctext.zip", NDC_PRODUCTS[:2], packages))
    assert len(loaded(release)["ndc/package.txt"]) == 1
    assert reasons(release, harmless=True) == [("package.txt", "column SERIALIZED", "a column that is not read")]
    assert reasons(release, harmless=False) == []


def test_a_missing_ndc_column_is_named(tmp_path: Path) -> None:
    path = ndc_zip(tmp_path / "ndctext.zip", packages=[line.replace("NDCPACKAGECODE", "CODE") for line in NDC_PACKAGES])
    with pytest.raises(DataError, match=r"package\.txt.*NDCPACKAGECODE"):
        ndc.read(path)


def test_rows_stream_in_constant_memory(tmp_path: Path) -> None:
    """Ten times as many rows take what it takes to know a repeated one, under 200 bytes each; none of 500 is held."""

    def peak(number: int) -> int:
        lines = [NDC_PACKAGES[0]]
        for n in range(number):
            code = f"{10_000 + n // 1000}-{n % 1000:03}"
            lines.append(f"{code}_x|{code}|{code}-01|{n} {'TABLET ' * 60}|20180601||N|N")
        path = ndc_zip(tmp_path / f"{number}.zip", NDC_PRODUCTS[:2], lines)
        del lines
        day.cache_clear()
        tracemalloc.start()
        assert sum(1 for file in ndc.read(path).files for _ in file.rows) == number + 1
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(20_000) - peak(2_000) < 18_000 * 200


# ------------------------------------------------------------------------------------------------------------ shortages

SHORTAGE_HEADER = (
    "Generic Name,Company Name, Contact Info, Presentation, Type of Update,Date of Update, Availability Information,"
    " Related Information, Resolved Note, Reason for Shortage, Therapeutic Category, Status, Change Date,"
    " Date Discontinued, Initial Posting Date, Generic Name Note, Generic Name Link , Company Info Link,"
    " Availability Link, Related Info Link,   Resolved Note Link, Discontinued Note Link"
)


def shortage_line(presentation: str, info: str = "", updated: str = "05/11/2026") -> str:
    cells = [
        "Exemplin Injection", "Acme, Inc.", "800-555-0100", presentation, "Revised", updated, "Limited Availability",
        info, "", "Other", "Oncology; Pediatric", "Current", "", "", "02/22/2012", "", "", "", "",
        "https://example.test/a", "", "",
    ]  # fmt: skip
    return ",".join(f'"{cell}"' for cell in cells)


def shortage_csv(path: Path, *lines: str, header: str = SHORTAGE_HEADER) -> Path:
    path.write_bytes("\r\n".join(["", header, *lines, ""]).encode())
    return path


def test_shortages_csv(tmp_path: Path) -> None:
    path = shortage_csv(
        tmp_path / "Drugshortages.csv",
        shortage_line("Exempla, Injection, 5 mg (NDC 0008-4117-01)", "Two lines.\r\n\r\nExpected \u201csoon\u201d"),
        shortage_line('Exempla, Syringe (20 G x 1 1/2") (NDC 0008-4117-02)'),
        shortage_line('Exempla, Syringe (20 G x 1 1/2"") (NDC 0008-4117-03)', updated="04/30/2026"),
        shortage_line("Exempla, Vial, 5 mg"),
        shortage_line("Exempla, Vial, 5 mg"),
        shortage_line("Exempla, Vial, 6 mg", updated="13/13/2026"),
        '"Exemplin Injection","Acme, Inc."',
        shortage_line("Exempla, Vial, 7 mg (NDC 0008-4117-04 or 0008-4117-05)"),
        "Exemplin Injection,Acme",
        shortage_line(""),
        shortage_line("Exempla, Vial, 8 mg (NDC 0008-4117-08)"),
    )
    assert shortages.recognise(path)
    release = shortages.read(path)
    assert release.edition == "2026-05-11"
    found = loaded(release)["shortages"]
    assert [(r.presentation, r.ndc) for r in found] == [
        ("Exempla, Injection, 5 mg (NDC 0008-4117-01)", "0008-4117-01"),
        ('Exempla, Syringe (20 G x 1 1/2") (NDC 0008-4117-02)', "0008-4117-02"),
        ('Exempla, Syringe (20 G x 1 1/2") (NDC 0008-4117-03)', "0008-4117-03"),
        ("Exempla, Vial, 5 mg", ""),
        ("Exempla, Vial, 7 mg (NDC 0008-4117-04 or 0008-4117-05)", ""),
        ("Exempla, Vial, 8 mg (NDC 0008-4117-08)", "0008-4117-08"),
    ]
    assert row_text(found[0]) == (
        "Exemplin Injection, Acme, Inc.; status: Current; presentation: Exempla, Injection, 5 mg (NDC 0008-4117-01); "
        "availability: Limited Availability; related information: Two lines. Expected \u201csoon\u201d; reason: Other; "
        "therapeutic category: Oncology; Pediatric; first posted: 2012-02-22; update (Revised): 2026-05-11; "
        "contact: 800-555-0100; link: https://example.test/a"
    )
    assert row_heading(found[0]) == "Shortage list: Exemplin Injection; NDC: 0008-4117-01"
    assert [(item, reason) for _, item, reason in reasons(release, harmless=False)] == [
        ("line 10", "not a date: '13/13/2026'"),
        ("line 11", "2 cells, 22 expected"),
        ("line 13", "1 cells, 22 expected"),
        ("line 14", "it names no drug or no presentation"),
    ]
    assert reasons(release, harmless=True) == [("Drugshortages.csv", "1 lines", "repeats another line; kept once")]
    assert release.account.lines == {"Drugshortages.csv": 11}


def test_a_row_that_never_ends_does_not_gather_the_file(tmp_path: Path) -> None:
    path = shortage_csv(
        tmp_path / "Drugshortages.csv", '"Exemplin', *(["word"] * 1000), '"', shortage_line("Vial (NDC 0008-4117-01)")
    )
    release = shortages.read(path)
    assert [r.ndc for r in loaded(release)["shortages"]] == ["0008-4117-01"]
    assert release.account.aside == {path.name: 983}


def test_a_missing_shortage_column_is_named(tmp_path: Path) -> None:
    header = SHORTAGE_HEADER.replace(" Status", " State")
    path = shortage_csv(tmp_path / "a.csv", shortage_line("Vial"), header=header)
    with pytest.raises(DataError, match=r"a\.csv.*Status"):
        shortages.read(path)


SHORTAGE_RECORD = {
    "package_ndc": "0008-4117-01",
    "generic_name": "Exemplin Injection",
    "proprietary_name": "Exempla",
    "company_name": "Acme, Inc.",
    "contact_info": "800-555-0100",
    "presentation": "Exempla, Injection, 5 mg",
    "update_type": "Revised",
    "availability": "Available",
    "therapeutic_category": ["Oncology", "Pediatric"],
    "status": "Current",
    "update_date": "05/11/2026",
    "initial_posting_date": "20120222",
    "openfda": {"brand_name": ["EXEMPLA"]},
}


def bulk(path: Path, records: Any, last_updated: str | None = "2026-05-12") -> Path:
    """openFDA's envelope, plain or zipped by the file's name."""
    meta = {"disclaimer": "…", "last_updated": last_updated} if last_updated else {}
    content = json.dumps({"meta": meta, "results": records})
    if path.suffix == ".zip":
        return zipped(path, {path.name.removesuffix(".zip"): content})
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["drug-shortages-0001-of-0001.json.zip", "answer.json"])
def test_shortages_of_openfda_are_the_same_rows(tmp_path: Path, name: str) -> None:
    wrong = {**SHORTAGE_RECORD, "update_date": "yesterday"}
    path = bulk(tmp_path / name, [SHORTAGE_RECORD, {**SHORTAGE_RECORD, "hue": "red"}, wrong, "text"])
    assert shortages.recognise(path)
    assert not enforcement.recognise(path)
    release = shortages.read(path)
    assert release.edition == "2026-05-12"
    [row] = loaded(release)["shortages"]
    assert (row.ndc, row.trade_name, row.therapeutic_category) == ("0008-4117-01", "Exempla", "Oncology; Pediatric")
    assert (row.updated, row.initial_posting) == (date(2026, 5, 11), date(2012, 2, 22))
    assert [(i, r) for _, i, r in reasons(release, harmless=False)] == [
        ("record 3", "not a date: 'yesterday'"),
        ("record 4", "not a record"),
    ]
    assert [(i, r) for _, i, r in reasons(release, harmless=True)] == [
        ("field hue", "a field that is not read"),
        ("1 lines", "repeats another line; kept once"),
    ]


# -------------------------------------------------------------------------------------------------------------- recalls

RECALL = {
    "recall_number": "D-0123-2026",
    "event_id": "91234",
    "status": "Ongoing",
    "classification": "Class II",
    "product_type": "Drugs",
    "recalling_firm": "Acme Pharms",
    "city": "Springfield",
    "state": "NJ",
    "country": "United States",
    "voluntary_mandated": "Voluntary: Firm initiated",
    "initial_firm_notification": "Letter",
    "distribution_pattern": "Nationwide",
    "product_description": "Exempla tablets, 10 mg, 30-count bottle, Rx only, NDC 0078-1007-68",
    "product_quantity": "1,234 bottles",
    "reason_for_recall": "Failed Dissolution Specifications",
    "code_info": "Lot #: A12, Exp 10/27",
    "recall_initiation_date": "20260401",
    "center_classification_date": "20260415",
    "report_date": "20260422",
    "openfda": {},
}


@pytest.mark.parametrize("name", ["drug-enforcement-0001-of-0001.json.zip", "answer.json"])
def test_recalls(tmp_path: Path, name: str) -> None:
    joined = {
        "brand_name": ["EXEMPLA"],
        "generic_name": ["EXEMPLIN"],
        "application_number": ["NDA021995", "part341"],
        "package_ndc": ["0078-1007-68", "0078-1007-01"],
        "rxcui": ["123"],
        "unii": ["ABCDE12345"],
    }
    path = bulk(
        tmp_path / name,
        [
            RECALL,
            {**RECALL, "recall_number": "D-0124-2026", "openfda": joined, "termination_date": "20260501"},
            {**RECALL, "recall_number": "D-0125-2026", "report_date": "20261350"},
            {**RECALL, "recall_number": "F-0125-2026", "product_type": "Food"},
            {**RECALL, "recall_number": ""},
            {**RECALL, "recall_number": "D-0126-2026", "city": {"name": "Springfield"}},
            {**RECALL, "recall_number": "D-0127-2026", "reason_for_recall": "a\0b"},
            RECALL,
        ],
    )
    assert enforcement.recognise(path)
    assert not shortages.recognise(path)
    release = enforcement.read(path)
    assert release.edition == "2026-05-12"
    first, second = loaded(release)["enforcement"]
    assert row_text(first) == (
        "Recall D-0123-2026, Class II, Ongoing; firm: Acme Pharms, Springfield, NJ, United States; product: Exempla "
        "tablets, 10 mg, 30-count bottle, Rx only, NDC 0078-1007-68; reason: Failed Dissolution Specifications; "
        "quantity: 1,234 bottles; distribution: Nationwide; codes: Lot #: A12, Exp 10/27; initiated: 2026-04-01; "
        "classified: 2026-04-15; reported: 2026-04-22; initiative: Voluntary: Firm initiated; first notice by: Letter; "
        "event: 91234"
    )
    assert (first.ndcs, first.applications, first.terminated) == ("0078-1007-68", "", None)
    assert (second.ndcs, second.applications) == ("0078-1007-68; 0078-1007-01", "NDA021995")
    assert second.terminated == date(2026, 5, 1)
    assert [(i, r) for _, i, r in reasons(release, harmless=False)] == [
        ("record 3", "not a date: '20261350'"),
        ("record 5", "it has no recall number"),
        ("record 6", "city is not text"),
        ("record 7", "reason_for_recall is not text"),
    ]
    assert [(i, r) for _, i, r in reasons(release, harmless=True)] == [
        ("record 4", "no drug: its product type is 'Food'"),
        ("1 lines", "repeats another line; kept once"),
    ]


def test_an_export_without_a_day_takes_that_of_its_newest_report(tmp_path: Path) -> None:
    assert enforcement.edition_of(bulk(tmp_path / "a.json", [RECALL], last_updated=None)) == "2026-04-22"
    assert enforcement.edition_of(bulk(tmp_path / "b.json", [RECALL], last_updated="soon")) == "2026-04-22"
    with pytest.raises(DataError, match=r"c\.json"):
        enforcement.edition_of(bulk(tmp_path / "c.json", [], last_updated=None))


def test_a_cut_json_raises(tmp_path: Path) -> None:
    path = bulk(tmp_path / "a.json", [RECALL, RECALL])
    path.write_text(path.read_text()[:-200])
    with pytest.raises(DataError, match=r"a\.json"):
        loaded(enforcement.read(path))


# --------------------------------------------------------------------------------------------------------------- RxNorm


def conso(rxcui: str, name: str, tty: str, source: str = "RXNORM", suppress: str = "N") -> str:
    return f"{rxcui}|ENG||||||{rxcui}9|{rxcui}9|{rxcui}||{source}|{tty}|{rxcui}|{name}||{suppress}|4096|\n"


def rel(second: str, relation: str, first: str, kind: str = "CUI", source: str = "RXNORM", suppress: str = "N") -> str:
    return f"{first}||{kind}|RO|{second}||{kind}|{relation}|77||{source}|||| {suppress}|4096|\n".replace(" ", "")


RELEASE = {
    "Readme_Full_Prescribe_06012026.txt": "…",
    "rrf/RXNCONSO.RRF": "".join(
        [
            conso("100", "exemplin", "IN"),
            conso("101", "exemplin phosphate", "PIN"),
            conso("102", "Exempla", "BN"),
            conso("102", "ExEMPLA", "TMSY"),
            conso("100", "exemplin", "IN"),
            conso("100", "EXEMPLIN", "SU", source="MTHSPL"),
            conso("103", "oldin", "IN", suppress="O"),
            conso("", "nameless", "IN"),
            "104|ENG|cut\n",
        ]
    ),
    "rrf/RXNREL.RRF": "".join(
        [
            rel("102", "tradename_of", "100"),
            rel("100", "has_tradename", "102"),
            rel("101", "form_of", "100"),
            rel("101", "form_of", "100"),
            rel("100", "has_form", "103"),
            rel("100", "includes", "102", kind="AUI"),
            rel("100", "ingredient_of", "102", source="MTHSPL"),
            rel("100", "", "102"),
            "100||CUI|RO|102\n",
        ]
    ),
    "rrf/RXNSAT.RRF": "",
}


def test_a_release_of_rxnorm(tmp_path: Path) -> None:
    path = zipped(tmp_path / "RxNorm_full_prescribe_06012026.zip", RELEASE)
    assert rxnorm.recognise(path)
    release = rxnorm.read(path)
    assert release.edition == "2026-06-01"
    found = loaded(release)
    assert [row_text(r) for r in found["rxnorm/concepts"]] == [
        "exemplin (RxCUI 100; IN, ingredient)",
        "exemplin phosphate (RxCUI 101; PIN, precise ingredient)",
        "Exempla (RxCUI 102; BN, brand name)",
        "ExEMPLA (RxCUI 102; TMSY, tall man lettering synonym)",
    ]
    assert [row_text(r) for r in found["rxnorm/relations"]] == [
        "Exempla (RxCUI 102; BN, brand name) tradename_of exemplin (RxCUI 100; IN, ingredient)",
        "exemplin (RxCUI 100; IN, ingredient) has_tradename Exempla (RxCUI 102; BN, brand name)",
        "exemplin phosphate (RxCUI 101; PIN, precise ingredient) form_of exemplin (RxCUI 100; IN, ingredient)",
    ]
    assert reasons(release, harmless=False) == [
        ("RXNCONSO.RRF", "line 8", "no RxCUI, name or term type"),
        ("RXNCONSO.RRF", "line 9", "2 separators, 18 expected"),
        ("RXNREL.RRF", "line 9", "4 separators, 16 expected"),
    ]
    assert reasons(release, harmless=True) == [
        ("RXNREL.RRF", "line 5", "one of its concepts is not in RXNCONSO.RRF"),
        ("RXNCONSO.RRF", "1 lines", "repeats another line; kept once"),
        ("RXNCONSO.RRF", "1 lines", "a name of another source than RxNorm"),
        ("RXNCONSO.RRF", "1 lines", "suppressed or obsolete"),
        ("RXNREL.RRF", "1 lines", "repeats another line; kept once"),
        ("RXNREL.RRF", "1 lines", "relates single names, not concepts"),
        ("RXNREL.RRF", "1 lines", "a relation of another source than RxNorm"),
        ("RXNREL.RRF", "1 lines", "names no relation"),
    ]
    assert release.account.lines == {f"{path.name}/RXNCONSO.RRF": 9, f"{path.name}/RXNREL.RRF": 9}


def test_a_release_without_relations_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "r.zip", {"rrf/RXNCONSO.RRF": RELEASE["rrf/RXNCONSO.RRF"]})
    with pytest.raises(DataError, match=r"RXNREL\.RRF"):
        rxnorm.read(path)


def answer(rxcui: str, *concepts: tuple[str, str, str]) -> str:
    """An answer of RxNav's allrelated: (RxCUI, name, term type) in groups, and a group without concepts."""
    groups: dict[str, list[dict[str, str]]] = {"GPCK": []}
    for number, name, tty in concepts:
        groups.setdefault(tty, []).append({"rxcui": number, "name": name, "synonym": "", "tty": tty, "suppress": "N"})
    listed = [{"tty": tty, **({"conceptProperties": found} if found else {})} for tty, found in groups.items()]
    return json.dumps({"allRelatedGroup": {"rxcui": rxcui, "conceptGroup": listed}})


def test_answers_of_rxnav(tmp_path: Path) -> None:
    exemplin, salt, brand = ("100", "exemplin", "IN"), ("101", "exemplin phosphate", "PIN"), ("102", "Exempla", "BN")
    path = zipped(
        tmp_path / "rxnav-2026-07-15.zip",
        {
            "a.json": '{"idGroup": {"rxnormId": ["100"]}}',
            "b.json": '{"idGroup": {}}',
            "c.json": answer("", exemplin, salt, brand),
            "d.json": answer("102", exemplin, brand),
            "e.json": answer("", exemplin, ("200", "betalol", "IN"), ("201", "betalol / exemplin", "MIN")),
            "f.json": answer("999", exemplin),
            "g.json": "{",
            "h.json": '{"drugGroup": {}}',
            "i.json": '{"allRelatedGroup": {"conceptGroup": [{"conceptProperties": [{"rxcui": "7"}]}]}}',
            "j.json": answer("", exemplin, salt),
        },
    )
    assert rxnorm.recognise(path)
    release = rxnorm.read(path)
    assert release.edition == "2026-07-15"
    found = loaded(release)
    assert [r.rxcui for r in found["rxnorm/concepts"]] == ["100", "101", "102", "200", "201"]
    assert [row_text(r) for r in found["rxnorm/relations"]] == [
        "exemplin (RxCUI 100; IN, ingredient) related to exemplin phosphate (RxCUI 101; PIN, precise ingredient)",
        "exemplin (RxCUI 100; IN, ingredient) related to Exempla (RxCUI 102; BN, brand name)",
        "Exempla (RxCUI 102; BN, brand name) related to exemplin (RxCUI 100; IN, ingredient)",
        "RxCUI 999 related to exemplin (RxCUI 100; IN, ingredient)",
    ]
    assert [(item, reason.partition(":")[0]) for _, item, reason in reasons(release, harmless=False)] == [
        ("g.json", "rxnav-2026-07-15.zip/g.json"),
        ("h.json", "an answer of a kind that is not read"),
        ("i.json", "a concept in it lacks its RxCUI, name or term type"),
    ]
    assert [(item, reason.partition(":")[0]) for _, item, reason in reasons(release, harmless=True)] == [
        ("e.json", "does not tell which concept was asked for"),
        ("2 lines", "an answer without concepts"),
    ]
    assert release.account.lines == {path.name: 10}


def test_answers_without_a_date_in_a_name_take_the_day_they_were_written(tmp_path: Path) -> None:
    path = zipped(tmp_path / "rxnav.zip", {"a.json": answer("", ("100", "exemplin", "IN"))})
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
    assert rxnorm.edition_of(path) == written


# ------------------------------------------------------------------------------------------------------- what is shared


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20190702", date(2019, 7, 2)),
        ("2019-07-02", date(2019, 7, 2)),
        ("2019-07-02 00:00:00", date(2019, 7, 2)),
        ("2019-07-02 00:00:00.000", date(2019, 7, 2)),
        ("7/2/2019", date(2019, 7, 2)),
        ("", None),
        ("1900-01-01 00:00:00", None),
        ("19000101", None),
    ],
)
def test_days(text: str, found: date | None) -> None:
    assert day(text) == found


@pytest.mark.parametrize("text", ["2019-0702", "20190230", "13/01/2019", "2019", "0000-01-01", "TBD", "20190702x"])
def test_what_is_no_day_raises(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        day(text)


def test_a_table_with_a_bad_row_in_every_line_names_only_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_files, "LISTED", 3)
    account = Account("x")
    for number in range(10):
        account.set_aside("f", f"line {number}", "broken")
    assert [s.item for s in account.report()] == ["line 0", "line 1", "line 2", "7 lines"]
    assert account.lines == {"f": 10}
    assert all(s == SetAside("x", "f", s.item, "broken") for s in account.report())


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_knows_its_own_files_only(source: ModuleType, tmp_path: Path) -> None:
    own: dict[ModuleType, Path] = {
        drugs_at_fda: zipped(tmp_path / "drugsatfda.zip", DRUGS_AT_FDA),
        ndc: ndc_zip(tmp_path / "ndctext.zip"),
        shortages: shortage_csv(tmp_path / "Drugshortages.csv", shortage_line("Vial")),
        enforcement: bulk(tmp_path / "drug-enforcement-0001-of-0001.json.zip", [RECALL]),
        rxnorm: zipped(tmp_path / "RxNorm_full_prescribe_06012026.zip", RELEASE),
    }
    others = [
        tmp_path / "absent.zip",
        tmp_path,
        bulk(tmp_path / "drug-label-0001-of-0001.json.zip", [{"set_id": "x", "version": "1"}]),
        zipped(tmp_path / "EOBZIP_2026_06.zip", {"products.txt": "Ingredient~DF;Route"}),
        zipped(tmp_path / "empty.zip", {}),
    ]
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4 and no more")
    (tmp_path / "purplebook.csv").write_text("Purple Book Database of Licensed Biological Products\n")
    others += [tmp_path / "broken.zip", tmp_path / "purplebook.csv"]
    assert [path for path in [*own.values(), *others] if source.recognise(path)] == [own[source]]


@pytest.mark.parametrize("source", [drugs_at_fda, ndc, rxnorm])
def test_a_damaged_zip_raises(source: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "broken.zip"
    path.write_bytes(b"PK\3\4 and no more")
    with pytest.raises(DataError, match=r"broken\.zip"):
        source.read(path)


def _written(
    folder: Path, source: ModuleType, spoil: Callable[[bytes], bytes], choose: Callable[[list[str]], str]
) -> Path:
    """A small file of a source, one table of it spoilt."""
    if source is shortages:
        path = shortage_csv(folder / "Drugshortages.csv", *(shortage_line(f"Vial {n}\n{n} mg") for n in range(5)))
        path.write_bytes(spoil(path.read_bytes()))
        return path
    if source is enforcement:
        path = bulk(folder / "drug-enforcement-0001-of-0001.json", [RECALL, {**RECALL, "recall_number": "D-2-2026"}])
        path.write_bytes(spoil(path.read_bytes()))
        return path
    members: Mapping[str, str | bytes] = {
        drugs_at_fda: DRUGS_AT_FDA,
        ndc: {"product.txt": tabbed(*NDC_PRODUCTS).encode("cp1252"), "package.txt": tabbed(*NDC_PACKAGES)},
        rxnorm: RELEASE,
    }[source]
    contents = {name: c.encode() if isinstance(c, str) else c for name, c in members.items()}
    one = choose(sorted(contents))
    return zipped(folder / "spoilt.zip", {**contents, one: spoil(contents[one])})


@pytest.mark.parametrize("source", SOURCES)
def test_spoilt_bytes_are_refused_or_set_aside(source: ModuleType, tmp_path: Path) -> None:
    """Whatever stands in a file, its lines add up or a DataError names it; 200 spoilt files a source."""
    random = Random(7)  # noqa: S311 - for the same files each time

    def spoil(content: bytes) -> bytes:
        for _ in range(random.randrange(3)):
            place = random.randrange(len(content) + 1)
            piece = random.choice([b"\t", b"\n", b'"', b"|", b"\0", b"\x81", b"\xc3", b"}", b"\xb2", b"", b"9" * 40])
            content = content[:place] + piece + content[place + random.randrange(4) :]
        return content

    refused = read = 0
    for _ in range(200):
        path = _written(tmp_path, source, spoil, random.choice)
        try:
            loaded(source.read(path))
            read += 1
        except DataError as error:
            assert path.name in error.message
            refused += 1
    assert refused > 10
    assert read > 10


def test_rows_hold_what_a_column_can_hold() -> None:
    kinds = get_args(Row)
    assert len(kinds) == 14
    for kind in kinds:
        assert is_dataclass(kind)
        hints = get_type_hints(kind, vars(row_types))
        for field in fields(kind):
            assert hints[field.name] in (str, int, bool, date, date | None), (kind, field.name)


# ------------------------------------------------------------------------------------------------------ the real files


def shared(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip("the publishers' files are not beside this project (../shared/data)")
    return path


def counted(source: ModuleType, path: Path, *, seconds: float) -> tuple[RowRelease, dict[str, list[Row]]]:
    start = time.perf_counter()
    assert source.recognise(path)
    release = source.read(path)
    assert release.edition == source.edition_of(path)
    found = loaded(release)
    assert time.perf_counter() - start < seconds
    return release, found


def texts_hold_their_rows(found: dict[str, list[Row]], keys: Iterable[str] = ()) -> None:
    """Every printed value of every 50th row stands in its line; `keys` only join or are shown as words."""
    for row in (row for wanted in found.values() for row in wanted[::50]):
        line = row_text(row)
        assert "\n" not in line
        assert row_heading(row)
        for value in _shown(row, frozenset(keys)):
            assert value in line, (value, line)


def _shown(row: Row, keys: frozenset[str]) -> Iterator[str]:
    for field in fields(row):
        value = getattr(row, field.name)
        if field.name in keys or value in (None, "") or isinstance(value, bool):
            continue
        yield value.isoformat() if isinstance(value, date) else " ".join(str(value).split())


def lines_in(release: RowRelease) -> dict[str, tuple[int, int]]:
    """(loaded, set aside) by table."""
    account = release.account
    return {file.rpartition("/")[2]: (account.loaded[file], account.aside[file]) for file in account.lines}


@pytest.mark.shared
def test_the_whole_of_drugs_at_fda() -> None:
    release, found = counted(drugs_at_fda, shared("drugsatfda", "drugsatfda.zip"), seconds=90)
    assert release.edition == "2019-07-01"
    assert lines_in(release) == {
        "Applications.txt": (23_267, 0),
        "Products.txt": (39_468, 5),
        "MarketingStatus.txt": (39_471, 317),
        "MarketingStatus_Lookup.txt": (4, 0),
        "TE.txt": (18_239, 11),
        "Submissions.txt": (152_510, 4_432),
        "SubmissionClass_Lookup.txt": (26, 0),
        "SubmissionPropertyType.txt": (1_362, 177_809),
        "ApplicationDocs.txt": (57_330, 36),
        "ApplicationsDocsType_Lookup.txt": (62, 0),
    }
    assert [item for _, item, _ in reasons(release, harmless=False)] == ["line 52268"]
    texts_hold_their_rows(found, {"application", "public_notes"})
    first = [r for r in found["drugsatfda/Submissions.txt"] if isinstance(r, SubmissionRow) and r.type == "ORIG"]
    kesimpta = [r for r in first if r.application == "BLA125326"]
    assert [(r.status_date, r.orphan) for r in kesimpta] == [(date(2009, 10, 26), True)]


@pytest.mark.shared
def test_the_whole_ndc_directory() -> None:
    release, found = counted(ndc, shared("ndc", "ndctext.zip"), seconds=90)
    assert release.edition == "2019-04-29"
    assert lines_in(release) == {"product.txt": (128_241, 0), "package.txt": (243_960, 0)}
    assert release.account.report() == ()
    texts_hold_their_rows(found, {"product_id", "application", "substances", "exclude_flag"})
    products = {row.ndc for row in found["ndc/product.txt"] if not isinstance(row, NdcPackageRow)}
    assert all(row.ndc in products for row in found["ndc/package.txt"] if isinstance(row, NdcPackageRow))


@pytest.mark.shared
def test_the_whole_list_of_shortages() -> None:
    release, found = counted(shortages, shared("shortages", "Drugshortages.csv"), seconds=10)
    assert release.edition == "2026-05-11"
    assert lines_in(release) == {"Drugshortages.csv": (1_687, 1)}
    assert all(row.ndc for row in found["shortages"])
    assert sum('"' in row.presentation for row in found["shortages"]) == 6
    texts_hold_their_rows(found)


@pytest.mark.shared
def test_all_answers_of_rxnav() -> None:
    release, found = counted(rxnorm, shared("rxnav", "rxnav-responses.zip"), seconds=60)
    assert lines_in(release) == {"rxnav-responses.zip": (537, 582)}
    assert {file: len(wanted) for file, wanted in found.items()} == {
        "rxnorm/concepts": 25_919,
        "rxnorm/relations": 28_838,
    }
    assert reasons(release, harmless=False) == []
    texts_hold_their_rows(found)
    veklury = [r for r in found["rxnorm/relations"] if getattr(r, "related_name", "") == "Veklury"]
    assert [row_text(r) for r in veklury] == [
        "remdesivir (RxCUI 2284718; IN, ingredient) related to Veklury (RxCUI 2395498; BN, brand name)"
    ]


@pytest.mark.shared
def test_each_real_file_is_known_to_one_source_at_most() -> None:
    folder = shared("openfda").parent
    known = {
        path.name: [source.SOURCE for source in SOURCES if source.recognise(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    assert {name: found for name, found in known.items() if found} == {
        "drugsatfda.zip": ["drugs_at_fda"],
        "ndctext.zip": ["ndc"],
        "Drugshortages.csv": ["shortages"],
        "rxnav-responses.zip": ["rxnorm"],
    }
