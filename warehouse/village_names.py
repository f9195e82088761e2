"""Another name of a village, as a person confirmed it: the intake reads with it, the application database keeps it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Alias:
    """`text` as departments write it means the village `area_code`. confirmed_at: UTC, ISO."""

    text: str
    area_code: str
    village: str
    confirmed_by: str
    confirmed_at: str
