# Everything a person types. Each target builds what it needs; CONTRACT: run, test, eval, bench, lint.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BOT := .venv/bin/python
RASA := rasa_project/.venv/bin/python
# Files of tests that run at once: most of what they do is waiting for processes and servers.
AT_ONCE ?= 6

# One thing at a time: the parts share environments and two cores.
.NOTPARALLEL:
.PHONY: help run model test test-bot test-rasa test-end eval bench lint fmt clean lock environments dev system-deps train

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

run: ## build what is missing, train when no model fits, start the assistant; Ctrl-C stops it
	@exec bin/yuanwen run

environments: ## build both Python environments
	@bin/environments bot rasa

dev:
	@bin/environments dev rasa

train: ## train the model anew from the knowledge and the phrases
	@bin/yuanwen train --force

test: lint test-rasa test-bot test-end ## the whole test suite, with a real Rasa, PostgreSQL and browser

model: dev
	@bin/yuanwen train

test-bot: model
	$(BOT) -m pytest -q -n $(AT_ONCE) --dist loadfile tests --ignore=tests/end_to_end

test-rasa: dev
	cd rasa_project && .venv/bin/python -m pytest -q tests

test-end: model
	$(BOT) -m pytest -q tests/end_to_end

# The comparison is made on a sample: stock DIET needs minutes for it, and hours for everything.
eval: ## accuracy on the project's own questions; the pipeline cross-validated, also beside stock Rasa on a sample
	@bin/yuanwen evaluate
	@bin/yuanwen evaluate --cross-validate --folds 2
	@bin/yuanwen evaluate --cross-validate --stock --folds 2 --sample 1000

bench: model ## benchmarks, each beside a baseline in the same run
	@$(BOT) -m benchmarks

lint: dev ## linters, types, architecture
	@$(BOT) -m ruff check .
	@$(BOT) -m ruff format --check .
	@$(BOT) -m mypy
	@cd rasa_project && for check in 'ruff check .' 'ruff format --check .' mypy; do ../$(BOT) -m $$check || exit 1; done
	@$(BOT) -m pytest -q tests/test_architecture.py

fmt: dev ## put the code in its form
	@$(BOT) -m ruff check --fix-only .
	@$(BOT) -m ruff format .
	@cd rasa_project && ../$(BOT) -m ruff check --fix-only . && ../$(BOT) -m ruff format .

lock: ## lock the versions of the bot's libraries anew
	@uv=$$(bin/environments tools) && for name in requirements requirements-dev; do \
	    "$$uv" pip compile --quiet $$name.in -o $$name.txt --universal --python-version 3.11 \
	        --generate-hashes --no-emit-index-url --no-header; done

system-deps: ## what the browser tests need, by apt, as root
	@bin/system-deps

clean: ## remove environments, models and caches; data under var/ stays
	rm -rf .venv rasa_project/.venv rasa_project/models rasa_project/.rasa var/tools var/cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
