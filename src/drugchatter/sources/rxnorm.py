"""RxNorm: concepts and how they are related, from a release of the prescribable content or from kept answers of RxNav.

Formats. Release: NLM, "RxNorm Technical Documentation", 12.4 RXNCONSO.RRF and 12.7 RXNREL.RRF: `|` after every cell, no
header, no quoting, UTF-8; a line of RXNREL says that RXCUI2 has the relation RELA to RXCUI1. Only names and relations
of RxNorm itself (SAB RXNORM) that are not suppressed are loaded. RxNav: NLM, "RxNorm API", getAllRelatedInfo and
getRelatedByType: groups of concepts by term type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from drugchatter.errors import DataError
from drugchatter.rows import RowFile, RxConceptRow, RxRelationRow
from drugchatter.sources.archives import Archive, Member, json_items, open_archive, split_rows
from drugchatter.sources.row_files import Account, RowRelease, dated_name, member

SOURCE = "rxnorm"
RELATED = "related to"

_CONCEPTS, _RELATIONS = "RXNCONSO.RRF", "RXNREL.RRF"
# 18 and 16 columns, and an empty cell after the last separator.
_CONCEPT_CELLS, _RELATION_CELLS = 19, 17
_SYNONYMS = {"SY", "TMSY", "PSN", "ET"}
_RELEASE_DATE = re.compile(r"_(\d{2})(\d{2})(\d{4})(?!\d)")
_GROUPS = ("allRelatedGroup", "relatedGroup")
_MAX_ANSWER = 16 * 1024**2


def recognise(path: Path) -> bool:
    """Whether this is a zip with RxNorm's two tables, or one of RxNav's answers, each a JSON."""
    try:
        with open_archive(path) as archive:
            if member(archive, _CONCEPTS):
                return True
            answers = _members(archive)
            return bool(answers) and b'Group"' in archive.open(answers[0]).read(64)
    except DataError:
        return False


def edition_of(path: Path) -> str:
    """The day of a release, from the name of a file in it or of itself (`_MMDDYYYY`).

    RxNav's answers tell no day, neither in the JSON nor by their names: it is the date in the name of the file or its
    folder (YYYY-MM-DD), and where there is none, the newest day on which the zip says that one of them was written.
    Raises DataError when the zip is damaged.
    """
    with open_archive(path) as archive:
        names = [*(m.name for m in archive.members), path.name] if member(archive, _CONCEPTS) else []
    for name in names:
        if found := _release_date(name):
            return found
    if found := dated_name(path):
        return found
    # Only for the dates of its members, which nothing else depends on: the archive itself has been judged above.
    with ZipFile(path) as archive:
        return max(date(*info.date_time[:3]) for info in archive.infolist()).isoformat()


def read(path: Path) -> RowRelease:
    """Concepts and relations, as rows to be streamed. Raises DataError when the file is damaged or is neither."""
    account = Account(SOURCE)
    edition = edition_of(path)
    with open_archive(path) as archive:
        release = member(archive, _CONCEPTS)
        if release and not member(archive, _RELATIONS):
            raise archive.refused(f"holds {_CONCEPTS} without {_RELATIONS}")
        if not release and not _members(archive):
            raise archive.refused("holds neither a release of RxNorm nor answers of RxNav")
    concepts, relations = (
        (_release_concepts(path, account), _release_relations(path, account))
        if release
        else (_answered_concepts(path, account), _answered_relations(path, account))
    )
    files = (
        RowFile(SOURCE, "rxnorm/concepts", edition, RxConceptRow, concepts),
        RowFile(SOURCE, "rxnorm/relations", edition, RxRelationRow, relations),
    )
    return RowRelease(SOURCE, edition, files, account)


def _release_date(name: str) -> str | None:
    if not (match := _RELEASE_DATE.search(name)):
        return None
    try:
        return date(int(match[3]), int(match[1]), int(match[2])).isoformat()
    except ValueError:
        return None


def _is_rxcui(text: str) -> bool:
    return text.isascii() and text.isdigit()


# ------------------------------------------------------------------------------------------------------------- release


def _release_concepts(path: Path, account: Account) -> Iterator[RxConceptRow]:
    place = f"{path.name}/{_CONCEPTS}"
    with open_archive(path) as archive:
        for line, cells in _cells(archive, _CONCEPTS, place, _CONCEPT_CELLS, account):
            rxcui, name, tty, source, suppressed = cells[0], cells[14].strip(), cells[12], cells[11], cells[16]
            if source != "RXNORM":
                account.count(place, "a name of another source than RxNorm")
            elif suppressed != "N":
                account.count(place, "suppressed or obsolete")
            elif not _is_rxcui(rxcui) or not name or not tty:
                account.set_aside(place, f"line {line}", "no RxCUI, name or term type")
            elif not account.repeated(place, f"{rxcui}|{tty}|{name}"):
                account.load(place)
                yield RxConceptRow(rxcui, name, tty)


def _release_relations(path: Path, account: Account) -> Iterator[RxRelationRow]:
    """Relations between concepts; each stands in the file in both directions, under both names."""
    place = f"{path.name}/{_RELATIONS}"
    named = {row.rxcui: row for row in _release_concepts(path, Account(SOURCE)) if row.tty not in _SYNONYMS}
    with open_archive(path) as archive:
        for line, cells in _cells(archive, _RELATIONS, place, _RELATION_CELLS, account):
            other, concept, relation, source, suppressed = cells[0], cells[4], cells[7], cells[10], cells[14]
            if source != "RXNORM":
                account.count(place, "a relation of another source than RxNorm")
            elif cells[2] != "CUI" or cells[6] != "CUI":
                account.count(place, "relates single names, not concepts")
            elif suppressed not in {"N", ""}:
                account.count(place, "suppressed or obsolete")
            elif not relation:
                account.count(place, "names no relation")
            elif concept not in named or other not in named:
                account.set_aside(place, f"line {line}", f"one of its concepts is not in {_CONCEPTS}", harmless=True)
            elif not account.repeated(place, f"{concept}|{relation}|{other}"):
                account.load(place)
                yield _relation(named[concept], relation, named[other])


def _cells(archive: Archive, name: str, place: str, width: int, account: Account) -> Iterator[tuple[int, list[str]]]:
    found = member(archive, name)
    if not found:
        raise archive.refused(f"holds no {name}")
    with archive.open(found) as stream:
        for line, cells in split_rows(stream, place, "|"):
            if len(cells) == width:
                yield line, cells
            else:
                account.set_aside(place, f"line {line}", f"{len(cells) - 1} separators, {width - 1} expected")


def _relation(one: RxConceptRow, relation: str, other: RxConceptRow) -> RxRelationRow:
    return RxRelationRow(one.rxcui, one.name, one.tty, relation, other.rxcui, other.name, other.tty)


# --------------------------------------------------------------------------------------------------------------- RxNav


def _members(archive: Archive) -> list[Member]:
    return [m for m in archive.members if m.name.lower().endswith(".json")]


def _answered_concepts(path: Path, account: Account) -> Iterator[RxConceptRow]:
    """The distinct concepts of all answers; here every answer is accounted for."""
    seen: set[RxConceptRow] = set()
    for name, answer in _answers(path, account):
        try:
            concepts = _concepts(_group(answer))
        except ValueError as error:
            account.set_aside(path.name, name, str(error))
            continue
        if not concepts:
            account.count(path.name, "an answer without concepts: carries nothing that can be cited")
            continue
        account.load(path.name)
        yield from (row for row in concepts if row not in seen)
        seen.update(concepts)


def _answered_relations(path: Path, account: Account) -> Iterator[RxRelationRow]:
    """What is related to the concept that was asked for, as `_asked` finds it."""
    seen: set[tuple[str, str]] = set()
    for name, answer in _answers(path, Account(SOURCE)):
        try:
            group = _group(answer)
            concepts = _concepts(group)
        except ValueError:
            continue  # set aside by `_answered_concepts`
        if not concepts:
            continue
        if not (asked := _asked(group, concepts)):
            account.note(
                path.name, name, "does not tell which concept was asked for: its concepts are loaded, no relation"
            )
            continue
        for row in concepts:
            if row.rxcui != asked.rxcui and (asked.rxcui, row.rxcui) not in seen:
                seen.add((asked.rxcui, row.rxcui))
                yield _relation(asked, RELATED, row)


def _answers(path: Path, account: Account) -> Iterator[tuple[str, Any]]:
    """(member's name, JSON) of each answer; one that is no JSON is set aside."""
    with open_archive(path) as archive:
        for found in _members(archive):
            stream = BytesIO(archive.read(found, _MAX_ANSWER))
            try:
                yield found.name, next(json_items(stream, "", f"{path.name}/{found.name}"))
            except DataError as error:
                account.set_aside(path.name, found.name, error.message)


def _group(answer: Any) -> dict[str, Any]:
    """The group of related concepts in an answer; empty for `idGroup`, which gives an RxCUI without the name it is for.

    Raises ValueError for an answer of another shape.
    """
    if not isinstance(answer, dict):
        raise ValueError("not an answer of RxNav")
    for key in _GROUPS:
        if isinstance(group := answer.get(key), dict):
            return group
    if "idGroup" in answer:
        return {}
    raise ValueError(f"an answer of a kind that is not read: {', '.join(sorted(answer))[:80]}")


def _concepts(group: dict[str, Any]) -> list[RxConceptRow]:
    """The concepts of a group in its order. Raises ValueError when one lacks its RxCUI, name or term type."""
    try:
        listed = [found for kind in group.get("conceptGroup") or () for found in kind.get("conceptProperties") or ()]
        return [_concept(found["rxcui"], found["name"], found["tty"]) for found in listed]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("a concept in it lacks its RxCUI, name or term type") from error


def _concept(rxcui: Any, name: Any, tty: Any) -> RxConceptRow:
    if not all(isinstance(value, str) and value and "\0" not in value for value in (rxcui, name, tty)):
        raise TypeError
    if not _is_rxcui(rxcui):
        raise TypeError
    return RxConceptRow(rxcui, name, tty)


def _asked(group: dict[str, Any], concepts: list[RxConceptRow]) -> RxConceptRow | None:
    """The concept to which all others are related: the one whose RxCUI the answer prints, or, where it prints
    none, its only ingredient: RxNav lists the ingredients of whatever was asked for, and all else shares them."""
    if isinstance(rxcui := group.get("rxcui"), str) and rxcui:
        return next((row for row in concepts if row.rxcui == rxcui), RxConceptRow(rxcui, "", ""))
    ingredients = [row for row in concepts if row.tty == "IN"]
    return ingredients[0] if len(ingredients) == 1 else None
