"""Kill a sync with SIGKILL at random moments, and see that nothing is lost: `make soak`.

Before each kill one edition serves; after it the same one, or the finished new one, must serve and be readable; the
next undisturbed sync must end with the content hash of one that was never disturbed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from drugchatter.settings import Settings
from drugchatter.store import editions
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.sync import sync


def content(settings: Settings) -> str:
    serving = editions.current(settings.editions)
    assert serving  # noqa: S101 - a sync has ended well
    index = EmbeddedIndex(settings.editions / serving)
    index.drugs()
    index.close()
    return index.edition.content_hash


def killed_after(settings: Settings, folder: Path, seconds: float) -> bool:
    """Start a sync and kill it; whether it was still running."""
    env = os.environ | {"DRUGCHATTER_HOME": str(settings.home)}
    command = [sys.executable, "-m", "drugchatter", "sync", "--from", str(folder)]
    running = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(seconds)
    alive = running.poll() is None
    if alive:
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    return alive


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--first", type=Path, required=True, help="a folder of publishers' files")
    parser.add_argument("--second", type=Path, required=True, help="another, loaded after it")
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    chance = random.Random(20261122)  # noqa: S311 - repeatable, not secret
    with tempfile.TemporaryDirectory() as scratch:
        never, base = Settings(Path(scratch) / "never", True, ()), Settings(Path(scratch) / "base", True, ())
        for settings in (never, base):
            sync(settings, options.first)
        started = time.perf_counter()
        sync(never, options.second, force=True)
        lasts = time.perf_counter() - started + 1.0
        wanted, before, alive = content(never), content(base), 0
        for number in range(options.kills):
            home = Path(scratch) / f"home-{number}"
            shutil.copytree(base.home, home)
            settings = Settings(home, True, ())
            alive += killed_after(settings, options.second, chance.uniform(0, lasts))
            if content(settings) not in (before, wanted):
                print(f"kill {number}: what serves is neither the old nor the new edition")
                return 1
            sync(settings, options.second, force=True)
            if content(settings) != wanted:
                print(f"kill {number}: the next run ended with another content hash")
                return 1
            shutil.rmtree(home)
    print(f"{options.kills} kills over {lasts:.1f} s of a sync, {alive} of them before its end: all ended alike")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
