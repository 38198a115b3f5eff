"""Rows → citable text: one small template a kind of row."""

from __future__ import annotations

from dataclasses import fields

from drugchatter.rows import Row


def row_text(row: Row) -> str:
    return "; ".join(f"{field.name} {getattr(row, field.name)}" for field in fields(row))
