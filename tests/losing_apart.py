"""Who loses listed protection in a year, worked out a second time straight from the publishers' files.

Written from the rules alone and importing nothing of ours, so that `drugchatter list --loses-protection` can be
compared with it to the name: `python tests/losing_apart.py FOLDER YEAR` prints (day, application, names).
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from collections import defaultdict
from datetime import date
from pathlib import Path

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# (application, names, last day)
Loser = tuple[str, tuple[str, ...], date]


def orange_day(text: str) -> date | None:
    if not text or text.startswith("Approved"):
        return None
    month, day, year = text.replace(",", "").split()
    return date(int(year), MONTHS.index(month) + 1, int(day))


def purple_day(text: str, latest: int) -> date | None:
    """Two-digit years up to `latest` are of this century."""
    if not text or text.startswith("Date"):
        return None
    day, month, year = text.split("-")
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) <= latest else 1900)
    return date(full, MONTHS.index(month) + 1, int(day))


def table(content: bytes) -> list[dict[str, str]]:
    head, *lines = content.decode("utf-8-sig").replace("\r\n", "\n").strip("\n").split("\n")
    return [dict(zip(head.split("~"), (cell.strip() for cell in line.split("~")), strict=True)) for line in lines]


def newest_files(folder: Path) -> dict[str, list[dict[str, str]]]:
    """The newest of each of the three files, zipped or loose; folders are named by their dates."""
    found: dict[str, list[dict[str, str]]] = {}
    for place in sorted(folder.iterdir()):
        for file in sorted(place.iterdir()):
            if file.suffix == ".zip":
                with zipfile.ZipFile(file) as archive:
                    for name in archive.namelist():
                        found[Path(name).name.lower()] = table(archive.read(name))
            elif file.suffix == ".txt":
                found[file.name] = table(file.read_bytes())
    return found


def drugs(folder: Path) -> list[Loser]:
    """Every NDA with something listed, with the last day of any of it."""
    files = newest_files(folder)
    names: dict[str, set[str]] = defaultdict(set)
    for row in files["products.txt"]:
        if row["Appl_Type"] == "N":
            names["N" + row["Appl_No"].zfill(6)].add(row["Trade_Name"])
    rows_of: dict[tuple[str, str, str], list[dict[str, str]]] = defaultdict(list)
    for row in files["patent.txt"]:
        number = row["Patent_No"].replace("*PED", "")
        rows_of["N" + row["Appl_No"].zfill(6), row["Product_No"].zfill(3), number].append(row)
    last: dict[str, date] = {}

    def extend(application: str, day: date | None) -> None:
        if day:
            last[application] = max(day, last.get(application, day))

    for (application, _, _), rows in rows_of.items():
        if any(row["Delist_Flag"] == "Y" for row in rows):
            continue
        pediatric = [row for row in rows if row["Patent_No"].endswith("*PED")]
        for row in pediatric or rows:
            extend(application, orange_day(row["Patent_Expire_Date_Text"]))
    for row in files["exclusivity.txt"]:
        if row["Appl_Type"] == "N" and row["Exclusivity_Code"] != "W":
            extend("N" + row["Appl_No"].zfill(6), orange_day(row["Exclusivity_Date"]))
    return [(application, tuple(sorted(names[application])), day) for application, day in last.items()]


def purple_rows(file: Path) -> list[dict[str, str]]:
    """The rows of all lists in the file; of two with the same key the later stands."""
    head: list[str] = []
    kept: dict[tuple[str, str, str], dict[str, str]] = {}
    for line in csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline="")):
        cells = [cell.strip().lstrip("\ufeff") for cell in line]
        if cells and cells[0] == "N/R/U":
            head = cells
        elif head and len(cells) == len(head):
            row = dict(zip(head, cells, strict=True))
            if row["BLA Number"].isdigit():
                kept[row["BLA Number"], row["Product Number"], row["BLA Type"]] = row
    return list(kept.values())


def biologics(file: Path) -> list[Loser]:
    """Every reference product with a twelve-year date: FDA's own, else the sponsor's first of the substance + 12."""
    rows = purple_rows(file)
    found = []
    for bla in {row["BLA Number"] for row in rows}:
        whole = [row for row in rows if row["BLA Number"] == bla]
        own = [row for row in whole if row["BLA Type"] == "351(a)"]
        if all("evoked" in row["Licensure"] for row in own):
            continue
        printed = [purple_day(row["Ref. Product Exclusivity Exp. Date"], 79) for row in whole]
        end = max((day for day in printed if day), default=None)
        born = len(bla) == 6 and (bla[:2] in ("10", "11", "12") or bla[:2] == "76")
        if end is None and born:
            first = []
            for name in {row["Proper Name"].lower() for row in whole}:
                sponsors = {row["Applicant"] for row in whole if row["Proper Name"].lower() == name}
                first += [
                    purple_day(row["Approval Date"], 26)
                    for row in rows
                    if row["BLA Type"] == "351(a)"
                    and row["Proper Name"].lower() == name
                    and (row["BLA Number"] == bla or row["Applicant"] in sponsors)
                ]
            start = min((day for day in first if day), default=None)
            # Twelve years after a 29 February there is one again, until 2088.
            end = start and start.replace(year=start.year + 12)
        if end:
            names = {row["Proprietary Name"] for row in own if row["Proprietary Name"]}
            found.append(("BLA" + bla, tuple(sorted(names)), end))
    return found


def losers(data: Path, year: int) -> list[Loser]:
    """All of both Books whose last day lies in `year`, by that day."""
    both = [*drugs(data / "orangebook"), *biologics(data / "purplebook" / "purplebook.csv")]
    return sorted((one for one in both if one[2].year == year), key=lambda one: (one[2], one[0]))


if __name__ == "__main__":
    for application, brands, day in losers(Path(sys.argv[1]), int(sys.argv[2])):
        print(day, application, " / ".join(brands), sep="\t")
