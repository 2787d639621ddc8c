# Everything a contributor runs. `make` alone lists the targets.
UV := $(shell command -v uv 2>/dev/null || echo .venv/bin/uv)

.PHONY: help setup run test check format docs

help:
	@echo "make run     measure the built-in reference panel"
	@echo "make test    all tests"
	@echo "make check   lint, types, tests: what CI runs"
	@echo "make format  format the code"
	@echo "make docs    write the generated tables of docs/"

setup:
	@test -x "$(UV)" || (python3 -m venv .venv && .venv/bin/pip install -q uv)

run: setup
	$(UV) run --no-dev trustgauge run

test: setup
	$(UV) run pytest

check: setup
	$(UV) run ruff check .
	$(UV) run ruff format --check .
	$(UV) run pyright
	$(UV) run pytest

format: setup
	$(UV) run ruff format .
	$(UV) run ruff check --fix .

docs: setup
	$(UV) run python docs/generate.py
