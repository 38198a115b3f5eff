"""The floor plan of an answer: understand → find → write → check → Answer.

This file and `sync`, the floor plan of the build, are the only ones that know the order of the rooms.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from drugchatter.check import Passed, check_claim
from drugchatter.codes import AskedCode, asks_only, named_as, read_code
from drugchatter.errors import StoreError, UsageError
from drugchatter.find import Finder
from drugchatter.names import NameIndex
from drugchatter.protocols import Index, Writer
from drugchatter.row_citations import PUBLISHERS, row_id
from drugchatter.sets import Criterion, Says, World, find_set
from drugchatter.sets.reading import NotASet, SetQuestion, read_set
from drugchatter.settings import Settings, load_settings
from drugchatter.store.as_of import AsOfIndex
from drugchatter.types import (
    Answer,
    AnswerSection,
    Claim,
    Declined,
    Document,
    Draft,
    Drug,
    DrugMatch,
    Evidence,
    Notice,
    Opening,
    Passage,
    Question,
    Reading,
    Rejection,
    RowCitation,
    Source,
    Stated,
    Statement,
    Step,
)
from drugchatter.understand import understand
from drugchatter.vocabulary import SECTIONS, section_label
from drugchatter.write.codes import drug_of, write_code
from drugchatter.write.extractive import ExtractiveWriter
from drugchatter.write.records import topic_of, write_records
from drugchatter.write.sets import not_a_set, write_set

if TYPE_CHECKING:  # read only when they are asked for
    from drugchatter.exclusivity.books import Books
    from drugchatter.exclusivity.protection import Protection
    from drugchatter.history import Comparison, LabelVersion
    from drugchatter.profile import Profile, ProtectionLine

LONGEST_QUESTION = 4000

# Given the names that a question wants and the index lacks.
Missing = Callable[[tuple[str, ...]], tuple[Index | None, Notice | None]]


@dataclass(frozen=True, slots=True)
class _Room:
    """What one question is answered with, from the first step to the last."""

    index: Index
    names: NameIndex
    finder: Finder
    writer: Writer
    world: World


def _furnish(index: Index, writer: Writer | None = None, names: NameIndex | None = None) -> _Room:
    return _Room(index, names or NameIndex(index), Finder(index), writer or ExtractiveWriter(index), World(index))


class Engine:
    """Answers questions from one edition, which it keeps until it is closed.

    `missing` is asked when a question names a drug that the index lacks: it may fetch the label, and gives back the
    index that then holds it with the notice to show, or None and a notice why not.
    """

    def __init__(self, index: Index, writer: Writer | None = None, missing: Missing | None = None) -> None:
        self._own_writer, self._missing = writer, missing
        self._room = _furnish(index, writer)
        self._books: Books | None = None

    def close(self) -> None:
        """Give the edition back; nothing can be asked afterwards."""
        self._room.index.close()

    @property
    def index(self) -> Index:
        return self._room.index

    @property
    def names(self) -> NameIndex:
        return self._room.names

    @property
    def world(self) -> World:
        """What set questions and lists are asked of."""
        return self._room.world

    def ask(self, question: Question | str) -> Answer:
        """Answer one question. Raises UsageError for an empty, over-long or binary question."""
        answer = None
        for step in self.stream(question):
            answer = step
        assert isinstance(answer, Answer)  # noqa: S101 - stream always ends with the answer
        return answer

    def stream(self, question: Question | str) -> Iterator[Step]:
        """Yield the Reading, the Evidence, the Opening, each statement that is checked, then the Answer that holds them
        all."""
        started = time.perf_counter()
        question = _admitted(Question(question) if isinstance(question, str) else question)
        room, reading, notices = self._read(question)
        room, reading, refused = _on_the_day(room, reading)
        yield reading
        draft = self._drafted(room, reading, refused)
        yield draft.evidence
        draft = replace(draft, notices=(*draft.notices, *notices, *_dated(room, reading)))
        yield Opening(draft.notices, draft.declined)
        desk = _Desk(room.index, draft)
        shown = []
        for stated in desk.checked():
            shown.append(stated)
            yield stated
        yield desk.answer(shown, (time.perf_counter() - started) * 1000)

    def _read(self, question: Question) -> tuple[_Room, Reading, tuple[Notice, ...]]:
        """The question as understood, after a drug that the index lacks has been fetched where that is possible."""
        room = self._room
        reading = understand(question, room.names)
        if special := _special(room, reading):
            return room, special, ()
        if named := _by_code(room, reading):
            return room, *named
        # Someone in danger is not kept waiting for a look-up.
        if self._missing is None or reading.drugs or reading.safety or not (wanted := _lacking(reading)):
            return room, reading, ()
        index, notice = self._missing(wanted)
        if index is not None:
            room = self._room = _furnish(index, self._own_writer)
            reading = understand(question, room.names)
        return room, reading, (notice,) if notice else ()

    def _drafted(self, room: _Room, reading: Reading, refused: Declined | None) -> Draft:
        if refused:
            return Draft(Evidence(reading, (), ()), None, (), (), refused, ())
        if code := _code_of(reading):
            return write_code(reading, code, room.world)
        if asked := _set_of(room, reading):
            if isinstance(asked, NotASet):
                return not_a_set(reading, asked.left)
            return write_set(reading, find_set(room.world, asked.criteria), room.world, asked.counted)
        if reading.premise == "exclusivity" and (draft := self._protection_draft(reading)):
            return draft
        if (topic := topic_of(reading)) and (draft := write_records(reading, topic, room.index)):
            return draft
        return room.writer.write(room.finder.find(reading))

    # ------------------------------------------------------------------------------------ what the index holds

    def cite(self, passage_id: str) -> Source | None:
        """The source that a passage id names, with the whole passage as its quotation; None when it is not held."""
        if found := self.index.passage(passage_id) or self.index.passage(row_id(passage_id)):
            return _source(1, *found, found[0].text, self.index)
        row = self._cited_row(passage_id)
        return _row_source(1, row, self.index) if row else None

    def _cited_row(self, passage_id: str) -> RowCitation | None:
        """A loaded row, or several rows of the books that answers cite as one."""
        from drugchatter.exclusivity.books import holds_books
        from drugchatter.exclusivity.citations import find_citation
        from drugchatter.row_citations import cite_placed

        own = row_id(passage_id)
        if placed := self.index.row(own):
            return cite_placed(placed)
        return find_citation(own, self.books()) if holds_books(self.index) else None

    def profile(self, name: str) -> Profile | None:
        """What all loaded sources say of the drug that `name` names, each fact with its citation; None when no label of
        it is held."""
        from drugchatter.profile import profile

        if not (matches := self.names.find(name).matches):
            return None
        return profile(self.index, matches[0], self._protection_line(matches[0]))

    def _protection_line(self, match: DrugMatch) -> ProtectionLine | None:
        """The headline that a question about the drug's protection gets, if it passes its checks."""
        from drugchatter.profile import ProtectionLine

        reading = Reading(Question(match.matched), "computed", (), (match,))
        draft = self._protection_draft(reading)
        if draft is None or draft.headline is None:
            return None
        if not isinstance(check_claim(draft.headline, draft.evidence, self.index), Passed):
            return None
        rows = (draft.evidence.row(support.passage_id) for support in draft.headline.supports)
        return ProtectionLine(draft.headline.text, tuple(row for row in rows if row))

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
            found = self._read_books()
            if found is None:
                raise StoreError(
                    f"the edition {self.index.edition.id} holds no Orange Book (products with patents and exclusivity)",
                    "`drugchatter sync orange_book` loads it, or `drugchatter sync --from DIR` from FDA's files",
                )
            self._books = found
        return self._books

    def _read_books(self, day: date | None = None) -> Books | None:
        """The Orange and Purple Books, as far as they told by `day`; None when the edition holds none."""
        from drugchatter.exclusivity.books import read_books
        from drugchatter.formulary.starter_books import among_starter

        found = read_books(self.index, day)
        return among_starter(found, self.index) if found else None

    def _protection_draft(self, reading: Reading) -> Draft | None:
        """The draft of a question about patents, exclusivity, generics or biosimilars; None where the books are not
        loaded or no row names the drug."""
        from drugchatter.exclusivity.books import holds_books

        day = reading.question.as_of
        if day is None:
            if not holds_books(self.index):
                return None
            return _written(self.books(), datetime.now(UTC).date(), reading)
        books = self._read_books(day)
        if books is None:
            no = (
                f"No Orange Book listings of {day.isoformat()} or earlier are loaded, so this is not answered for then."
            )
            return Draft(Evidence(reading, (), ()), None, (), (), Declined("not_in_sources", no), ())
        return _written(books, day, reading)

    def labels(self, name: str) -> list[dict[str, str | bool]]:
        """The labels held for the drugs that `name` names, other products of the same ingredient included: for each its
        identity, and whether and why it is the one that answers quote. Empty when no drug is named."""
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
            for drug in self.drugs(name)
            for document in self.index.documents(drug.id)
        ]

    def history(self, name: str) -> tuple[Drug, tuple[Comparison, ...]] | None:
        """What changed between the versions held of the label that answers for the drug that `name` names, oldest
        first; None when no drug is named."""
        from drugchatter.history import timeline

        if not (drugs := self.drugs(name)):
            return None
        drug = drugs[0]
        versions = [self.label_version(document) for document in self.index.versions(drug.reference.set_id)]
        return drug, timeline(versions, self.names.drug_words)

    def label_version(self, document: Document) -> LabelVersion:
        """A held version of a label, ready to be compared with another."""
        from drugchatter.history import LabelVersion

        passages = self.index.version_passages(document.set_id, document.version)
        return LabelVersion(document.version, document.effective_date, passages)

    def drugs(self, name: str) -> list[Drug]:
        """The drugs that `name` names, other products of the same ingredient after them; empty when none is."""
        matches = self.names.find(name).matches
        return list({drug.id: drug for match in matches for drug in (match.drug, *match.siblings)}.values())


