"""Benchmarks: `make bench` runs them. docs/performance.md says what is measured and how."""
