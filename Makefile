# Everything runs in a virtual environment inside this folder; nothing is installed outside it.
# Two commands are all a newcomer needs: `make demo` and `make test`.

# The first Python 3.11 or newer, unless one is named: make demo PYTHON=/path/to/python
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)

# GPU=1 uses onnxruntime-gpu, in an environment of its own: the CPU and GPU wheels cannot share one.
ifdef GPU
VENV := .venv-gpu
RUNTIME := requirements/runtime-gpu.lock
else
VENV := .venv
RUNTIME := requirements/runtime-cpu.lock
endif

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
# The locks are complete, so nothing is resolved here, and every file must match a hash.
INSTALL := $(PIP) install --no-deps --require-hashes --requirement
INSTALL_SELF := $(PIP) install --no-deps --no-build-isolation --no-index --editable .
PACKAGES := app models tracker
ARGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo serve test explore coverage lint types format browser lock tables clean

help:  ## show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo
	@echo '  ARGS="..." is handed on:   make demo ARGS="--seconds 5"   make test ARGS="-k tracker"'
	@echo '  GPU=1 runs on CUDA:        make demo GPU=1'

demo: $(VENV)/.kernels  ## set everything up, track the demo camera, then show it in the browser
	@$(BIN)/trackd demo $(ARGS)

serve: $(VENV)/.kernels  ## set everything up and run the service
	@$(BIN)/trackd serve $(ARGS)

test: $(VENV)/.dev $(VENV)/.kernels $(VENV)/.browser $(VENV)/.brokers  ## set everything up and run the tests
	@$(BIN)/python -m pytest $(ARGS)

explore: $(VENV)/.dev $(VENV)/.kernels  ## run the property tests with examples that no run had before
	@TRACKD_EXPLORE=1 $(BIN)/python -m pytest $$(grep -rlE '^(from|import) (hypothesis|schemathesis)' tests --include='test_*.py') $(ARGS)

coverage: $(VENV)/.dev $(VENV)/.browser $(VENV)/.brokers  ## run the tests and show what they reach
	@NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest --cov --cov-report=term $(ARGS)

lint: $(VENV)/.dev  ## ruff, and the arrows between the packages
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/lint-imports --no-logo

types: $(VENV)/.dev  ## mypy --strict
	@$(BIN)/python -m mypy --strict $(PACKAGES)

format: $(VENV)/.dev  ## let ruff mend what it can
	@$(BIN)/python -m ruff check --fix --exit-zero --quiet .
	@$(BIN)/python -m ruff format .

browser: $(VENV)/.browser  ## install Chromium for the browser tests, where that is possible

lock: $(VENV)/.dev  ## make the locks anew; UPGRADE=1 takes the newest versions
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/lock.sh $(if $(UPGRADE),--upgrade)

tables: $(VENV)/.dev  ## write the tables of settings and limits in README.md from the code
	@$(BIN)/python scripts/tables.py

clean:  ## remove the environments and everything generated
	rm -rf .venv .venv-gpu build dist htmlcov .coverage *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "trackd needs Python 3.11 or newer and found none. Install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"trackd needs Python 3.11 or newer, and {sys.executable} is {v[0]}.{v[1]}.")'
	@echo "Making $(VENV) with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv --clear $(VENV) || { rm -rf $(VENV); echo "That Python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.runtime: $(RUNTIME) pyproject.toml | $(BIN)/python
	@echo "Installing $(RUNTIME) into $(VENV) (about a minute)"
	@$(INSTALL) $(RUNTIME)
	@$(INSTALL_SELF)
	@touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing requirements/dev.lock into $(VENV) (a minute or two)"
	@$(INSTALL) requirements/dev.lock
	@$(INSTALL_SELF)
ifdef GPU
	@$(PIP) uninstall --yes onnxruntime onnxruntime-gpu
	@$(INSTALL) $(RUNTIME)
endif
	@touch $(VENV)/.runtime $@

# The tracker's kernels are compiled here, so that no command and no frame has to wait for a compiler.
$(VENV)/.kernels: $(wildcard tracker/*.py) | $(VENV)/.runtime
	@echo "Compiling the tracker's kernels (about a minute)"
	@$(BIN)/python -m tracker
	@touch $@

# A machine without a browser still passes: the browser tests are skipped, and say so.
$(VENV)/.browser: scripts/browser.sh | $(BIN)/python
	@sh scripts/browser.sh || true
	@touch $@

# Likewise without the brokers that tracks are published to.
$(VENV)/.brokers: scripts/brokers.sh | $(BIN)/python
	@sh scripts/brokers.sh || true
	@touch $@
