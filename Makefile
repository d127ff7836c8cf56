# A thin layer: `python -m press ...` and `pytest` do the work (README.md, "Without make").
# Every target sets up .venv first, which takes no time while requirements.lock stays the same.
#
#   make book SCALE=full        at the paper's scale
#   make book CHAPTER=02        one chapter
#   make test TESTS=tests/press some of the tests
#   make fuzz SEEDS=7           the random examples and calls that this seed gives
#   make bench OPTIONS=--quick  a tenth of the problems
#   make assignment CHAPTER=04  a chapter for a course

PYTHON ?= python3
ENVIRONMENT := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PRESS := $(ENVIRONMENT)/python -m press
# On all cores, up to four; a worker that has nothing left to do takes over half of what another still has.
PYTEST := $(ENVIRONMENT)/python -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal
# The library, without what needs a browser or Coq, reads records, or computes longest: studies and trials.
QUICK := tests/imagination -m "not browser and not coq" \
	$(foreach room,studies catalogue,--ignore=tests/imagination/$(room)) \
	$(foreach part,trial adversary mutants,--ignore-glob='*/test_*$(part).py')
SEEDS ?= $(shell $(PYTHON) -c "import random; print(*random.sample(range(10**6), 5))")

.DEFAULT_GOAL := help
.PHONY: help setup book full test quick fuzz formal lab serve bench reproducible picture assignment pdf links clean

help:  ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

setup:
	@$(PYTHON) lib/press/environment.py

book: setup  ## execute what has changed, print the book to _build/html/index.html
	@$(PRESS) book $(if $(SCALE),--scale $(SCALE)) $(if $(CHAPTER),--chapter $(CHAPTER))

full: setup  ## the book at the paper's scale: hours
	@$(PRESS) book --scale full

test: setup  ## run every test; the page tests print the book first
	@$(PYTEST) $(TESTS)

quick: setup  ## run the library's tests that need no browser, no kernel, no Coq and little time
	@$(PYTEST) $(QUICK)

fuzz: setup  ## random examples and hostile calls of all public functions, with five other seeds, which it prints
	@for seed in $(SEEDS); do echo "SEEDS=$$seed"; \
		$(PYTEST) -q -m hypothesis --hypothesis-profile changing --hypothesis-seed $$seed $(TESTS) && \
		OMP_NUM_THREADS=1 $(ENVIRONMENT)/python -m tests.fuzz.fuzz --calls 4000 --seed $$seed || exit 1; done

formal: setup  ## have Coq check the proofs, and record what it checked
	@$(PRESS) formal

lab: setup  ## open the chapters in JupyterLab
	@$(ENVIRONMENT)/python -m jupyter lab chapters

serve: setup  ## show the printed book on localhost
	@$(PRESS) serve

bench: setup  ## time the library beside QuantEcon, POT, JAX and others
	@OMP_NUM_THREADS=1 $(ENVIRONMENT)/python -m benchmarks $(OPTIONS)

reproducible: setup  ## execute the book twice from nothing and compare every byte
	@$(PRESS) reproducible

picture: setup  ## draw the README's picture again
	@$(PRESS) picture

assignment: setup  ## a student's and an instructor's notebook of CHAPTER, to _build/assignments
	@$(if $(CHAPTER),,$(error say which chapter: make assignment CHAPTER=04))$(ENVIRONMENT)/python -m classroom assignment $(CHAPTER)

pdf: book  ## the whole book on paper, to _build/on-training-in-imagination.pdf
	@$(PRESS) pdf

links: setup  ## ask every other site that the printed book links to
	@$(PRESS) links

clean: setup  ## remove everything that was built, but not the environment
	@$(PRESS) clean
