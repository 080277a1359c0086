# The two commands of the README are `make run` and `make test`; both do all their own set-up.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: run test lint requirements setup

run: setup
	@$(PY) manage.py bootstrap --demo
	@$(PY) manage.py runserver 127.0.0.1:8000

test: setup
	$(PY) -m pytest $(PYTEST_ARGS)

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

setup: $(READY) .env

# A machine without Debian's python3-venv can still make an environment with virtualenv, when it is there.
$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 이상이 필요합니다. / Python 3.11 or newer is needed."; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || $(PYTHON) -m virtualenv $(VENV) || \
	    { rm -rf $(VENV); echo "가상환경을 만들 수 없습니다: apt-get install python3-venv / No virtual environment: apt-get install python3-venv"; exit 1; }
	@echo "필요한 것을 설치합니다. 처음 한 번만 걸립니다. / Installing, the first time only."
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(PY) --require-hashes -r requirements.txt; \
	    else $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt; fi
	@touch $@

.env:
	@cp .env.example .env

requirements:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
