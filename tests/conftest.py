"""Fixtures that several tests share: a home with the starter edition in it, and an engine on that edition."""

from __future__ import annotations

from pathlib import Path

import pytest

from drugchatter.engine import Engine, open_engine
from drugchatter.settings import Settings
from drugchatter.sync import build_starter


@pytest.fixture(scope="session")
def starter_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the starter edition, built once. Read it only; copy it to change it."""
    home = tmp_path_factory.mktemp("home")
    build_starter(Settings(home, False, (), fetch=False))
    return home


@pytest.fixture(scope="session")
def engine(starter_home: Path) -> Engine:
    """An engine on the starter edition."""
    return open_engine(Settings(starter_home, False, (), fetch=False))
