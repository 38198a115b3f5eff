"""Screenshots of the page for the docs: `python tools/screenshots.py [FOLDER]`. Of the starter edition, whose words are
ours, in a home of its own; what the starter lacks (versions of labels, submissions, tables of rates) is shown of the
invented drug of the tests.

Needs Chromium (Debian's, or the one that DRUGCHATTER_CHROMIUM names).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

_FLAGS = "--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update".split()
Shot = tuple[str, str, int, Literal["light", "dark"]]
_SHOTS: tuple[Shot, ...] = (
    ("home", "/", 1280, "light"),
    ("home", "/", 360, "dark"),
    ("answer", "/q/kesimpta-mechanism", 1280, "light"),
    ("answer", "/q/kesimpta-mechanism", 768, "light"),
    ("answer", "/q/kesimpta-mechanism", 1280, "dark"),
    ("answer", "/q/kesimpta-mechanism", 360, "light"),
    ("danger", "/ask?q=I+took+20+tylenol+pills", 360, "light"),
    ("drug", "/drug/eliquis", 1280, "light"),
    ("drug", "/drug/eliquis", 360, "dark"),
    ("protection", "/drug/eliquis#protection", 768, "light"),
    ("protection", "/drug/eliquis#protection", 360, "dark"),
    ("protection", "/drug/eliquis#protection", 1280, "dark"),
    ("calendar", "/calendar?year=2031", 1280, "light"),
    ("calendar", "/calendar?year=2031", 768, "dark"),
    ("calendar", "/calendar?year=2031", 360, "light"),
    ("compare", "/compare?d=eliquis&d=xarelto", 1280, "light"),
    ("sources", "/sources", 768, "dark"),
)
_INVENTED: tuple[Shot, ...] = (
    ("rates", "/drug/examplin#rates", 360, "light"),
    ("rates", "/drug/examplin#rates", 768, "dark"),
    ("approvals", "/drug/examplin#approvals", 1280, "light"),
    ("approvals", "/drug/examplin#approvals", 360, "dark"),
    ("changes", "/drug/examplin/changes", 1280, "dark"),
    ("changes", "/drug/examplin/changes", 768, "light"),
    ("changes", "/drug/examplin/changes", 360, "light"),
)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("DRUGCHATTER_CHROMIUM") or shutil.which("chromium")
    command = [sys.executable, "-m", "drugchatter.surfaces.web", "0"]
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "DRUGCHATTER_HOME": home}
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env) as server:
            assert server.stdout  # noqa: S101 - a pipe was asked for
            base = re.search(r"http://\S+\d", server.stdout.readline())[0]  # type: ignore[index]
            try:
                take(_SHOTS, base, folder, chromium)
            finally:
                server.terminate()
    take_invented(folder, chromium)


def take_invented(folder: Path, chromium: str | None) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    world = import_module("web_site")
    with (
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory() as files,
        world.running(world.made_engine(Path(home), Path(files)), Path(home)) as base,
    ):
        take(_INVENTED, base, folder, chromium)


def take(shots: tuple[Shot, ...], base: str, folder: Path, chromium: str | None) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        for name, path, width, scheme in shots:
            height = 780 if width < 500 else 900
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(base + path)
            page.wait_for_timeout(400)  # until what fades in has come
            file = folder / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=file)
            print(f"{file} {file.stat().st_size >> 10} KB")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
