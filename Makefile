# The two commands of the README are `make run` and `make test`; both do all their own set-up.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: run test bench load lint requirements setup

run: setup
	@$(PY) manage.py bootstrap --demo
	@$(PY) manage.py runserver 127.0.0.1:8000

# How long it takes and why: docs/testing.md.
test: setup
	$(PY) -m pytest $(or $(PYTEST_ARGS),-n 2)

# Two servers under mixed load, one killed in the middle (docs/reliability.md). Needs nginx, redis-server and PostgreSQL.
MINUTES ?= 10
load: setup
	@$(PY) -m bench.load --minutes $(MINUTES)

# What pages cost beside a constant page, on both databases (docs/performance.md). BENCH_ARGS: --quick, --engine, --only.
bench: setup
	@$(PY) -m bench $(BENCH_ARGS)

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

setup: $(READY) .env

# Debian keeps the venv module in a package of its own; where we may, we install it.
$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 이상이 필요합니다. / Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || command -v uv >/dev/null || \
	    { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; } || \
	    { echo "먼저 설치해 주십시오. / Please install first: sudo apt-get install python3-venv"; exit 1; }
	@echo "필요한 것을 설치합니다. 처음 한 번만 걸립니다. / Installing, the first time only."
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || uv venv --quiet --python $(PYTHON) $(VENV)
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(PY) --require-hashes -r requirements.txt; \
	    else $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt; fi
	@touch $@

.env:
	@cp .env.example .env

requirements:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
