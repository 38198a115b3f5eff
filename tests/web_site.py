"""A small world for tests of the page: labels and an Orange Book of our own words, and a server on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
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

TOKEN = "the-token-of-a-test"  # noqa: S105 - no secret
OTHER = "55555555-5555-4555-8555-555555555555"
# A test asks faster than a person may.
ROOMY = Limits(per_minute=1_000_000)

EXAMPLIN = raw_label(
    boxed_warning=["WARNING: LIVER INJURY Examplin can injure the liver. Test the liver before the first dose."],
    indications_and_usage=["1 INDICATIONS AND USAGE Examplin is indicated for adults with sample disease."],
    contraindications=["4 CONTRAINDICATIONS Examplin is contraindicated in adults with liver failure."],
    adverse_reactions=[
        "6 ADVERSE REACTIONS The most common adverse reactions (5% or more) of Examplin are headache and alopecia."
    ],
    drug_interactions=["7 DRUG INTERACTIONS Avoid Examplin together with samplazole, which doubles its exposure."],
    pregnancy=["8.1 Pregnancy Examplin may harm the fetus; advise women to use contraception."],
    storage_and_handling=["16.2 Storage and Handling Store Examplin tablets at 20 to 25 degrees C."],
    pharmacokinetics=["12.3 Pharmacokinetics The half-life of exampline is about 16 days."],
)
EXAMPLIN["openfda"]["application_number"] = ["NDA300001"]
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


def made_engine(home: Path, files: Path, *labels: dict[str, Any]) -> Engine:
    """An engine on an edition of `labels` (default: two) and an Orange Book of one drug."""
    write_release(files, list(labels or (EXAMPLIN, SAMPLEX)))
    sync(settings(home), books(files))
    return open_engine(settings(home))


@contextmanager
def running(engine: Engine, home: Path, limits: Limits = ROOMY, http: Any = "h11") -> Iterator[str]:
    """The address of a server of its own, until the block ends."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    app = create_app(engine, home, limits=limits, token=TOKEN)
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
