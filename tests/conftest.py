"""Settings of all tests: generated examples have no time limit each, and are the same ones in every CI run."""

import os

from hypothesis import settings

settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("project")
