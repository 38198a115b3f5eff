"""The floor plan: the only file that knows the order of the rooms.

sync:  sources → passages → store
ask:   understand → find → write → check → Answer
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from drugchatter.check import Passed, check_claim
from drugchatter.errors import DataError, StoreError, UsageError
from drugchatter.find import Finder
from drugchatter.names import NameIndex
from drugchatter.protocols import Index, Writer
from drugchatter.settings import Settings, load_settings
from drugchatter.store.editions import current, publish
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.types import (
    Answer,
    AnswerSection,
    Claim,
    Document,
    Draft,
    Passage,
    Question,
    Reading,
    Record,
    Rejection,
    RowCitation,
    SetAside,
    Source,
    Statement,
    Step,
)
from drugchatter.understand import understand
from drugchatter.vocabulary import SECTIONS, section_label
from drugchatter.write.extractive import ExtractiveWriter

if TYPE_CHECKING:  # read only when protection is asked for
    from drugchatter.exclusivity.books import Books
    from drugchatter.exclusivity.protection import Protection

LONGEST_QUESTION = 4000

Progress = Callable[[str, int, int | None], None]


class Engine:
    """Answers questions from one edition, which it keeps until it is closed."""

    def __init__(self, index: Index, writer: Writer | None = None) -> None:
        self.index = index
        self.names = NameIndex(index)
        self._finder = Finder(index)
        self._writer = writer or ExtractiveWriter(index)
        self._books: Books | None = None

    def ask(self, question: Question | str) -> Answer:
        """Answer one question. Raises UsageError for an empty, over-long or binary question."""
        answer = None
        for step in self.stream(question):
            answer = step
        assert isinstance(answer, Answer)  # noqa: S101 - stream always ends with the answer
        return answer

    def cite(self, passage_id: str) -> Source | None:
        """The source that a passage id names, with the whole passage as its quotation; None when it is not held."""
        found = self.index.passage(passage_id)
        return _source(1, *found, found[0].text, self.index) if found else None

    def protection(self, name: str, listed: str | None = None) -> Protection | None:
        """What the rows of the Orange and Purple Books say about a drug's protection, as of the listings of edition
        `listed` (default: the newest loaded); None when no row names it.

        Raises StoreError when no books are loaded, UsageError when that edition is not.
        """
        books = self.books()
        if listed and listed not in books.listed:
            raise UsageError(
                f"no Orange Book listings of {listed!r} are loaded", f"loaded: {', '.join(sorted(books.listed))}"
            )
        return books.protection(name, listed)

    def books(self) -> Books:
        """The loaded Orange and Purple Books, read once. Raises StoreError when the edition holds none."""
        if self._books is None:
            self._books = _read_books(Path(self.index.edition.path).parent)
        return self._books

    def _protection_draft(self, reading: Reading) -> Draft | None:
        """The draft of a question about patents, exclusivity, generics or biosimilars; None where the books are not
        loaded or no row names the drug."""
        if reading.premise != "exclusivity" or not (Path(self.index.edition.path).parent / "books").is_dir():
            return None
        from drugchatter.write.protection import ProtectionWriter

        return ProtectionWriter(self.books(), datetime.now(UTC).date()).write(reading)

    def labels(self, name: str) -> list[dict[str, str | bool]]:
        """The labels held for the drugs that `name` names, other products of the same ingredient included: for each its
        identity, and whether and why it is the one that answers quote. Empty when no drug is named."""
        matches = self.names.find(name).matches
        drugs = {drug.id: drug for match in matches for drug in (match.drug, *match.siblings)}
        return [
            {
                "drug": drug.name,
                "document": document.title,
                "labeler": document.labeler,
                "set_id": document.set_id,
                "version": document.version,
                "date": document.effective_date.isoformat(),
                "source": document.source,
                "reference": document == drug.reference,
                "why": drug.why_reference,
            }
            for drug in drugs.values()
            for document in self.index.documents(drug.id)
        ]

    def stream(self, question: Question | str) -> Iterator[Step]:
        """Yield the Reading, the Evidence, each checked Statement, then the Answer that holds them all."""
        started = time.perf_counter()
        question = _admitted(Question(question) if isinstance(question, str) else question)
        reading = understand(question, self.names)
        yield reading
        draft = self._protection_draft(reading)
        evidence = draft.evidence if draft else self._finder.find(reading)
        yield evidence
        draft = draft or self._writer.write(evidence)
        desk = _Desk(self.index, draft)
        headline = desk.check(draft.headline)
        if headline:
            yield headline
        sections = []
        for section in draft.sections:
            statements = []
            for claim in section.claims:
                if statement := desk.check(claim):
                    statements.append(statement)
                    yield statement
            if statements:
                sections.append(AnswerSection(section.heading, tuple(statements)))
        yield desk.answer(headline, sections, (time.perf_counter() - started) * 1000)


def _read_books(edition: Path) -> Books:
    from drugchatter.exclusivity.books import index_books
    from drugchatter.sources.books import read_books
    from drugchatter.store.build import BOOKS

    files = read_books(edition / BOOKS) if (edition / BOOKS).is_dir() else None
    books = index_books(files.products, files.listings, files.biologics) if files else None
    if books is None:
        raise StoreError(
            f"the edition {edition.name} holds no Orange Book (products with patents and exclusivity)",
            "run `drugchatter sync --from DIR` on a folder that holds FDA's Orange Book files",
        )
    return books


def _admitted(question: Question) -> Question:
    text = question.text.strip()
    if not text:
        raise UsageError("the question is empty", 'ask something, for example: drugchatter ask "Kesimpta half-life?"')
    if len(text) > LONGEST_QUESTION:
        raise UsageError(
            f"the question has {len(text)} characters; {LONGEST_QUESTION} are the most", "ask one thing at a time"
        )
    control = sum(
        1
        for char in text
        if (ord(char) < 32 and char not in "\n\r\t") or char == "\ufffd" or 0xD800 <= ord(char) < 0xE000
    )
    if control > 0:
        raise UsageError("the question holds bytes that are not text", "send it as UTF-8 text")
    return Question(text, question.turns, question.as_of, question.plain)


class _Desk:
    """Checks claims of one draft and numbers their sources in the order of first use."""

    def __init__(self, index: Index, draft: Draft) -> None:
        self._index, self._draft = index, draft
        self._sources: list[Source] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self._rejected: list[Rejection] = []

    def check(self, claim: Claim | None) -> Statement | None:
        if claim is None:
            return None
        result = check_claim(claim, self._draft.evidence, self._index)
        if not isinstance(result, Passed):
            self._rejected.append(result)
            return None
        numbers = [
            self._number(passage, document, support.quote)
            for support, passage, document in zip(claim.supports, result.passages, result.documents, strict=False)
        ]
        if not claim.supports:
            numbers = [self._searched(claim)]
        return Statement(claim.text, tuple(dict.fromkeys(numbers)), claim.basis)

    def _number(self, passage: Passage, document: Document, quote: str) -> int:
        key = (passage.id, quote)
        if key not in self._numbers:
            number = self._numbers[key] = len(self._sources) + 1
            row = self._draft.evidence.row(passage.id)
            made = _row_source(number, row, self._index) if row else None
            self._sources.append(made or _source(number, passage, document, quote, self._index))
        return self._numbers[key]

    def _searched(self, claim: Claim) -> int:
        """The document whose search came back empty, as a source without a quotation."""
        key = (claim.drug_id, "")
        if key not in self._numbers:
            drug = self._index.drug(claim.drug_id)
            number = self._numbers[key] = len(self._sources) + 1
            self._sources.append(
                Source(
                    n=number,
                    passage_id="",
                    publisher=drug.reference.publisher,
                    document=drug.reference.title,
                    drug=drug.name,
                    set_id=drug.reference.set_id,
                    version=drug.reference.version,
                    section="searched without result",
                    loinc=None,
                    date=drug.reference.effective_date.isoformat(),
                    edition=self._index.edition.id,
                    url=_url(drug.reference),
                    quote="",
                    kind=drug.reference.kind,
                )
            )
        return self._numbers[key]

    def answer(self, headline: Statement | None, sections: list[AnswerSection], elapsed: float) -> Answer:
        draft, edition = self._draft, self._index.edition
        identity = f"{edition.id}\x1f{draft.evidence.reading.question.text}\x1f{draft.evidence.reading.question.turns}"
        return Answer(
            id=f"a_{hashlib.sha256(identity.encode()).hexdigest()[:16]}",
            draft=draft,
            headline=headline,
            sections=tuple(sections),
            sources=tuple(self._sources),
            notices=draft.notices,
            declined=draft.declined,
            related=draft.related,
            rejected=tuple(self._rejected),
            edition=edition,
            elapsed_ms=round(elapsed, 1),
        )


def _source(n: int, passage: Passage, document: Document, quote: str, index: Index) -> Source:
    name = SECTIONS.get(passage.field)
    table = passage.lines()[0] if passage.kind == "table" else None
    return Source(
        n=n,
        passage_id=passage.id,
        publisher=document.publisher,
        document=document.title,
        drug=index.drug(document.drug_id).name,
        set_id=document.set_id,
        version=document.version,
        section=section_label(passage.field, passage.heading),
        loinc=name.loinc if name else None,
        date=document.effective_date.isoformat(),
        edition=index.edition.id,
        url=_url(document),
        quote=quote,
        kind=document.kind,
        table=table,
        row=quote.split(" | ", maxsplit=1)[0] if table else None,
    )


def _row_source(n: int, row: RowCitation, index: Index) -> Source:
    """A row of the Orange or Purple Book as a source; the address is that Book's own page."""
    orange = row.document.source == "orange_book"
    return Source(
        n=n,
        passage_id=row.passage.id,
        publisher=row.document.publisher,
        document=row.document.title,
        drug=row.drug,
        set_id="",
        version=row.document.version,
        section=row.passage.heading,
        loinc=None,
        date=row.document.version,
        edition=index.edition.id,
        url="https://www.accessdata.fda.gov/scripts/cder/ob/" if orange else "https://purplebooksearch.fda.gov/",
        quote=row.passage.text,
        kind="row",
        table=row.passage.field,
        row=row.passage.heading,
    )


