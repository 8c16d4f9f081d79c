# Every target sets up what it needs in .venv: a fresh machine wants Python >= 3.11 and make, no more.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run
DEV := $(VENV)/.dev
NEWEST := .venv-newest
# What a newer Python breaks lies here; screen, World and programs beside cost CI more than they show.
NEWEST_TESTS := $(addprefix tests/,domain commands kit kustomize artifacts cluster engine reconciler)

# Recompiling every module at every start makes each process of the World seconds slower.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-newest lint bench control-plane mutants screenshots requirements clean

help:
	@echo "make demo         a whole delivery on this machine; press ? for keys"
	@echo "make test         all tests"
	@echo "make test-newest  tests below the screen on the newest Python found here"
	@echo "make lint         ruff, mypy --strict, import contracts"
	@echo "make control-plane  a real Kubernetes API here, until Ctrl-C (needs Go 1.26)"
	@echo "make bench        measure against peers in the same run"
	@echo "make mutants      change the code in a copy: do the tests notice?"
	@echo "make screenshots  draw screenshots/ again from the demo and recorded releases"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "fluxtui needs Python >= 3.11; say which with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN): requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(RUN)
	@$(BIN)/fluxtui demo $(ARGS)

test: $(DEV)
	$(BIN)/python -m pytest $(ARGS)

# In a folder of its own, by the same pins: a Python that is not found here is said, and fails nothing.
test-newest:
	@python=$$(.ci/newest-python); \
	if [ -z "$$python" ]; then echo "no Python >= 3.12 here: nothing newer was tested"; exit 0; fi; \
	echo "on $$python"; set -e; \
	"$$python" -m venv --clear $(NEWEST); \
	$(NEWEST)/bin/python -m pip install --quiet --require-hashes -r requirements/dev.txt; \
	$(NEWEST)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .; \
	$(NEWEST)/bin/python -m pytest $(or $(ARGS),$(NEWEST_TESTS))

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV)
	$(BIN)/python -m tests.bench $(ARGS)

# Changes the code in a copy, a small place at a time: do the room's own tests notice?
mutants: $(DEV)
	$(BIN)/python -m tests.mutants $(ARGS)

screenshots: $(DEV)
	$(BIN)/python -m tests.screenshots screenshots

control-plane: $(DEV)
	@$(BIN)/python -m tests.contract $(ARGS)

# Pins every package with its hashes; no registry's address goes into the files.
requirements: $(DEV)
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/python -m tests.requirements

clean:
	rm -rf $(VENV) $(NEWEST) build dist
