"""A question over the whole edition: criteria × scope → members, each with what shows that it belongs.

A criterion is a small value. Over labels it gives the labels that meet it, each with its proof; over the rows of one
table the columns whose values meet it. Several are joined by "and" (`finding`). Only `reading` reads a question.
"""

from drugchatter.sets.approvals import ApprovedIn
from drugchatter.sets.classes import Called, InClass, class_of, class_words
from drugchatter.sets.finding import find_set
from drugchatter.sets.label_criteria import Contains, MadeBy, Says
from drugchatter.sets.phrases import around, forms
from drugchatter.sets.row_criteria import GIVEN, Given, InShortage, Scheduled, given, scheduled
from drugchatter.sets.values import ApprovalKind, Criterion, FoundSet, Member, Proof, Scope, SectionKind
from drugchatter.sets.world import World

__all__ = [
    "GIVEN",
    "ApprovalKind",
    "ApprovedIn",
    "Called",
    "Contains",
    "Criterion",
    "FoundSet",
    "Given",
    "InClass",
    "InShortage",
    "MadeBy",
    "Member",
    "Proof",
    "Says",
    "Scheduled",
    "Scope",
    "SectionKind",
    "World",
    "around",
    "class_of",
    "class_words",
    "find_set",
    "forms",
    "given",
    "scheduled",
]
