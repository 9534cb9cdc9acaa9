# Kairos: every command starts here. `make help` lists them.
PY ?= python3.13
UV := .tools/bin/uv
DEV := .venvs/dev/bin
LOCK := $(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.13 --custom-compile-command "make lock"

export SAM_CLI_TELEMETRY := 0
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help setup demo up down replay test lint lock build deploy bench proof
.DEFAULT_GOAL := help

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  %-14s %s\n", $$1, $$2}'

setup: .venvs/dev/.ok .venvs/sam/.ok .venvs/local/.ok .venvs/lambda/.ok ## Install the environments that the other commands need

lock: $(UV) ## Resolve requirements/*.in anew into pinned files with hashes
	$(LOCK) --upgrade requirements/layer.in -o layers/dependencies/requirements.txt
	$(LOCK) --upgrade requirements/uv.in -o requirements/uv.txt
	$(LOCK) --upgrade requirements/dev.in -o requirements/dev.txt
	$(LOCK) --upgrade requirements/lambda.in -o requirements/lambda.txt
	$(LOCK) --upgrade requirements/sam.in -o requirements/sam.txt
	$(LOCK) --upgrade requirements/local.in -o requirements/local.txt

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
