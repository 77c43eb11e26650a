# Everything a user needs: make run (set up and do the main job), make test, make ui.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test drills ui install lint types clean-data
.DEFAULT_GOAL := run

# Not compiled at once: of a gigabyte of packages most modules are never imported. The stamp is written last: an install that was cut off is taken up again where pip left it.
install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "== Setting up $(VENV) (first time: about 1 GB of packages, one to three minutes) =="
	@test -x $(BIN)/python && $(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV) || python3 -m venv --clear $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --no-compile --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -e .
	@touch $@

run: install
	@$(BIN)/prosperity run

# A worker more than processors (tests/conftest.py); a module's tests stay together, because they share what is slow to make, and the order
# is kept, which begins with the slow ones.
test: install
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# Processes killed, a full disk, a shifted clock, a database that goes away, steps on other machines: one after the other.
drills: install
	@$(BIN)/python -m pytest tests/drills tests/integration/test_dagster.py -m drill -p no:xdist --durations=0

ui: install
	@$(BIN)/prosperity ui

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: install
	$(BIN)/mypy

clean-data:
	rm -rf data
