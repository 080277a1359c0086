# The two commands of the README are `make run` and `make test`; both do all their own set-up.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# What is installed: what serves the site, and beside it what tests and checks it.
SERVING := $(VENV)/.serving
CHECKING := $(VENV)/.checking

.PHONY: run test bench load lint requirements setup setup-dev

run: setup
	@$(PY) manage.py bootstrap --demo
	@$(PY) manage.py runserver 127.0.0.1:8000

# How long it takes and why: docs/testing.md.
test: setup-dev
	$(PY) -m pytest $(or $(PYTEST_ARGS),-n 2)

# Two servers under mixed load, one killed in the middle (docs/reliability.md). Needs nginx, redis-server and PostgreSQL.
MINUTES ?= 10
load: setup-dev
	@$(PY) -m bench.load --minutes $(MINUTES)

# What pages cost beside a constant page, on both databases (docs/performance.md). BENCH_ARGS: --quick, --engine, --only.
bench: setup-dev
	@$(PY) -m bench $(BENCH_ARGS)

lint: setup-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/djangofmt --check templates
	@! LC_ALL=C.UTF-8 grep -rnE '.{121}' templates || { echo "A line of a template has at most 120 characters."; exit 1; }
	$(VENV)/bin/biome ci --error-on-warnings

setup: $(SERVING) .env

setup-dev: $(CHECKING) .env

install = if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(PY) --require-hashes $(1); \
    else $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes $(1); fi

# Debian keeps the venv module in a package of its own; where we may, we install it.
$(SERVING): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 이상이 필요합니다. / Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || command -v uv >/dev/null || \
	    { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; } || \
	    { echo "먼저 설치해 주십시오. / Please install first: sudo apt-get install python3-venv"; exit 1; }
	@echo "필요한 것을 설치합니다. 처음 한 번만 걸립니다. / Installing, the first time only."
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || uv venv --quiet --python $(PYTHON) $(VENV)
	@$(call install,-r requirements.txt)
	@touch $@

$(CHECKING): $(SERVING) requirements-dev.txt
	@echo "검사에 필요한 것을 설치합니다. / Installing what the checks need."
	@$(call install,-r requirements.txt -r requirements-dev.txt)
	@touch $@

.env:
	@cp .env.example .env

PIN := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

requirements:
	$(PIN) requirements.in -o requirements.txt
	$(PIN) requirements-dev.in -o requirements-dev.txt
