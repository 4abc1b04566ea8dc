# Every command a developer needs; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OCDS_HOME ?= $(CURDIR)/var
# A command is many processes: each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
READY := $(VENV)/.ready
PEERS := .venv-bench
PEERS_READY := $(PEERS)/.ready

.DEFAULT_GOAL := help
.PHONY: help install check format test test-unit test-integration test-slow bench demo airflow sandbox mapping settings golden requirements clean

help: ## List the commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 20

install: $(READY) ## Make the environment in .venv from the pinned, hashed requirements.

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is wanted; this is " + sys.version.split()[0] + ". Set PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv --clear $(VENV)
	@awk '/^uv==/ {p = 1} p {print} p && !/\\$$/ {exit}' requirements.txt > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

check: $(READY) ## Check format, rules, types and layers.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## Format the code and mend what can be mended.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: check ## Everything that must hold, slow proofs left out (under 15 minutes).
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder

test-unit: $(READY) ## The quick tests.
	$(BIN)/python -m pytest tests/unit tests/golden tests/property tests/architecture

test-integration: $(READY) ## The tests against real services.
	$(BIN)/python -m pytest tests/integration

test-slow: $(READY) ## The slow proofs: many kills, many rounds, a large sandbox.
	$(BIN)/python -m pytest -m slow

$(PEERS_READY): requirements-bench.txt | $(READY)
	$(PYTHON) -m venv --clear $(PEERS)
	$(BIN)/uv pip install --quiet --python $(PEERS)/bin/python --require-hashes -r requirements-bench.txt
	@touch $@

bench: $(READY) $(PEERS_READY) ## Measure each step against its peers, which have an environment of their own.
	$(BIN)/python -m benchmarks

demo: $(READY) ## Run the main job end to end against the sandbox, and say where the files are.
	$(BIN)/ocds-pipeline demo

airflow: $(READY) ## Start Airflow with the project's DAGs on http://127.0.0.1:8080.
	$(BIN)/ocds-pipeline airflow standalone

sandbox: $(READY) ## Start the stand-in portals on loopback.
	$(BIN)/ocds-pipeline sandbox

mapping: $(READY) ## Write the mapping pages from the code that runs.
	for file in extractors/*/source.toml; do \
	  $(BIN)/ocds-pipeline mapping $$(basename $$(dirname $$file)) --out docs/mapping || exit; \
	done

settings: $(READY) ## Write docs/settings.md from the declared settings.
	$(BIN)/python -m ocds_pipeline.settings_page > docs/settings.md

golden: $(READY) ## Write the expected files of the golden cases anew; read the difference before you commit it.
	$(BIN)/python -m pytest tests/golden --update-golden

requirements: $(READY) ## Resolve the dependencies again and write the pinned lists.
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --python-version 3.11 --group dev \
	  --custom-compile-command 'make requirements' pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --python-version 3.11 --group bench \
	  --custom-compile-command 'make requirements' -o requirements-bench.txt

clean: ## Remove the environment and everything the pipeline wrote here.
	rm -rf $(VENV) $(PEERS) var .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