def _written(books: Books, today: date, reading: Reading) -> Draft | None:
    """What the books say; with a notice where they hold the starter's rows only."""
    from drugchatter.formulary.starter_books import StarterBooks
    from drugchatter.write.protection import ProtectionWriter

    draft = ProtectionWriter(books, today).write(reading)
    if draft is None or not isinstance(books, StarterBooks):
        return draft
    notice = books.notice({row.document.source for row in draft.evidence.rows})
    return replace(draft, notices=(*draft.notices, notice)) if notice else draft


def _special(room: _Room, reading: Reading) -> Reading | None:
    """The reading of a question about a code, or over all drugs; None when it is about a drug, or about a danger."""
    if _code_of(reading):
        return replace(reading, kind="identity", drugs=(), premise=None)
    return replace(reading, kind="list", drugs=(), premise=None) if _set_of(room, reading) else None


def _by_code(room: _Room, reading: Reading) -> tuple[Reading, tuple[Notice, ...]] | None:
    """The reading of a question that names its drug by a code of a loaded label, with the notice that says so."""
    question = reading.question
    code = read_code(question.text)
    if reading.drugs or not code or not (name := drug_of(code, room.world)):
        return None
    read = understand(replace(question, text=named_as(code, question.text, name)), room.names)
    told = Notice("reading", f"“{code.said}” was read as {name}, which it stands for.")
    return (replace(read, question=question), (told,)) if read.drugs else None


