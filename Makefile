.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# CDK neither reports home nor checks for news, and keeps its own files inside the checkout.
export CDK_DISABLE_CLI_TELEMETRY := true
export CDK_HOME := $(CURDIR)/.cache/cdk
# jsii says in eleven lines each time that a version of Node is untested, deprecated (1 silences it) or
# past its end of life (whose major versions are listed).
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
export JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION := 1

.PHONY: help
help:  ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(VENV)/.installed: requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

node_modules/.installed: package-lock.json
	npm ci --no-fund --no-audit --silent
	touch $@

.PHONY: setup
setup: $(VENV)/.installed  ## Make the virtual environment (every other target does it by itself)

.PHONY: tools
tools: setup node_modules/.installed  ## Make that and the CDK command line, for commands that are typed by hand

examples/authjs/node_modules/.installed: examples/authjs/package-lock.json
	npm ci --prefix examples/authjs --no-fund --no-audit --silent
	touch $@

.PHONY: demo
demo: setup  ## Tell the story of a revoked session on the local stack, and check every answer
	$(BIN)/python -m local.demo

.PHONY: stories
stories: setup examples/authjs/node_modules/.installed  ## Tell the sign-outs that end badly, in a browser (Chromium) against a real provider
	$(BIN)/python -m local.stories

.PHONY: local
local: setup  ## Keep the local stack up, with ready-made curl lines
	$(BIN)/python -m local.serve

.PHONY: rehearse
rehearse: tools  ## Deploy with the real CDK command line into a local AWS, and tell the story there
	$(BIN)/python -m local.rehearsal --existing-pool

# The suites that drive the Lambdas cover every branch of them. The rest would find nothing more to
# cover, and takes two thirds of the time without being watched.
MEASURED := tests/unit tests/attacks tests/properties tests/contracts tests/faults tests/story tests/fuzz tests/vectors
.PHONY: test
test: tools examples/authjs/node_modules/.installed  ## Run every test, with branch coverage of the Lambda packages
	$(BIN)/python -m pytest -n auto --cov --cov-report=term $(MEASURED)
	$(BIN)/python -m pytest -n auto tests $(MEASURED:%=--ignore=%)

.PHONY: bench
bench: tools  ## Measure speed and scale against peers, and hold them to their budgets
	$(BIN)/python -m benchmarks

.PHONY: faults
faults: setup  ## The long forms: every pair of faults, 10,000 schedules, fuzzing, a flood of 100,000
	$(BIN)/python -m pytest -n 2 --long tests/faults tests/delay tests/fuzz tests/flood

# glibc keeps the stacks of threads that have ended, and the local servers have one for each request:
# it would look like growth. In Lambda there are no threads.
SOAK := GLIBC_TUNABLES=glibc.pthread.stack_cache_size=0 $(BIN)/python -m local.soak
SOAK_MINUTES ?= 30
.PHONY: soak
soak: setup  ## Mixed load on the local stack for 30 minutes, and nothing that grows (SOAK_MINUTES)
	$(SOAK) --minutes $(SOAK_MINUTES)

.PHONY: lint
lint: setup  ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: setup  ## Check types, strictly, tests too
	$(BIN)/mypy app.py
	MYPYPATH=docs/attach/cdk $(BIN)/mypy docs/attach/cdk/app.py
	$(BIN)/mypy

.PHONY: synth
synth: setup  ## Synthesize the CDK app into cdk.out, offline and without credentials
	CDK_OUTDIR=cdk.out $(BIN)/python app.py
	$(BIN)/cfn-lint cdk.out/*.template.json

.PHONY: bootstrap
bootstrap: tools  ## Prepare the account and Region of the current credentials for CDK, once
	PATH="$(CURDIR)/$(BIN):$$PATH" npx --no-install cdk bootstrap --no-notices

.PHONY: deploy
deploy: tools  ## Deploy into the AWS account of the current credentials
	PATH="$(CURDIR)/$(BIN):$$PATH" npx --no-install cdk deploy --all --no-notices

# Most of it is one process after another, and takes what others leave of two processors: the
# rehearsal, say, beside the tests. Each says what it has to say when it ends. The soak measures,
# and is alone.
.PHONY: check
check:  ## What CI runs
	$(MAKE) --jobs=2 --output-sync=target lint types synth test rehearse
	$(MAKE) soak-short

.PHONY: soak-short
soak-short: setup
	$(SOAK) --minutes 0.5

.PHONY: format
format: setup  ## Rewrite formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

# Extras stay in what pip installs from: before 23.3 it looks past a pin without them where a package
# is asked for with one, and fails as soon as there is a newer release.
.PHONY: lock
lock: setup  ## Resolve the newest allowed versions anew, with hashes
	$(COMPILE) --no-strip-extras --upgrade requirements-dev.in --output-file requirements-dev.txt
	for requirements in authorizer/requirements pre_token_hook/requirements session_feed/requirements sign_out/requirements receivers/requirements native_sessions/requirements pool_trigger/requirements ops/requirements benchmarks/textbook/requirements local/runtime/requirements requirements; do \
	  $(COMPILE) --upgrade $$requirements.in --constraints requirements-dev.txt --output-file $$requirements.txt || exit 1; \
	done
	$(COMPILE) --upgrade --no-deps local/runtime/emulator-requirements.in --output-file local/runtime/emulator-requirements.txt
	npm install --package-lock-only --silent
