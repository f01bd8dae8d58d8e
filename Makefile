# Every command of the project, each said once: README, pre-commit and CI call these.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEMO   := examples/demo
AS_OF  := 2026-11-20
INIT   := test -f $(DEMO)/.onecontact/warehouse.duckdb || $(BIN)/onecontact init $(DEMO)

# On all cores, a file to a worker, so that what a file sets up once is set up once. Hypothesis tries the same examples
# each time and does not look at the clock: a busy machine fails nothing. A plain pytest still looks for new ones.
PYTEST := $(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

RECENT := import sys; sys.exit(sys.version_info < (3, 11))

# -qq below: pip says what goes wrong, and nothing else.
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-all check lint types imports dev bench bench-quality bench-pipeline mutation format docs lock clean

help:
	@echo "onecontact: one record per customer, from every channel"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## run the pipeline on the deliveries in examples/demo
	@$(INIT)
	@$(BIN)/onecontact run --project $(DEMO) --as-of $(AS_OF)

test: $(READY) ## run the tests, in minutes: laws with few examples, and nothing marked heavy
	@$(PYTEST) --hypothesis-profile=light -m "not heavy"

test-all: $(READY) ## run every test, and laws with all their examples
	@$(PYTEST) --hypothesis-profile=ci

check: lint types imports test-all ## everything that has to pass: format, lint, types, imports, every test

lint: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(READY)
	@$(BIN)/mypy

imports: $(READY)
	@$(BIN)/lint-imports

dev: $(READY) ## open Dagster's page on the demo project
	@$(INIT)
	@$(BIN)/onecontact dev --project $(DEMO)

bench: $(READY) ## list the benchmarks; run some with make bench ARGS="NAME ..."
	@$(BIN)/python -m benchmarks $(ARGS)

mutation: $(READY) ## faults that no test notices; ARGS="pipelines/merge" or ARGS="pipelines --changed-since main"
	@$(BIN)/python -m benchmarks.mutation $(ARGS)

bench-quality: $(READY) ## how well records are matched, beside Splink; ARGS="--large --data DIR" for more
	@$(BIN)/python -m pip install -qq --no-build-isolation -c requirements.lock -e '.[bench]'
	@$(BIN)/python -m benchmarks.quality $(ARGS)

bench-pipeline: $(READY) ## what a whole run costs, beside the script people write; ARGS="--rows 1000000 --messages 0"
	@$(BIN)/python -m pip install -qq --no-build-isolation -c requirements.lock -e '.[bench]'
	@$(BIN)/python -m benchmarks.pipeline $(ARGS)

format: $(READY) ## rewrite the code the way lint wants it
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY) ## write docs/formats, docs/published.md and docs/filters.md anew
	@$(BIN)/python -m console.running.formats docs/formats
	@$(BIN)/python -m console.looking.published docs/published.md
	@$(BIN)/python -m console.looking.filters docs/filters.md

lock: ## write requirements.lock anew, with the newest versions pyproject.toml allows
	@set -e; scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	echo "Resolving in an environment of its own (a minute or two)"; \
	$(PYTHON) -m venv "$$scratch/venv"; \
	"$$scratch/venv/bin/python" -m pip install -qq -e '.[dev]'; \
	"$$scratch/venv/bin/python" -m pip check; \
	{ echo "# Exact versions of everything that builds, runs and tests onecontact; docs/dependencies.md says what for."; \
	  echo "# Made by \`make lock\` out of pyproject.toml: change that one, not this."; \
	  "$$scratch/venv/bin/python" -m pip freeze --exclude-editable; } > "$$scratch/lock"; \
	cp "$$scratch/lock" requirements.lock

clean: ## remove the environment, caches, and what the demo made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	rm -rf $(DEMO)/.onecontact $(DEMO)/exports $(DEMO)/rejected $(DEMO)/snapshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment, made once and brought up to date when what it is made of changes.
$(READY): requirements.lock pyproject.toml
	@$(BIN)/python -c '$(RECENT)' 2>/dev/null || { \
	  $(PYTHON) -c '$(RECENT)' || { \
	    echo "onecontact needs Python 3.11 or newer, and '$(PYTHON)' is not. Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
	    exit 1; }; \
	  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "'$(PYTHON)' cannot make virtual environments: install its venv package (on Debian: apt install python3-venv)" >&2; \
	    exit 1; }; \
	  echo "Making $(VENV) (once, one to three minutes)"; \
	  $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing what requirements.lock names"
	@$(BIN)/python -m pip install -qq -r requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q schemas pipelines assets console
	@touch $@
