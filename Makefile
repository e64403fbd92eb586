# The two commands are `make demo` and `make test`; the rest serves the people who change the code.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PREPARE = $(if $(PYTHON),,$(error Python 3.11 or newer is needed and was not found))$(PYTHON) -I billing_ui/cli/bootstrap.py
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check fmt tour bench bench-full storm lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

demo: ## the whole product on this machine: PORT= SANDBOX_PORT= CATALOGUE= DATABASE_URL= REDIS_URL=
	@rm -f .demo/demo.json
	@$(PREPARE) run
	@exec $(BIN)/billing-ui demo

# Most of a test's time is waiting, so two go side by side; what walks through pages or measures goes alone.
CROWD = "not storm and not journey and not alone"
ALONE = "not storm and (journey or alone)"

test: ## every test, with its own browser, PostgreSQL and Redis (ARGS= goes to pytest)
	@$(PREPARE) test
	@$(if $(ARGS),$(BIN)/python -m pytest -m "not storm" $(ARGS),$(BIN)/python -m pytest -m $(CROWD) -n 2 && $(BIN)/python -m pytest -m $(ALONE))

check: ## format, lint, types, the law of imports, the shape of the house, locks
	@$(PREPARE) check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_locks.py

fmt: ## puts every file into the house's format
	@$(PREPARE) check
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

tour: ## pictures of every page into .tour/
	@$(PREPARE) test
	@exec $(BIN)/python -m tests.tour $(ARGS)

bench: ## measures what the product promises against references, in short, into docs/benchmarks.md
	@$(PREPARE) test
	@exec $(BIN)/python -m benchmarks run --quick --report $(ARGS)

bench-full: ## the same with nine rounds and up to ten million events; at most 25 minutes (ARGS="--resume" goes on)
	@$(PREPARE) test
	@exec $(BIN)/python -m benchmarks run --report $(ARGS)

storm: ## faults on purpose: kills and races, both databases; long
	@$(PREPARE) test
	@exec $(BIN)/python -m pytest -m storm $(ARGS)

lock: ## resolves the dependencies anew into requirements*.lock
	@$(PREPARE) check
	@$(PYTHON) -I billing_ui/cli/bootstrap.py lock
