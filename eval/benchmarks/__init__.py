"""Readers of public benchmarks, each with the metric of its README; the data are named by a path, never shipped."""
