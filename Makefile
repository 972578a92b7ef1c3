# Everything runs in .venv, which is made from a hash-locked requirements file when it is missing or old.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint bench dashboards up down clean

demo: .venv/demo.stamp
	@$(BIN)/ouroboros demo $(ARGS)

# Most tests wait for servers and timers, so more of them run at a time than there are cores.
JOBS ?= 4

test: .venv/dev.stamp lint
	@$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=worksteal $(ARGS)

lint: .venv/dev.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: .venv/dev.stamp
	@$(BIN)/python -m benchmarks $(ARGS)

dashboards: .venv/demo.stamp
	@$(BIN)/ouroboros dashboards $(ARGS)

up:
	docker compose up --detach --wait

down:
	docker compose down

clean:
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ouroboros needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make demo PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "No virtual environment could be made: install Python's venv module (Debian: python3-venv)." >&2; exit 1; }

.venv/%.stamp: requirements/%.txt pyproject.toml | .venv/bin/python
	@echo "Preparing .venv from $< (once) ..."
	@$(PIP) --require-hashes --requirement $< || { echo "The packages of $< could not be installed: is the package registry reachable and the disk not full?" >&2; exit 1; }
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