def _code_of(reading: Reading) -> AskedCode | None:
    """The code that a question asks about, and about nothing else."""
    if reading.safety in ("self_harm", "misuse", "overdose") or reading.question.as_of:
        return None
    code = read_code(reading.question.text)
    return code if code and asks_only(code) else None


def _set_of(room: _Room, reading: Reading) -> SetQuestion | NotASet | None:
    """The set that a question asks for; what it says instead, unless that is a drug, which then answers."""
    if reading.safety or reading.premise == "exclusivity":
        return None
    named = bool(reading.drugs or reading.known_elsewhere)
    asked = read_set(reading.question.text, room.world, named)
    elsewhere = named or reading.question.turns
    if isinstance(asked, SetQuestion) and _is_topic(reading, asked.criteria):
        return None
    if reading.kind == "list":
        return asked or NotASet(reading.question.text.strip(" ?!."))
    return None if isinstance(asked, NotASet) and elsewhere else asked


def _is_topic(reading: Reading, criteria: tuple[Criterion, ...]) -> bool:
    """Whether a drug that the question names stands where a criterion has a condition: it is then about that drug."""
    names = [match.matched for match in reading.drugs] + [said for said, _ in reading.known_elsewhere]
    topics = [c.topic for c in criteria if isinstance(c, Says) and c.section != "interaction"]
    return any(name.lower() in topic for name in names for topic in topics)


# More unknown words than a question has drugs.
_MOST_LACKING = 2


def _lacking(reading: Reading) -> tuple[str, ...]:
    """The names to look for elsewhere: those known to be drugs with their generic name, else the unknown words."""
    if reading.known_elsewhere:
        return tuple(dict.fromkeys(name for pair in reading.known_elsewhere for name in pair))
    return reading.unknown if len(reading.unknown) <= _MOST_LACKING else ()


