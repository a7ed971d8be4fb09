"""Measure how fast imports are, always as ratios within one run."""
