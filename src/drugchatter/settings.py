"""Settings are read once, into one frozen value; `drugchatter doctor` prints each with where it came from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from drugchatter.errors import UsageError

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_FROM_ENVIRONMENT = ("offline", "publishers_url", "openfda_api_key", "fetch")
_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True)
class Settings:
    """`home`: the data folder; `offline`: never open a connection; `origins`: where each value came from.

    `publishers_url`: where a mirror of the publishers stands, or empty for the publishers themselves (`sources.web`);
    `openfda_api_key`: never shown, not even by `repr`; `fetch`: labels that the store lacks are fetched when asked for.
    """

    home: Path
    offline: bool
    origins: tuple[tuple[str, str], ...]
    publishers_url: str = ""
    openfda_api_key: str = field(default="", repr=False)
    fetch: bool = True

    @property
    def editions(self) -> Path:
        """Editions of publishers' data."""
        return self.home / "editions"

    @property
    def fetched(self) -> Path:
        """Editions of labels fetched on demand."""
        return self.home / "fetched"

    @property
    def own(self) -> Path:
        """Editions of the reader's own files."""
        return self.home / "own"

    @property
    def mirror(self) -> Path:
        """Publishers' files as they were fetched."""
        return self.home / "mirror"


def _flag(environ: Mapping[str, str], name: str, default: bool) -> bool:
    value = environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise UsageError(f"{name}={environ[name]!r} is neither yes nor no", f"set {name} to 1 or 0, or unset it")


def _base_address(environ: Mapping[str, str], name: str) -> str:
    """The address without its last slash; empty when it is not set. It is not shown: it might hold a password."""
    value = environ.get(name, "").strip()
    if value and not is_base_address(value):
        raise UsageError(
            f"{name} is no address of a mirror", f"set {name} to https://HOST or http://127.0.0.1:PORT, or unset it"
        )
    return value.rstrip("/")


def is_base_address(value: str) -> bool:
    """Whether it is https, or http on this machine, without user, query, fragment or odd characters."""
    try:
        parts = urlsplit(value)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    odd = not value.isascii() or not value.isprintable() or set(value) & set(" \\?#@")
    return named and not odd and (parts.scheme == "https" or is_loopback(value))


def is_loopback(base: str) -> bool:
    """Whether a base address is plain http on this machine."""
    parts = urlsplit(base)
    return parts.scheme == "http" and parts.hostname in _THIS_MACHINE


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process's environment).

    Raises UsageError when a value is not of its kind.
    """
    environ = os.environ if environ is None else environ
    if home := environ.get("DRUGCHATTER_HOME"):
        path, origin = Path(home).expanduser().absolute(), "DRUGCHATTER_HOME"
    else:
        # Imported here because a caller that names the folder does not need it.
        from platformdirs import user_data_path

        path, origin = user_data_path("drugchatter", appauthor=False), "the platform's data folder"
    return Settings(
        home=path,
        offline=_flag(environ, "DRUGCHATTER_OFFLINE", default=False),
        origins=(("home", origin), *((name, _origin(environ, name)) for name in _FROM_ENVIRONMENT)),
        publishers_url=_base_address(environ, "DRUGCHATTER_PUBLISHERS_URL"),
        openfda_api_key=environ.get("DRUGCHATTER_OPENFDA_API_KEY", "").strip(),
        fetch=_flag(environ, "DRUGCHATTER_FETCH", default=True),
    )


def _origin(environ: Mapping[str, str], name: str) -> str:
    variable = f"DRUGCHATTER_{name.upper()}"
    return variable if variable in environ else "default"
