"""Whole-day events as an iCalendar file (RFC 5545), without a library: a few properties, folded and escaped.

Lines end in CRLF and are folded at 75 octets, never inside a character (section 3.1); text is escaped (3.3.11). The
same events give the same bytes: the stamp is the data's date, not the clock's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_OCTETS = 75
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that falls on a day; `uid` names it in every later version of the calendar."""

    uid: str
    day: date
    summary: str
    description: str


def as_calendar(name: str, events: Iterable[Event], stamp: date) -> str:
    """The calendar `name` of whole-day events as text; `stamp` is the day the data are of."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//DrugChatter//listed protection//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(event.uid)}",
            f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(event.summary)}",
            f"DESCRIPTION:{_escaped(event.description)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCALENDAR"))


def _escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and line ends escaped, other control characters left out."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return _CONTROLS.sub("", text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n"))


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, each piece but the first begun with a space."""
    pieces, piece, room = [], "", _OCTETS
    for char in line:
        size = len(char.encode("utf-8", "replace"))
        if size > room:
            pieces.append(piece)
            piece, room = "", _OCTETS - 1
        piece += char
        room -= size
    return "\r\n ".join([*pieces, piece])