def _url(document: Document) -> str:
    """DailyMed's documented address of a label by set id."""
    return f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={document.set_id}"


# ------------------------------------------------------------------------------------------------------------ build


def open_engine(settings: Settings | None = None) -> Engine:
    """An engine on the current edition; on a fresh machine the starter edition is built first (about a second).

    Raises StoreError (unreadable, other version, not writable) with the way to mend it.
    """
    settings = settings or load_settings()
    edition_id = current(settings.editions)
    if edition_id is None:
        edition_id = build_starter(settings)
    return Engine(EmbeddedIndex(settings.editions / edition_id))


def build_starter(settings: Settings) -> str:
    """Build and publish the edition of the starter formulary; returns its id."""
    return _build(settings, _starter(), released="", label="starter")


def _starter() -> Iterator[tuple[Record, list[Passage]]]:
    from drugchatter.formulary import read_formulary
    from drugchatter.passages import split

    for record in read_formulary():
        yield record, list(split(record))


def _build(
    settings: Settings,
    loaded: Iterable[tuple[Record, list[Passage]]],
    released: str,
    label: str,
    kept: tuple[tuple[str, Path], ...] = (),
) -> str:
    from drugchatter.identity import load_synonyms
    from drugchatter.store.build import build_edition

    edition_id = build_edition(settings.editions, loaded, load_synonyms(), released=released, label=label, kept=kept)
    publish(settings.editions, edition_id)
    return edition_id


