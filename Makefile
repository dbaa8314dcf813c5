# Dawam: every task of the project. `make` alone lists them.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv
UV_VERSION := 0.13.9
STAMP  := $(VENV)/.installed
TRUST  := $(wildcard /etc/ssl/certs/ca-certificates.crt)
export SSL_CERT_FILE ?= $(TRUST)
BROWSERS := chromium chromium-browser google-chrome
.DEFAULT_GOAL := help
.PHONY: help setup browser demo test check simulate bench screenshots lock clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Dawam needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(STAMP): $(UV) requirements-dev.lock pyproject.toml
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP) ## Create the virtual environment and install the locked dependencies

browser: ## Install Chromium for the browser tests, where there is none and Debian's packages may be installed
	@if $(patsubst %,command -v % >/dev/null ||,$(BROWSERS)) false; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's chromium for the browser tests (about 100 MB) ..."; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium; } \
	    >/dev/null 2>&1 || echo "Chromium could not be installed: the browser tests will be skipped."; \
	else \
	  echo "No Chromium: the browser tests will be skipped. On Debian: sudo apt-get install chromium"; \
	fi

demo: setup ## Break 20,000 wallets from your browser: watch nobody see a wrong balance
	@$(BIN)/dawam demo $(ARGS)

test: check browser ## Everything that must hold before a commit: style, types, imports, tests (one process a core)
	@$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup ## Style, types and import rules only
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

simulate: setup ## Long run: 200 seeds of each fault (about ten minutes on 2 cores)
	@$(BIN)/dawam simulate --seeds 200 $(ARGS)

bench: setup ## All benchmarks, as ratios measured in this run
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

screenshots: setup browser ## Every page in three languages and both colours, into out/screenshots
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

lock: $(UV) ## Resolve the dependencies anew into the two lock files
	@$(UV) lock --quiet --upgrade
	@$(UV) export --quiet --no-header --no-emit-project --no-dev --output-file requirements.lock
	@$(UV) export --quiet --no-header --no-emit-project --output-file requirements-dev.lock

clean: ## Remove the virtual environment and everything generated
	@rm -rf $(VENV) out build .pytest_cache .mypy_cache .ruff_cache .hypothesis
