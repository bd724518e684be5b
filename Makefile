# One place for every command. Set-up happens by itself, once, and again when pyproject.toml or constraints.txt change.

PYTHON ?= python3
SCENARIO ?= scenarios/edge-of-care.yaml
DEMO_ARGS ?=
PYTEST_ARGS ?= -n 2
PORT ?= 8501

VENV := .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# The build tool is installed first, from constraints.txt too, so that no step takes whatever is newest today.
INSTALL_PROJECT = $(INSTALL) --no-build-isolation --editable

.DEFAULT_GOAL := help
.PHONY: help demo app test slow browser check validate bench clean

help:  ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1  -  \2/p' Makefile

demo: $(VENV)/.ready  ## Compare today's services with early help in the example scenario
	$(BIN)/simulator compare $(SCENARIO) $(DEMO_ARGS)

app: $(VENV)/.ready  ## Open the dashboard (PORT=8501)
	$(BIN)/python -m streamlit run app.py --server.port $(PORT)

test: $(VENV)/.ready-test  ## Run the tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

slow: $(VENV)/.ready-test  ## Run the longer checks
	$(BIN)/python -m pytest -m slow $(PYTEST_ARGS) || [ $$? -eq 5 ]  # 5: there are none

browser: $(VENV)/.ready-browser  ## Try the dashboard in Chromium (Debian: apt-get install chromium); pictures in build/screenshots
	$(BIN)/python -m pytest -m browser -p no:xdist

check: $(VENV)/.ready-test  ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

validate: $(VENV)/.ready-test  ## Run the published cases and write docs/validation.md
	$(BIN)/python -m tests.published.validate --write docs/validation.md

bench: $(VENV)/.ready-bench  ## Measure the speed, beside other tools and as scenarios grow (BENCH_ARGS=--quick)
	$(BIN)/python -m benchmarks --write docs/performance.md $(BENCH_ARGS)

clean:  ## Remove the virtual environment and everything that can be made again
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

$(VENV)/.created:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Python was not found ('$(PYTHON)'). Install Python 3.11 or later, or say where it is: make PYTHON=..."; exit 1; } >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed, and '$(PYTHON)' is not: $$($(PYTHON) --version 2>&1). Name another one: make PYTHON=python3.12"; exit 1; } >&2
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make virtual environments. On Debian or Ubuntu install them with: apt-get install python3-venv"; exit 1; } >&2
	@echo "Setting up $(VENV), which takes a minute or two the first time."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.ready: $(VENV)/.created pyproject.toml constraints.txt
	@$(INSTALL) setuptools
	@$(INSTALL_PROJECT) .
	@$(BIN)/python -m simulator.experiments.first_use
	@touch $@

$(VENV)/.ready-test: $(VENV)/.ready
	@$(INSTALL_PROJECT) '.[test,dev]'
	@touch $@

$(VENV)/.ready-browser: $(VENV)/.ready-test
	@$(INSTALL_PROJECT) '.[test,dev,browser]'
	@touch $@

$(VENV)/.ready-bench: $(VENV)/.ready
	@$(INSTALL_PROJECT) '.[bench]'
	@touch $@
