"""Shortages and recalls of a drug, as a panel of its page."""

from __future__ import annotations

from collections import OrderedDict

from drugchatter.engine import Engine
from drugchatter.profile import group_of
from drugchatter.surfaces.web.views.citing import not_found, said
from drugchatter.surfaces.web.views.values import Panel
from drugchatter.types import Drug

_MOST, _KEPT = 20, 512


class Supply:
    """Makes the panel of a drug and keeps it, since both whole lists are gone through for each drug."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._made: OrderedDict[tuple[str, str], Panel] = OrderedDict()

    def panel(self, drug: Drug) -> Panel:
        """What FDA's list of shortages and its enforcement reports say, what is current first."""
        key = self._engine.index.edition.id, drug.id
        panel = self._made.pop(key, None) or self._panel(drug)
        self._made[key] = panel
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)
        return panel

    def _panel(self, drug: Drug) -> Panel:
        shortages, recalls = (group_of(self._engine.index, drug, topic) for topic in ("shortage", "recall"))
        shown = [fact for group in (shortages, recalls) for fact in group.facts[:_MOST]]
        left = len(shortages.facts) + len(recalls.facts) - len(shown)
        return Panel(
            "supply",
            "Shortages and recalls",
            f'And {left} more: `drugchatter profile "{drug.name}" --all` lists them.' if left else "",
            said=tuple(map(said, shown)),
            searched=not_found((*shortages.searched, *recalls.searched)),
        )
