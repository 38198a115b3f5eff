"""The page: `serve` starts it, `create_app` makes it for an engine."""
