"""Outcomes-based commissioning simulator."""
