"""Kanhu (看户): from department extracts to the household fact table, and the one door to it."""

__version__ = "0.1.0"
