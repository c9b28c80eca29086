# Thin over run.py, which does the same where there is no make: python run.py <target>
PYTHON ?= $(shell command -v python3 || command -v python)
ARGS ?=
RUN = $(PYTHON) run.py

.DEFAULT_GOAL := help
.PHONY: setup run test check bench chaos generate clean new-driver new-component lock bundle-edge deb-edge help

setup: ## Create .venv and node_modules, build the web app
	@$(RUN) setup
run: ## Start everything on this machine (ARGS go to `interlock up`)
	@$(RUN) run $(ARGS)
test: ## Run all tests (ARGS go to pytest)
	@$(RUN) test $(ARGS)
check: ## Lint, types, imports, generated files, tidy rules, web
	@$(RUN) check $(ARGS)
bench: ## Measure against the budgets
	@$(RUN) bench $(ARGS)
chaos: ## Long fault-injection runs
	@$(RUN) chaos $(ARGS)
generate: ## Write the generated files again
	@$(RUN) generate
clean: ## Remove caches and built files (ARGS=--all: environments too)
	@$(RUN) clean $(ARGS)
new-driver: ## Scaffold a driver: make new-driver id=my_protocol
	@$(RUN) new driver $(id)
new-component: ## Scaffold a component: make new-component id=my_block
	@$(RUN) new component $(id)
lock: ## Write requirements/*.lock again (ARGS=--upgrade for newer versions)
	@$(RUN) lock $(ARGS)
bundle-edge: ## The edge agent as one zip for machines without Internet (ARGS="--platform win_amd64 --python 3.11")
	@$(RUN) bundle-edge $(ARGS)
deb-edge: ## The same as a Debian package (ARGS: a zip of bundle-edge, or what bundle-edge takes)
	@$(RUN) deb-edge $(ARGS)
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
