"""Shortages and recalls of a drug, as a panel of its page."""

from __future__ import annotations

from drugchatter.engine import Engine
from drugchatter.profile import group_of
from drugchatter.surfaces.web.views.citing import not_found, said
from drugchatter.surfaces.web.views.values import Panel
from drugchatter.types import Drug

_MOST = 20


def supply_panel(engine: Engine, drug: Drug) -> Panel:
    """What FDA's list of shortages and its enforcement reports say, what is current first."""
    shortages, recalls = (group_of(engine.index, drug, topic) for topic in ("shortage", "recall"))
    shown = [fact for group in (shortages, recalls) for fact in group.facts[:_MOST]]
    left = len(shortages.facts) + len(recalls.facts) - len(shown)
    lead = f"And {left} more: drugchatter profile “{drug.name}” --all lists them." if left else ""
    return Panel(
        "supply",
        "Shortages and recalls",
        lead,
        said=tuple(map(said, shown)),
        searched=not_found((*shortages.searched, *recalls.searched)),
    )
