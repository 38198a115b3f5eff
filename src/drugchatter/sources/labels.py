"""What the two publishers of FDA's labels have in common: a title, and one label out of both.

openFDA's JSON is made from the very XML that DailyMed distributes (FDA/openfda, `spl_to_json.js`), so a set id and
version of both is one document: DailyMed's text has the structure, openFDA's `openfda` block facts of other registers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from drugchatter.text import words
from drugchatter.types import Record


def title(brand: str, generic: str, routes: Iterable[str]) -> str:
    """A label's title as shown: `ELIQUIS (apixaban), oral`."""
    same = words(brand) == words(generic)
    name = brand if same or not generic else f"{brand} ({generic.lower()})"
    given = ", ".join(route.lower() for route in routes)
    return f"{name}, {given}" if given else name


def merge(openfda: Record, dailymed: Record) -> Record:
    """One label out of both publishers' copies of it: DailyMed's sections, openFDA's facts, and what either lacks.

    The arguments may come in either order. Raises ValueError when they are not the same version of the same label, or
    not one of each publisher.
    """
    openfda, dailymed = sorted((openfda, dailymed), key=lambda record: record.source == "dailymed")
    if (openfda.set_id, openfda.version) != (dailymed.set_id, dailymed.version):
        raise ValueError(f"{openfda.set_id} v{openfda.version} is not {dailymed.set_id} v{dailymed.version}")
    if openfda.source == "dailymed" or dailymed.source != "dailymed":
        raise ValueError(f"{openfda.set_id}: both copies are from {openfda.source}")
    # Without the `openfda` block a record's names are only the first word of its product data.
    named = openfda if openfda.names else dailymed
    routes = once((*openfda.routes, *dailymed.routes))
    return replace(
        dailymed,
        title=title(named.brand, named.generic, routes),
        brand=named.brand,
        generic=named.generic,
        names=once((*openfda.names, *dailymed.names)),
        labeler=named.labeler or dailymed.labeler,
        application_numbers=once((*openfda.application_numbers, *dailymed.application_numbers)),
        routes=routes,
        pharm_classes=once((*openfda.pharm_classes, *dailymed.pharm_classes)),
        original_packager=named.original_packager,
        codes=tuple(sorted({*openfda.codes, *dailymed.codes})),
    )


def once(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, whatever its case, as it is written first."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.lower(), name)
    return tuple(found.values())
