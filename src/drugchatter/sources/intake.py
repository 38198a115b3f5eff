"""Which files of a folder are whose, and everything in them as one stream.

A file is recognised by its name and content, wherever in the folder it lies. What cannot be read is set aside with its
reason, and its neighbours load; what nobody recognises is named too, so that nothing is lost in silence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from drugchatter.errors import DataError
from drugchatter.rows import Row
from drugchatter.sources import (
    dailymed,
    drugs_at_fda,
    enforcement,
    ndc,
    openfda_label,
    orange_book,
    purple_book,
    rxnorm,
    shortages,
)
from drugchatter.sources.archives import open_archive
from drugchatter.sources.download import digest_of
from drugchatter.sources.row_files import RowRelease
from drugchatter.types import Origin, Record, SetAside

Item = Origin | SetAside | Record | Row

# Folders of folders: a mirror has one a publisher, and one a vintage in it.
_DEEPEST = 4
LABELS = frozenset({openfda_label.SOURCE, dailymed.SOURCE})


@dataclass(frozen=True, slots=True)
class PublisherFile:
    """A recognised file, or the files that make one release together.

    `edition` is its date (YYYY-MM-DD, empty when only its rows tell it); `records` the labels its publisher promises;
    `past` marks a file of a label's earlier versions, which does not say that the label is still listed.
    """

    source: str
    files: tuple[Path, ...]
    edition: str = ""
    records: int | None = None
    past: bool = False

    @property
    def name(self) -> str:
        return self.files[0].name


@dataclass(frozen=True, slots=True)
class Survey:
    """What a folder holds, in the order in which it loads; `aside` is what will not be loaded."""

    folder: Path
    files: tuple[PublisherFile, ...]
    aside: tuple[SetAside, ...]

    @property
    def sources(self) -> frozenset[str]:
        return frozenset(file.source for file in self.files)

    @property
    def released(self) -> str:
        """The labels' own release date, as far as a file tells it."""
        return max((file.edition for file in self.files if file.source == openfda_label.SOURCE), default="")

    @property
    def labels(self) -> int | None:
        """How many labels the publishers promise, where all of them do."""
        promised = [file.records for file in self.files if file.source in LABELS]
        return sum(n for n in promised if n) if promised and all(promised) else None

    def digest(self, salt: str) -> str:
        """A hash over the files' contents, whatever their order."""
        found = sorted(f"{file.source}\x1f{_sha256(path)}" for file in self.files for path in file.files)
        return hashlib.sha256("\n".join([salt, *found, *sorted(map(repr, self.aside))]).encode()).hexdigest()

    def items(self) -> Iterator[Item]:
        """Everything in the files, an Origin before what comes from each; then what was set aside."""
        for file in self.files:
            try:
                yield from _read(file)
            except DataError as error:
                yield SetAside(file.source, file.name, "", error.message)
        yield from self.aside


def survey(folder: Path, sources: Iterable[str] = ()) -> Survey:
    """Look through `folder` for files of `sources` (all when none is named).

    Of a publisher's releases the newest counts, except where earlier ones stay worth reading (the Orange Book).
    """
    wanted = frozenset(sources)
    aside: list[SetAside] = []
    found = [
        file for place in _folders(folder) for file in _recognised(place, aside) if not wanted or file.source in wanted
    ]
    files = sorted(_newest(found, aside), key=lambda file: (file.past, file.source, file.name))
    return Survey(folder, tuple(files), tuple(aside))


def verified(found: Survey) -> Survey:
    """The survey without the files of labels that are not whole: what shows only at a file's end must not leave half of
    it loaded."""
    aside = list(found.aside)
    files = tuple(file for file in found.files if _verified(file, aside))
    return replace(found, files=files, aside=tuple(aside))


def _folders(folder: Path, depth: int = _DEEPEST) -> Iterator[Path]:
    yield folder
    if depth:
        # Folders that start with a dot are the program's own: what is being fetched.
        for inner in sorted(p for p in folder.iterdir() if p.is_dir() and not p.is_symlink() and p.name[0] != "."):
            yield from _folders(inner, depth - 1)


def _sha256(path: Path) -> str:
    """Hash of a file; one that was fetched has it noted beside it."""
    if noted := digest_of(path):
        return noted
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# ------------------------------------------------------------------------------------------------------ recognising


def _recognised(place: Path, aside: list[SetAside]) -> Iterator[PublisherFile]:
    """The publishers' files in one folder; a file that is nobody's is set aside by name."""
    if loose := orange_book.loose_files(place):
        yield PublisherFile(orange_book.SOURCE, loose)
    yield from _label_parts(place, aside)
    for path in sorted(p for p in place.iterdir() if p.is_file() and p not in loose):
        if path.name == openfda_label.INDEX or path.suffix in _OURS or path.name[0] == ".":
            continue
        source = next((source for source, recognise in _RECOGNISE.items() if recognise(path)), None)
        if source is None:
            aside.append(_nobodys(path))
        elif source != openfda_label.SOURCE:
            yield PublisherFile(source, (path,))


def _nobodys(path: Path) -> SetAside:
    """A file that no publisher's reader knows: a fault if it is a zip that cannot be opened, for then it may be one."""
    if path.suffix.lower() == ".zip":
        try:
            open_archive(path).close()
        except DataError as error:
            return SetAside("", path.name, "", error.message)
    return SetAside("", path.name, "", "is no publisher's file that is known here", harmless=True)


