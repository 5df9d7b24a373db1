"""Benchmarks: each measures the product beside a baseline in the same run. ``python -m benchmarks --help``."""
