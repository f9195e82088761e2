"""Made-up extracts of a made-up place, written as departments really send them, with the truth beside."""

from __future__ import annotations

from warehouse.sample.write import SampleReport, write_sample

__all__ = ["SampleReport", "write_sample"]
