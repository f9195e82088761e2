"""Intervals, exact funnel limits, process limits and survival: numbers in, frames and sentences out."""
