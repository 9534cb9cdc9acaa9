# Kairos: every command starts here. `make help` lists them.
PY ?= python3.13
UV := .tools/bin/uv
DEV := .venvs/dev/bin
SAM := .venvs/sam/bin/sam
# Which part of samconfig.toml `make deploy` takes: default or prod.
ENVIRONMENT ?= default
LOCK := $(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.13 --custom-compile-command "make lock" --upgrade
# django-htmx is wanted for the copy of htmx that it ships, and for nothing that needs Django.
NO_DJANGO := --no-emit-package django --no-emit-package asgiref --no-emit-package sqlparse
FAST_TESTS := $(wildcard tests/unit tests/agreement tests/adapters tests/plugins tests/services tests/functions tests/statemachines tests/contracts tests/simulation)
STACK_TESTS := $(wildcard tests/local tests/integration)

export SAM_CLI_TELEMETRY := 0

.PHONY: help setup demo up down replay import test lint lock build deploy bench fuzz proof
.DEFAULT_GOAL := help

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "  %-12s %s\n", $$1, $$2}'

demo: setup ## Start the stack with a demo shop and watch carts being abandoned and reminded of
	@$(DEV)/python -m local.demo

up: setup ## Build and start the whole stack on this machine; again to update it
	@$(DEV)/python -m local.stack up

down: setup ## Stop the stack; tables, objects and the clock stay
	@$(DEV)/python -m local.stack down

replay: setup ## Send dead letters again after a fix
	@$(DEV)/python -m local.replay

import: setup ## Import a file of history; SHOP=my-shop FILE=orders.csv MAP=shopify
	@$(DEV)/python -m local.import_history --shop "$(SHOP)" --file "$(FILE)" --map "$(MAP)" $(if $(KIND),--kind $(KIND))

# Compiled once and kept, whatever the environment says of bytecode: else each process of the tests compiles all
# that it imports anew, which takes it seconds.
test proof: export PYTHONDONTWRITEBYTECODE :=
test proof: export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/bytecode

test: setup ## Run all tests but the long ones, the last of them on an emulator of their own
	$(DEV)/pytest -n auto --dist loadfile -m "not proof" $(FAST_TESTS)
	AUTH=true $(DEV)/pytest -m "not proof" $(STACK_TESTS)

lint: setup ## Check format, style, types, the template and the state machines
	$(DEV)/ruff format --check .
	$(DEV)/ruff check .
	$(DEV)/mypy
	$(SAM) validate --lint --region eu-west-1
	$(DEV)/python -m local.lint_statemachines

bench: setup .venvs/bench/.ok ## Measure the hot paths and the engine, as ratios within one run
	@$(DEV)/python -m local.bench

fuzz: setup ## Compare both readings of rules over a million pairs, with a seed that it prints
	@PYTHONPATH=layers/core:. $(DEV)/python -m tests.agreement.fuzz

proof: setup ## Run the long tests and those in a browser
	$(DEV)/pytest -m proof tests

build: setup ## Build the stack for Lambda
	UV=$(CURDIR)/$(UV) CORE=$(CURDIR)/layers/core PYTHON=$(CURDIR)/$(DEV)/python $(SAM) build --parallel --cached

deploy: build ## Deploy to AWS; ENVIRONMENT=prod for production
	$(SAM) deploy --config-env $(ENVIRONMENT)

lock: $(UV) ## Resolve requirements/*.in anew into pinned files with hashes
	$(LOCK) requirements/layer.in -o layers/dependencies/requirements.txt
	$(LOCK) requirements/analytics.in -o layers/analytics/requirements.txt
	$(LOCK) requirements/web_push.in -o layers/web_push/requirements.txt
	$(LOCK) $(NO_DJANGO) requirements/console.in -o layers/console/requirements.txt
	$(LOCK) requirements/uv.in -o requirements/uv.txt
	$(LOCK) $(NO_DJANGO) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/sam.in -o requirements/sam.txt
	$(LOCK) requirements/local.in -o requirements/local.txt
	$(LOCK) requirements/lambda.in -o requirements/lambda.txt
	$(LOCK) requirements/bench.in -o requirements/bench.txt

setup: .venvs/dev/.ok .venvs/dev/.cities .venvs/sam/.ok .venvs/local/.ok .venvs/lambda/.ok ## Install what the other commands need

$(UV): requirements/uv.txt
	@echo "Installing uv into .tools"
	@$(PY) -m venv --clear .tools
	@.tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venvs/%/.ok: requirements/%.txt .python-version $(UV)
	@echo "Installing .venvs/$* from $<"
	@test -x .venvs/$*/bin/python || $(UV) venv -q --python $$($(PY) -c 'import sys; print(sys.executable)') .venvs/$*
	@$(UV) pip sync -q --require-hashes --python .venvs/$*/bin/python $<
	@touch $@

# Without it every process of the tests that looks for a city reads the package's own data, for two seconds.
.venvs/dev/.cities: .venvs/dev/.ok layers/dependencies/index_cities.py layers/core/kairos/domain/cities.py
	@echo "Indexing the cities in .venvs/dev"
	@PYTHONPATH=layers/core $(DEV)/python layers/dependencies/index_cities.py
	@touch $@