def _label_parts(place: Path, aside: list[SetAside]) -> Iterator[PublisherFile]:
    """openFDA's labels in a folder; where download.json stands beside them, only what it names, and all of it."""
    try:
        released = openfda_label.export_date(place)
        parts, missing = openfda_label.find_parts(place)
    except DataError as error:
        # openFDA's other releases come with an index of the same name.
        if any(openfda_label.recognise(path) for path in place.iterdir() if path.name != openfda_label.INDEX):
            aside.append(SetAside(openfda_label.SOURCE, openfda_label.INDEX, "", error.message))
        return
    aside.extend(missing)
    for part in parts:
        if not part.path.is_file():
            aside.append(SetAside(openfda_label.SOURCE, part.path.name, "", "is not a file"))
            continue
        edition = released if part.records is not None else ""
        past = _holds_versions(part.path)
        yield PublisherFile(openfda_label.SOURCE, (part.path,), edition, part.records, past)


def _holds_versions(path: Path) -> bool:
    try:
        return openfda_label.holds_versions(path)
    except DataError:
        return False  # its damage is told when it is verified


# Publishers whose releases are tables, each of which replaces the one before it.
_OF_ROWS = {module.SOURCE: module for module in (drugs_at_fda, ndc, shortages, enforcement, rxnorm)}
# The program's own notes beside what it fetched, and what a download has not finished.
_OURS = frozenset({".part", ".plain", ".origin", ".next"})
_RECOGNISE: dict[str, Callable[[Path], bool]] = {
    openfda_label.SOURCE: openfda_label.recognise,
    dailymed.SOURCE: dailymed.recognise,
    orange_book.SOURCE: orange_book.recognise,
    purple_book.SOURCE: purple_book.recognise,
    **{source: publisher.recognise for source, publisher in _OF_ROWS.items()},
}


SOURCES = tuple(_RECOGNISE)


def _newest(found: list[PublisherFile], aside: list[SetAside]) -> Iterator[PublisherFile]:
    """Of the publishers whose release replaces the one before it, only the newest; the others are set aside."""
    for source in dict.fromkeys(file.source for file in found):
        of_source = [file for file in found if file.source == source]
        edition_of = _EDITION_OF.get(source)
        if edition_of is None or len(of_source) == 1:
            yield from of_source
            continue
        dated = []
        for file in of_source:
            try:
                dated.append((edition_of(file.files[0]), file))
            except DataError as error:
                aside.append(SetAside(source, file.name, "", error.message))
        if not dated:
            continue
        newest = max(dated, key=lambda pair: (pair[0], pair[1].name))
        for edition, file in dated:
            if file is newest[1]:
                yield file
            else:
                why = f"is of {edition}; the release of {newest[0]} is loaded"
                aside.append(SetAside(source, file.name, "", why, harmless=True))


_EDITION_OF: dict[str, Callable[[Path], str]] = {
    purple_book.SOURCE: lambda path: purple_book.read_purple_book(path).edition,
    **{source: publisher.edition_of for source, publisher in _OF_ROWS.items()},
}


def _verified(file: PublisherFile, aside: list[SetAside]) -> bool:
    if file.source != openfda_label.SOURCE:
        return True
    try:
        openfda_label.verify(openfda_label.Part(file.files[0], file.records))
    except DataError as error:
        aside.append(SetAside(file.source, file.name, "", error.message))
        return False
    return True


# ------------------------------------------------------------------------------------------------------------ reading


def _read(file: PublisherFile) -> Iterator[Item]:
    digest = _digest(file)
    if file.source == openfda_label.SOURCE:
        yield Origin(file.source, file.name, file.edition, digest, file.past)
        yield from openfda_label.read_part(openfda_label.Part(file.files[0], file.records))
    elif file.source == dailymed.SOURCE:
        yield Origin(file.source, file.name, file.edition, digest)
        yield from dailymed.read_file(file.files[0])
    elif file.source == orange_book.SOURCE:
        yield from _orange(file, digest)
    elif file.source == purple_book.SOURCE:
        book = purple_book.read_purple_book(file.files[0])
        yield Origin(file.source, "purplebook.csv", book.edition, digest)
        yield from book.rows
    else:
        yield from _rows(_OF_ROWS[file.source].read(file.files[0]), digest)


def _rows(release: RowRelease, digest: str) -> Iterator[Item]:
    """The tables of a release one after another, then what of them was not loaded."""
    for table in release.files:
        yield Origin(release.source, table.file, release.edition, digest)
        yield from table.rows
    yield from release.account.report()


def _orange(file: PublisherFile, digest: str) -> Iterator[Item]:
    place = file.files[0] if file.files[0].suffix.lower() == ".zip" else file.files[0].parent
    release = orange_book.read_release(place)
    if release.products:
        yield Origin(file.source, orange_book.PRODUCTS, release.edition, digest)
        yield from release.products.rows
    if release.listings:
        yield Origin(file.source, orange_book.PATENTS, release.edition, digest)
        yield from release.listings.patents
        yield Origin(file.source, orange_book.EXCLUSIVITIES, release.edition, digest)
        yield from release.listings.exclusivities


def _digest(file: PublisherFile) -> str:
    if len(file.files) == 1:
        return _sha256(file.files[0])
    return hashlib.sha256("".join(_sha256(path) for path in file.files).encode()).hexdigest()


def read_labels(path: Path) -> Iterator[Record | SetAside]:
    """The labels in a reader's own file: SPL XML or its zip, openFDA JSON or its zip."""
    if openfda_label.recognise(path):
        try:
            yield from openfda_label.read_part(openfda_label.Part(path, None))
        except DataError as error:
            yield SetAside(openfda_label.SOURCE, path.name, "", error.message)
    elif dailymed.recognise(path):
        yield from dailymed.read_file(path)
    else:
        yield SetAside("", path.name, "", "is no label file that is known here")
