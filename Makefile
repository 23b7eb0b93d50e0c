# Two commands for a stranger: `make demo` and `make test`. The rest is for people who work on Homerule.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
DEV_STAMP := $(VENV)/.ready-dev

.PHONY: help demo test lint check bench docs clean
help:
	@echo "make demo   set up, then answer three real requests"
	@echo "make test   set up, then run every test"
	@echo "make check  run every check and example of the law"
	@echo "make lint   style and types"
	@echo "make bench  measure; prints ratios against peers"
	@echo "make docs   write the generated reference pages again"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Homerule needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(STAMP): pyproject.toml | $(BIN)/python
	@echo "Setting up (about a minute the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@$(BIN)/python -m compileall -q src/homerule
	@$(BIN)/homerule law compile
	@touch $@

$(DEV_STAMP): pyproject.toml requirements-dev.txt | $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: $(STAMP)
	@$(BIN)/python docs/demo.py

test: $(DEV_STAMP)
	@$(BIN)/python -m pytest

check: $(STAMP)
	@$(BIN)/homerule law check

lint: $(DEV_STAMP)
	@$(BIN)/ruff check src tests benchmarks scripts docs
	@$(BIN)/mypy

bench: $(DEV_STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@$(BIN)/python benchmarks/decide.py

docs: $(DEV_STAMP)
	@$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
