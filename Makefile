# `make up` runs everything, `make test` proves it. Nothing but Python 3.11+, git and make is needed.
PYTHON ?= python3
BIN := .venv/bin
TEST_WORKERS ?= 2
.DEFAULT_GOAL := help
.PHONY: help up test lint bench bench-check bench-baseline shell reset backup restore lock base dev

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

base:
	@$(PYTHON) requirements/install.py base

dev:
	@$(PYTHON) requirements/install.py dev

up: base ## Start everything; Ctrl-C stops it
	@exec $(BIN)/python -m config.launcher up

test: dev ## The whole suite (SKIP_BROWSER=1 leaves out the browser tests)
	@$(BIN)/python -m tests.support.chromium
	@$(BIN)/pytest -n $(TEST_WORKERS)

lint: dev ## Style, types, import contracts, migrations, templates, production settings
	@$(BIN)/python -m tests.architecture.lint

bench: dev ## Speed beside its goals
	@$(BIN)/python -m tests.bench

bench-check: dev ## Whether any ratio is worse than its baseline by more than a third
	@$(BIN)/python -m tests.bench --check

bench-baseline: dev ## Keep what is measured now as the baseline
	@$(BIN)/python -m tests.bench --keep

shell: base ## A Django shell on the data of `make up`
	@exec $(BIN)/python -m config.launcher run shell

reset: base ## Drop the demo data, after asking
	@exec $(BIN)/python -m config.launcher run reset

backup: base ## Back up database and files (TO=folder, else below the data folder)
	@exec $(BIN)/python -m config.launcher run backup $(TO)

restore: base ## Restore a backup: make restore FROM=folder (ARGS=--replace over what is there)
	@exec $(BIN)/python -m config.launcher run restore $(FROM) $(ARGS)

lock: dev ## Resolve pyproject.toml into requirements/*.txt (ARGS=--upgrade for newer versions)
	@$(BIN)/python requirements/lock.py $(ARGS)
