# The two commands: `make demo` and `make test`. Both set up .venv from the lock file first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data
EVAL ?= ../shared/eval
LABELS ?= 1000 10000

.PHONY: demo test check docs eval scoreboard measure backtest train lock clean scale soak load screenshots fuzz

demo: $(VENV)/.run
	$(BIN)/drugchatter ask "Kesimpta mechanism of action?"

test: $(VENV)/.dev
	$(BIN)/pytest

# Types, lint, and documents that are made from the code.
check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/how_it_works.py --check
	$(BIN)/python tools/check_formulary.py --data $(DATA)

docs: $(VENV)/.dev
	$(BIN)/python tools/how_it_works.py

# Questions with gold, on the labels of $(DATA): prints tables, saves eval-results/ and a page to read the answers on.
eval: $(VENV)/.dev
	DRUGCHATTER_HOME=$(VENV)/eval-home $(BIN)/drugchatter sync --from $(DATA)
	DRUGCHATTER_HOME=$(VENV)/eval-home $(BIN)/drugchatter eval $(EVAL)/dev.jsonl $(EVAL)/hard_dev.jsonl \
		--html eval-results/review.html

# Every set, held against eval/floor.json: docs/scoreboard.md and a line of docs/scoreboard.jsonl. The labels are loaded
# anew, by this code. `make scoreboard ACCEPT=--accept` makes what was measured the floor.
scoreboard: $(VENV)/.dev
	rm -rf $(VENV)/scoreboard-home
	$(BIN)/python tools/scoreboard.py --data $(DATA) --eval $(EVAL) --home $(VENV)/scoreboard-home $(ACCEPT)

# Every figure of docs/measurements.md.
measure: $(VENV)/.dev
	$(BIN)/python tools/measure.py --data $(DATA) --eval $(EVAL)

# Predictions of old Orange Book listings against the generics that came: docs/backtest.md and its picture.
backtest: $(VENV)/.dev
	$(BIN)/python tools/backtest.py --data $(DATA)

# Time and memory of loading many labels; a run with 100,000 takes most of an hour.
scale: $(VENV)/.dev
	$(BIN)/python tools/scale.py --data $(DATA) --labels $(LABELS)

# The page under 200 streams for two minutes; its pictures for docs/screenshots; 2,000 made-up calls of the API.
load: $(VENV)/.dev
	$(BIN)/python tools/load_web.py --seconds 120

screenshots: $(VENV)/.dev
	$(BIN)/python tools/screenshots.py

fuzz: $(VENV)/.dev
	WEB_FUZZ_CASES=2000 $(BIN)/pytest tests/test_web_fuzz.py

# A sync killed at a hundred random moments.
soak: $(VENV)/.dev
	$(BIN)/python tools/killed.py --first $(DATA)/shortages --second $(DATA)/dailymed --kills 100

# The small models of intents and of dangerous questions, from training/; needs scikit-learn, which nothing else does.
train: $(VENV)/.dev
	$(BIN)/pip install --quiet scikit-learn
	$(BIN)/python tools/train_intents.py
	$(BIN)/python tools/train_danger.py

# A release of less than a week is left to others to try.
COMPILE = uv pip compile pyproject.toml --universal --generate-hashes --no-header --python-version 3.11 \
	--exclude-newer $$(date -u -d "7 days ago" +%F)

lock:
	$(COMPILE) -o requirements.lock
	$(COMPILE) --extra web --group dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) dist build eval-results

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "drugchatter needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@
