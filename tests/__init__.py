"""Tests, as a package so that they can import what they share (some installed packages bring a `tests` of
their own).
"""