def sync(settings: Settings, folder: Path, progress: Progress | None = None) -> str:
    """Load the openFDA labels and the Orange and Purple Books found in `folder`, with the starter formulary beneath
    them; returns the edition's id.

    The old edition serves until the new one is complete. Raises DataError when the files are not what they claim.
    """
    from drugchatter.sources import openfda_label
    from drugchatter.sources.books import read_books

    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "give the folder that holds the publisher's files")
    places = [folder, *sorted(place for place in folder.iterdir() if place.is_dir())]
    labels = next((place for place in places if any(openfda_label.find_parts(place))), None)
    books = read_books(folder)
    if labels is None and books is None:
        raise DataError(
            f"no openFDA label files (drug-label-NNNN-of-NNNN.json.zip) and no Orange or Purple Book in {folder} "
            "or the folders in it",
            "download labels from https://open.fda.gov/apis/drug/label/download/",
        )
    released = openfda_label.export_date(labels) if labels else ""
    loaded = _all_loaded(labels, progress) if labels else _starter()
    return _build(settings, loaded, released, released or "labels", books.kept if books else ())


def _all_loaded(folder: Path, progress: Progress | None) -> Iterator[tuple[Record, list[Passage]]]:
    """The starter and every label of `folder`. Raises DataError for whatever would have to be set aside."""
    from drugchatter.sources.openfda_label import find_parts, verify
    from drugchatter.workers import split_all

    yield from _starter()
    parts, aside = find_parts(folder)
    total = sum(verify(part) for part in parts)
    missing = (one for one in aside if not one.harmless)
    for count, loaded in enumerate(chain(missing, split_all(parts)), 1):
        if isinstance(loaded, SetAside):
            place = f"{folder / loaded.file} {loaded.item}".strip()
            raise DataError(f"{place}: {loaded.reason}", "fetch the release again")
        if progress:
            progress("labels", count, total)
        yield loaded
