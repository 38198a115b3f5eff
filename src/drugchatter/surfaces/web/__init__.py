"""The page: `start` serves it, `app.create_app` makes it for an engine. Needs the extra `[web]`."""

from __future__ import annotations

from drugchatter.errors import UsageError

PORT = 8642


def start(host: str = "127.0.0.1", port: int = PORT, names: tuple[str, ...] = ()) -> None:
    """Serve the page until interrupted (see `server.serve`). Raises UsageError when the extra is not installed."""
    try:
        from drugchatter.surfaces.web.server import serve
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the page needs packages that are not installed ({error.name})",
            "install them: pip install 'drugchatter[web]'",
        ) from error
    serve(host, port, names=names)
