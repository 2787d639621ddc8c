# Everything a contributor runs. `make` alone lists the targets.
UV := $(shell command -v uv 2>/dev/null || echo .venv/bin/uv)

.PHONY: help setup run test check fuzz bench bench-full format docs

help:
	@echo "make run     measure the built-in reference panel"
	@echo "make test    all tests"
	@echo "make check   lint, types, tests: what CI runs"
	@echo "make fuzz TARGET=replies  one fuzz target, until something falls out"
	@echo "make bench   speed, as ratios to a bare client; make bench-full adds a million cases (ten minutes)"
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

bench bench-full: setup
	$(UV) run python -m benchmarks $(if $(findstring full,$@),--full)

fuzz: setup
	@PYTHONPATH=tests $(UV) run --no-sync python -m fuzz $(TARGET)

format: setup
	$(UV) run ruff format .
	$(UV) run ruff check --fix .

docs: setup
	$(UV) run python docs/generate.py
