# Every target makes its own environment in .venv the first time; a second call starts at once.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
TRAIN_READY := .venv-train/.ready
RUN_FEEDS := $(or $(CLAIMWIRE_FEEDS),deploy/feeds.opml)

.PHONY: help demo run test check format docs bench kafka train-env lock clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(READY) ## play eight months of news in a minute and open the desk on them
	$(BIN)/claimwire demo $(ARGS)

run: $(READY) ## watch the live feeds of deploy/feeds.opml
	CLAIMWIRE_FEEDS=$(RUN_FEEDS) $(BIN)/claimwire run $(ARGS)

test: $(READY) ## run the tests: make test ARGS="tests/wire -k log"
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(READY) ## what CI checks beside the tests: style, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY) ## put the code into the project's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY) ## write docs/settings.md, docs/metrics.md and the dashboard from the code
	$(BIN)/python -m docs.generate
	$(BIN)/python -m deploy.dashboard

bench: $(READY) ## run the benchmarks in bench/
	@set -e; for script in bench/*.py; do echo "$$script"; $(BIN)/python "$$script"; done

kafka: $(READY) ## start a one-node Kafka for development, without containers (needs Java 17 and Maven)
	$(BIN)/python deploy/local_kafka.py $(ARGS)

train-env: $(TRAIN_READY) ## make .venv-train, in which `claimwire train` runs (PyTorch; some gigabytes)

lock: ## resolve the dependencies anew (needs uv: pip install uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --extra dev --extra train -c requirements.lock pyproject.toml -o requirements-train.lock

clean: ## remove the environments and what tools left behind; data/ stays
	rm -rf .venv .venv-train build claimwire.egg-info .pytest_cache .mypy_cache .ruff_cache

$(READY): requirements.lock pyproject.toml
	@echo "installing into .venv (once; a minute or two)"
	@$(call install,.venv,requirements.lock)

$(TRAIN_READY): requirements-train.lock pyproject.toml
	@echo "installing into .venv-train (once; some minutes)"
	@$(call install,.venv-train,requirements-train.lock)

# Every package comes from the lock with its hash, setuptools included, so the project itself builds without downloading anything.
define install
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.11")' \
&& { $(PYTHON) -m venv $(1) || { echo "cannot make $(1); on Debian and Ubuntu: apt-get install python3-venv" >&2; rm -rf $(1); exit 1; }; } \
&& $(1)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(2) \
&& $(1)/bin/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e . \
&& touch $(1)/.ready
endef