def _on_the_day(room: _Room, reading: Reading) -> tuple[_Room, Reading, Declined | None]:
    """The room and the reading as of the day that was asked for; a refusal where nothing of that day is held."""
    day = reading.question.as_of
    if day is None or reading.premise == "exclusivity":
        return room, reading, None
    index = AsOfIndex(room.index, day)
    when = day.isoformat()
    if reading.kind == "list":
        return room, reading, Declined("not_in_sources", f"Lists over all labels as of {when} are not held.")
    for match in reading.drugs:
        versions = room.index.versions(match.drug.reference.set_id)
        if not index.documents(match.drug.id):
            first = min((d.effective_date.isoformat() for d in versions), default="")
            held = f"the earliest that is held is of {first}" if first else "only today's summary is held"
            text = f"No label of {match.drug.name} that was in force on {when} is held; {held}."
            return room, reading, Declined("not_in_sources", text)
    reading = replace(reading, drugs=tuple(index.matched(match) for match in reading.drugs))
    return _furnish(index, names=room.names), reading, None


def _dated(room: _Room, reading: Reading) -> tuple[Notice, ...]:
    """What an answer as of a past day has to say of its documents."""
    if not isinstance(room.index, AsOfIndex):
        return ()
    notices = []
    for match in reading.drugs:
        held = room.index.in_force(match.drug.reference.set_id)
        if held is None:
            continue
        since = f"version {held.document.version} of {held.document.effective_date.isoformat()}"
        text = f"As of {room.index.day.isoformat()}, from the label of {match.drug.name} then in force, {since}."
        if not held.sure and held.next:
            text = (
                f"As of {room.index.day.isoformat()}, the last label of {match.drug.name} that is held is {since}. "
                f"Versions between it and version {held.next.version} of {held.next.effective_date.isoformat()} are "
                "not held; one of them may have been in force."
            )
        notices.append(Notice("stale", text))
    return tuple(notices)


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

    def checked(self) -> Iterator[Stated]:
        """What passes the checks, the headline first; a section of which nothing passes is none."""
        if self._draft.headline and (headline := self._stated(self._draft.headline, None, "")):
            yield headline
        number = 0
        for section in self._draft.sections:
            shown = False
            for claim in section.claims:
                if stated := self._stated(claim, number, section.heading):
                    shown = True
                    yield stated
            number += shown

    def _stated(self, claim: Claim, section: int | None, heading: str) -> Stated | None:
        known = len(self._sources)
        statement = self._check(claim)
        return Stated(statement, section, heading, tuple(self._sources[known:])) if statement else None

    def _check(self, claim: Claim) -> Statement | None:
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

    def answer(self, shown: list[Stated], elapsed: float) -> Answer:
        """All that was shown as one value."""
        draft, edition = self._draft, self._index.edition
        parts = groupby(shown, key=lambda stated: (stated.section, stated.heading))
        statements = {place: tuple(stated.statement for stated in part) for place, part in parts}
        (headline,) = statements.pop((None, ""), (None,))
        identity = f"{edition.id}\x1f{draft.evidence.reading.question.text}\x1f{draft.evidence.reading.question.turns}"
        return Answer(
            id=f"a_{hashlib.sha256(identity.encode()).hexdigest()[:16]}",
            draft=draft,
            headline=headline,
            sections=tuple(AnswerSection(heading, part) for (_, heading), part in statements.items()),
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
        edition=index.edition_of(document).id,
        url=_url(document),
        quote=quote,
        kind=document.kind,
        table=table,
        row=quote.split(" | ", maxsplit=1)[0] if table else None,
    )


def _row_source(n: int, row: RowCitation, index: Index) -> Source:
    """A row as a source; the address is the page on which its publisher lets readers look such rows up. So also words
    of a label with what was counted from them."""
    if row.document.source not in PUBLISHERS:
        return _source(n, row.passage, row.document, row.passage.text, index)
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
        url=PUBLISHERS[row.document.source].page,
        quote=row.passage.text,
        kind="row",
        table=row.passage.field,
        row=row.passage.heading,
    )


def _url(document: Document) -> str:
    """DailyMed's documented address of a label by set id."""
    return f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={document.set_id}"


# ------------------------------------------------------------------------------------------------------- start here


def open_engine(settings: Settings | None = None, own_first: bool = False) -> Engine:
    """An engine on the current edition, with fetched labels and a reader's own files over it; on a fresh machine the
    starter edition is built first (about a second). `own_first`: a name means the reader's own file where there is one.

    Raises StoreError (unreadable, other version, not writable) with the way to mend it.
    """
    from drugchatter.on_demand import OnDemand
    from drugchatter.sync import ensure_edition, open_index

    settings = settings or load_settings()
    ensure_edition(settings)
    return Engine(open_index(settings, own_first), missing=OnDemand(settings, own_first))
