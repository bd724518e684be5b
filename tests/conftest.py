"""Settings of all tests: generated examples have no time limit each, and are the same ones in every CI run."""

import os

import pytest
from hypothesis import settings

settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    """Machine code is made once, before tests run side by side, and its announcement is no part of what they see."""
    from simulator.experiments.first_use import make_ready

    make_ready(lambda _: None)
