# Two commands do everything on a fresh machine: `make demo` and `make test`. Each sets up first; that is quick when nothing is missing.

TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
PRIZM := $(TARGET)/release/prizm
CARGO := cargo
# Passed on: `make test ARGS=lockfile`, `make bench ARGS=--quick`.
ARGS :=

.DEFAULT_GOAL := help
.PHONY: help setup demo test bench build release lint fmt clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what the build and the tests need (safe to repeat)
	@scripts/setup.sh

demo: release ## Build the release binary, then make a sound and a picture with a provider
	$(PRIZM) run examples/quickstart/main.ts

test: setup ## Run every test
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
	    set -ex; $(CARGO) nextest run --locked --workspace -E 'not binary(docker)' $(ARGS); \
	    [ -n "$(ARGS)" ] || $(CARGO) test --locked --workspace --test docker; \
	else \
	    set -x; $(CARGO) test --locked --workspace $(ARGS); \
	fi

bench: release ## Measure against deno, bun, tsx and git + npm + tsc (needs npm)
	bench/run.sh $(ARGS)

build: setup ## Build the debug binary
	$(CARGO) build --locked

release: setup ## Build the release binary
	scripts/release.sh

lint: setup ## Check format, lints, and licences and sources of dependencies
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@if $(CARGO) deny --version >/dev/null 2>&1; then \
	    set -x; $(CARGO) deny --locked check licenses bans sources; \
	else \
	    echo "lint: without licences and sources (cargo install --locked cargo-deny)"; \
	fi

fmt: ## Format the Rust code
	$(CARGO) fmt --all

clean: ## Delete what was built
	$(CARGO) clean
	rm -rf bench/.scratch examples/quickstart/out
