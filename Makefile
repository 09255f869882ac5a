# Two commands: `make run` talks, `make test` runs every test. Both install what they need from the lock file.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
export UV_COMPILE_BYTECODE = 1

# What is run a second time with the store on PostgreSQL (a server of the tests' own, from a wheel).
ON_POSTGRES := tests/test_store.py tests/test_database.py tests/test_always_there.py tests/test_retention.py

.PHONY: run test lint bench install

run: install
	@$(UV) run --no-sync mend run

test: install
	@$(UV) run --no-sync pytest -n auto --dist loadfile
	@$(UV) run --no-sync pytest --database=postgres $(ON_POSTGRES)

lint: install
	@$(UV) run --no-sync ruff check .
	@$(UV) run --no-sync ruff format --check .
	@$(UV) run --no-sync rasa data validate --quiet

bench: install
	@$(UV) run --no-sync python -m benchmarks
	@$(UV) run --no-sync python -m benchmarks.coach
	@$(UV) run --no-sync python -m benchmarks.linters
	@$(UV) run --no-sync python -m benchmarks.nightly
	@$(UV) run --no-sync python -m benchmarks.full
	@$(UV) run --no-sync python -m benchmarks.fleet
	@$(UV) run --no-sync python -m benchmarks.scale

install: .venv/installed

# uv brings Python 3.10 along if the machine has none. A machine without uv gets a private one.
.venv/installed: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --locked
	@touch $@

.uv/bin/uv:
	@python3 -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check uv
