"""A small world for tests of the page: labels, an Orange Book and FDA's other tables of our own words, and a server on
loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from drugchatter.engine import Engine, open_engine
from drugchatter.surfaces.answering import Limits
from drugchatter.surfaces.web.app import create_app
from drugchatter.sync import sync
from label_files import raw_label, settings, write_release
from test_protection import books
from test_row_sources import RECALL, bulk, shortage_csv, shortage_line, tabbed, zipped

TOKEN = "the-token-of-a-test"  # noqa: S105 - no secret
OTHER = "55555555-5555-4555-8555-555555555555"
# A test asks faster than a person may.
ROOMY = Limits(per_minute=1_000_000)

RATES = """<table><caption>Table 1: Adverse reactions in the sample trial</caption><tbody>
<tr><td>Reaction</td><td>EXAMPLIN (N = 200) %</td><td>Placebo (N = 100) %</td></tr>
<tr><td>Headache</td><td>12</td><td>7</td></tr>
<tr><td>Alopecia</td><td>8.5</td><td>&lt;1</td></tr>
<tr><td>Nausea</td><td>3</td><td>3</td></tr>
</tbody></table>"""
EXAMPLIN = raw_label(
    version="3",
    effective="20250304",
    boxed_warning=["WARNING: LIVER INJURY Examplin can injure the liver. Test the liver before the first dose."],
    indications_and_usage=["1 INDICATIONS AND USAGE Examplin is indicated for adults with sample disease."],
    contraindications=["4 CONTRAINDICATIONS Examplin is contraindicated in adults with liver failure."],
    adverse_reactions=[
        "6 ADVERSE REACTIONS The most common adverse reactions (5% or more) of Examplin are headache and alopecia."
    ],
    adverse_reactions_table=[RATES],
    drug_interactions=["7 DRUG INTERACTIONS Avoid Examplin together with samplazole, which doubles its exposure."],
    pregnancy=["8.1 Pregnancy Examplin may harm the fetus; advise women to use contraception."],
    storage_and_handling=["16.2 Storage and Handling Store Examplin tablets at 20 to 25 degrees C."],
    pharmacokinetics=["12.3 Pharmacokinetics The half-life of exampline is about 16 days."],
)
EXAMPLIN["openfda"]["application_number"] = ["NDA300001"]
SECOND = EXAMPLIN | {
    "version": "2",
    "effective_time": "20240102",
    "dosage_and_administration": ["2 DOSAGE AND ADMINISTRATION Take Examplin 10 mg by mouth once daily."],
    "contraindications": ["4 CONTRAINDICATIONS None."],
}
FIRST = SECOND | {
    "version": "1",
    "effective_time": "20230102",
    "storage_and_handling": ["16.2 Storage and Handling Keep Examplin tablets dry."],
}
SAMPLEX = raw_label(
    set_id=OTHER,
    spl_product_data_elements=["Samplex samplazole SAMPLAZOLE"],
    mechanism_of_action=["12.1 Mechanism of Action Samplazole opens the sample channel."],
    dosage_and_administration=["2 DOSAGE AND ADMINISTRATION Take Samplex 5 mg by mouth each evening."],
    indications_and_usage=["1 INDICATIONS AND USAGE Samplex is indicated for adults with another disease."],
    openfda={
        "brand_name": ["SAMPLEX"],
        "generic_name": ["SAMPLAZOLE"],
        "manufacturer_name": ["Other Works"],
        "substance_name": ["SAMPLAZOLE"],
        "application_number": ["NDA000002"],
        "route": ["ORAL"],
        "pharm_class_epc": ["Sample Receptor Blocker [EPC]"],
        "is_original_packager": [True],
    },
)


def made_engine(home: Path, files: Path, *labels: dict[str, Any], words: Sequence[str] = ("",)) -> Engine:
    """An engine on an edition of `labels` (default: two drugs, one with two older versions) and rows on one drug, which
    hold `words`."""
    write_release(files, list(labels or (EXAMPLIN, SECOND, FIRST, SAMPLEX)))
    fda_rows(files, words)
    sync(settings(home), books(files, generic=True))
    return open_engine(settings(home))


def fda_rows(folder: Path, words: Sequence[str]) -> None:
    """Drugs@FDA of Examplin, with the first of `words` in its texts; a shortage and a recall with each of them."""
    first = " ".join(words[0].replace("|", " ").split())
    supplements = "".join(f"300001||SUPPL|{n}|AP|{2012 + n}-05-06 00:00:00||STANDARD\n" for n in range(2, 11))
    tables = {
        "Applications.txt": tabbed("ApplNo|ApplType|ApplPublicNotes|SponsorName", f"300001|NDA||SAMPLE WORKS {first}"),
        "Products.txt": tabbed(
            "ApplNo|ProductNo|Form|Strength|ReferenceDrug|DrugName|ActiveIngredient|ReferenceStandard",
            f"300001|001|TABLET;ORAL|20MG|1|EXAMPLIN {first}|EXAMPLINE|1",
        ),
        "Submissions.txt": tabbed(
            "ApplNo|SubmissionClassCodeID|SubmissionType|SubmissionNo|SubmissionStatus|SubmissionStatusDate"
            "|SubmissionsPublicNotes|ReviewPriority",
            "300001|7|ORIG|1|AP|2012-03-04 00:00:00||PRIORITY",
            *supplements.split("\n")[:-1],
        ),
        "SubmissionClass_Lookup.txt": tabbed(
            "SubmissionClassCodeID|SubmissionClassCode|SubmissionClassCodeDescription", f"7|TYPE 1|Type 1 - New {first}"
        ),
        "MarketingStatus.txt": tabbed("MarketingStatusID|ApplNo|ProductNo", "1|300001|001"),
        "MarketingStatus_Lookup.txt": tabbed("MarketingStatusID|MarketingStatusDescription", "1|Prescription"),
        "TE.txt": tabbed("ApplNo|ProductNo|MarketingStatusID|TECode"),
        "SubmissionPropertyType.txt": tabbed(
            "ApplNo|SubmissionType|SubmissionNo|SubmissionPropertyTypeCode|SubmissionPropertyTypeID"
        ),
        "ApplicationDocs.txt": tabbed(
            "ApplicationDocsID|ApplicationDocsTypeID|ApplNo|SubmissionType|SubmissionNo|ApplicationDocsTitle"
            "|ApplicationDocsURL|ApplicationDocsDate"
        ),
        "ApplicationsDocsType_Lookup.txt": tabbed(
            "ApplicationDocsType_Lookup_ID|ApplicationDocsType_Lookup_Description"
        ),
    }
    zipped(folder / "drugsatfda.zip", tables)
    lines = [shortage_line(f"Examplin {n} {told}".replace('"', '""')) for n, told in enumerate(words)]
    lines = [line.replace("Exemplin Injection", "Exampline Tablet") for line in lines]
    shortage_csv(folder / "Drugshortages.csv", *lines)
    recalls = [
        RECALL
        | {
            "recall_number": f"D-{n:04}-2026",
            "product_description": f"Exampline Tablets, 20 mg {told}",
            "reason_for_recall": f"A sample fault {told}",
            "openfda": {"generic_name": ["EXAMPLINE"], "brand_name": ["EXAMPLIN"]},
        }
        for n, told in enumerate(words)
    ]
    bulk(folder / "drug-enforcement-0001-of-0001.json.zip", recalls)


@contextmanager
def running(engine: Engine, home: Path, limits: Limits = ROOMY, http: Any = "h11") -> Iterator[str]:
    """The address of a server of its own, until the block ends."""
    with running_app(create_app(engine, home, limits=limits, token=TOKEN), http) as base:
        yield base


@contextmanager
def running_app(app: Any, http: Any = "h11") -> Iterator[str]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=http, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
