# Everything the book needs, from Python >= 3.12 and make alone. `make help` lists the targets.

.DEFAULT_GOAL := help
.PHONY: help environment book test lint lab notebooks validate serve bench publish lock clean

PY    := .venv/bin/python
STEP  := @$(PY) tools/step.py
JOBS  ?= 2
HTML  := _build/html
# Notebooks are run by processes that should not fight over the cores.
export OMP_NUM_THREADS ?= 1
export PYTHONHASHSEED ?= 0

help: ## this list
	@echo "make TARGET, where TARGET is one of"; \
	sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  \1|\2/p' Makefile | \
	while IFS='|' read -r name text; do printf '%-12s %s\n' "$$name" "$$text"; done

environment: ## build .venv from the hashed lock, or refresh it when the lock changed
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.14 python; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
	    exec $$python tools/environment.py; fi; done; \
	echo "No Python >= 3.12 was found. Install one, or name it: make PYTHON=/path/to/python book" >&2; \
	exit 1

book: environment ## build the static book from the committed, executed notebooks
	@rm -rf $(HTML)
	$(STEP) "Building the book, strictly: any warning is an error." \
	  .venv/bin/jupyter-book build . --all --quiet --warningiserror --keep-going --nitpick
	@test -f $(HTML)/index.html && echo "Open $(HTML)/index.html in a browser."

lint: environment ## check style and docstrings
	$(STEP) "Checking style and docstrings (ruff)." .venv/bin/ruff check $(wildcard hbm_lib tools tests benchmarks exercises)

test: lint book ## everything: style, the built book, all tests, all notebooks
	$(STEP) "Running the tests (pytest)." $(PY) -m pytest -n $(JOBS) --dist loadgroup --durations 15
	@$(MAKE) --no-print-directory validate

validate: environment ## run every notebook again and compare its outputs (nbval)
	$(STEP) "Running every notebook again and comparing its outputs (nbval)." \
	  $(PY) tools/notebooks.py validate --jobs $(JOBS)

notebooks: environment ## execute the notebooks that changed (ALL=1: every one) and sync the twins
	$(STEP) "Executing the notebooks that changed." \
	  $(PY) tools/notebooks.py run --jobs $(JOBS) $(if $(ALL),--all) $(ONLY)

lab: environment ## open the notebooks in JupyterLab
	$(STEP) "Opening JupyterLab." .venv/bin/jupyter lab --notebook-dir=.

serve: book ## build the book and serve it on this machine
	@echo "Serving on port 8000 of this machine; Ctrl-C stops it."
	$(STEP) "Serving the book." $(PY) -m http.server 8000 --bind 127.0.0.1 --directory $(HTML)

bench: environment ## measure the engines against each other, as ratios
	$(STEP) "Measuring the engines against each other." $(PY) -m benchmarks

publish: ## validate, test, build, then hand the book to the gh-pages branch
	@$(MAKE) --no-print-directory test
	$(STEP) "Publishing the book." $(PY) tools/publish.py

lock: environment ## compile requirements.in to the hashed lock
	$(STEP) "Compiling the lock." .venv/bin/uv pip compile requirements.in --quiet --generate-hashes \
	  --no-header --no-annotate --universal --python-version 3.12 -o requirements.txt

clean: ## remove what was built (the environment too, with ENV=1)
	@echo "▸ Removing what was built."; rm -rf _build dist .pytest_cache .ruff_cache
	@$(if $(ENV),rm -rf .venv)
	@find . -name __pycache__ -not -path './.venv/*' -type d -prune -exec rm -rf {} +
	@echo "✓ done"
