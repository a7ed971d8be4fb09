# The commands of a day's work. Needs Python 3.11+ and make; everything else is installed in .venv.

# Looked for once, and only where the environment is to be made.
PYTHON ?= $(eval PYTHON := $$(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$$$name" && break; done))$(PYTHON)
# Not from the environment: some shells and tool chains set HOST to something else.
HOST := 127.0.0.1
PORT ?= 8000
TLS ?=
PYTEST_ARGS ?=
USERS ?= 20000
BENCH_ARGS ?=

# Where a shell turns it off, each process that is started compiles every module again.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
INSTALLED := .venv/.installed
INSTALLED_DEV := .venv/.installed-dev
# The npm clients that tests run; npm writes this file last.
NPM_CLIENTS := tests/interfaces/node
INSTALLED_NPM := $(NPM_CLIENTS)/node_modules/.package-lock.json

# What a real deployment sets, for the checks that judge one; nothing is connected to.
PRODUCTION := HTTPS=1 DEBUG=0 ALLOWED_HOSTS=userferry.example \
	DATABASE_URL=postgresql://checked.invalid/userferry REDIS_URL=redis://checked.invalid/0 \
	SECRET_KEY=long-enough-for-a-check-and-used-for-nothing-else-0123456789 \
	USERFERRY_ENCRYPTION_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

.PHONY: help run test lab screenshots lint bench legacy-directory hooks format clean

help: ## List these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

run: $(INSTALLED) ## Start everything here until Ctrl-C: make run [PORT=8001] [HOST=0.0.0.0] [TLS=1]
	@echo "Starting Userferry …"
	@exec $(BIN)/python manage.py run --host $(HOST) --port $(PORT) $(if $(TLS),--tls)

test: $(INSTALLED_DEV) $(INSTALLED_NPM) ## Run every test against real servers: make test [PYTEST_ARGS="-k name"]
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

lab: $(INSTALLED_DEV) ## Import what real systems export, after installing them: make lab [PYTEST_ARGS="-k synapse"]
	$(BIN)/python -m pytest --lab tests/lab $(PYTEST_ARGS)

screenshots: $(INSTALLED_DEV) ## Keep pictures of every page at three widths, light and dark, to be looked at
	$(BIN)/python -m pytest -n auto tests/browser/test_accessibility.py --long --screenshots screenshots

lint: $(INSTALLED_DEV) ## Check style, types, layers, deployment settings and migrations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(PRODUCTION) $(BIN)/mypy .
	$(BIN)/lint-imports
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: $(INSTALLED) ## Measure imports and pages: make bench [USERS=100000] [BENCH_ARGS="--only stages"]
	$(BIN)/python -m benchmarks --users $(USERS) $(BENCH_ARGS)

legacy-directory: $(INSTALLED_DEV) ## Run the reference legacy directory on port 8100, for trying it out
	@exec $(BIN)/python -m samples.legacy_directory

hooks: $(INSTALLED_DEV) ## Have git check style and layers before each commit
	$(BIN)/pre-commit install

format: $(INSTALLED_DEV) ## Put the code into its standard form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## Remove what was installed and every cache; the data in .userferry stays
	rm -rf .venv $(NPM_CLIENTS)/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# The last thing that making the environment puts there: one that was interrupted has none.
$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo "Userferry needs Python 3.11 or newer: install it, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Creating .venv with $(PYTHON) …"
	@$(PYTHON) .ci/create_venv.py .venv

# Nothing is resolved again: the files name every package. pip would take a package that another one
# wants with an extra for one that is not pinned.
$(INSTALLED): requirements.txt | $(BIN)/pip
	@echo "Installing what Userferry runs on in .venv: a minute or two …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@echo "Installing what the tests and linters need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@touch $@

$(INSTALLED_NPM): $(NPM_CLIENTS)/package-lock.json | $(INSTALLED_DEV)
	@$(BIN)/npm ci --prefix $(NPM_CLIENTS) --ignore-scripts --no-audit --no-fund --silent
	@touch $@
