# make demo: crawl the bundled sites and search them.  make test: the tests.  make chaos: the long fault tests.  make elasticsearch: a real server for trying things out.
# All make their own environment in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo test chaos elasticsearch check clean

demo: $(INSTALLED)
	$(BIN)/newsspider demo

test: $(INSTALLED)
	$(BIN)/pytest -n 2 --dist loadgroup -m 'not chaos'

chaos: $(INSTALLED)
	$(BIN)/pytest -m chaos

elasticsearch: $(INSTALLED)
	$(BIN)/python tests/es_server.py

check: $(INSTALLED)
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "newsspider needs Python 3.11 or later: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build dist .demo
