# make demo      runs the whole store on embedded defaults
# make test      runs every test this machine can run
# make stack     runs it as it is deployed: nginx, two uwsgi, MariaDB, Redis, Celery
# make services  starts MariaDB, PostgreSQL, Redis and RabbitMQ on loopback for the tests that need them

PYTHON ?= python3
packages := $(wildcard packages/*)

.PHONY: help demo stack stack-demo stack-reload chaos test newcomer matrix develop lint mutants lock prove gallery recording services services-stop messages clean bench-fdfs bench-goods bench-search bench-cart bench-orders bench-promotions bench-store docs dist release keep

help:
	@echo "make demo           the whole store on this machine, with nothing else installed"
	@echo "make stack          the store as it is deployed, empty: nginx with TLS, two uwsgi, MariaDB, Redis, Celery (Debian, Ubuntu)"
	@echo "make stack-demo     the same, filled with the demo's catalogue; make stack-reload takes new code in under load"
	@echo "make chaos          buyers go on buying while the parts of the stack die; then the books are proved"
	@echo "make test           all tests: each package alone, the store as a whole, lint, a browser"
	@echo "make matrix         all tests on every pair of Python and Django"
	@echo "make develop        everything editable in .venv/develop, to run single tests"
	@echo "make docs           the documentation as a site, English and Chinese, in docs/_build/html"
	@echo "make gallery        draws the store's pages into docs/gallery.md (needs Chromium)"
	@echo "make recording      films a purchase into docs/gallery/purchase.webp (needs Chromium)"
	@echo "make lint           style, types, imports"
	@echo "make mutants        changes what counts money in one place at a time; says which changes no test notices (hours)"
	@echo "make release        says what a release lacks, builds and judges it; RELEASE=\"shop --tag\" tags it"
	@echo "make keep           keeps a database of the present version for the test of upgrades (needs make services)"
	@echo "make lock           notes which packages are installed, with their hashes; LOCK=--upgrade takes the newest"
	@echo "make prove          the long proofs: races, kills, clusters, outages (needs make services)"
	@echo "make services       MariaDB, PostgreSQL, Redis and RabbitMQ on loopback; make services-stop stops them"
	@echo "make bench-NAME     a benchmark: fdfs goods search cart orders store (needs SYNC=1 make services)"
	@echo "make clean          removes what the commands above made, the demo's data too"

demo:
	@$(PYTHON) .ci/environment.py demo
	@exec .venv/demo/bin/python example_project/manage.py demo $(DEMO)

stack stack-demo:
	@.ci/system stack
	@$(PYTHON) .ci/environment.py stack
	@cd example_project && exec ../.venv/stack/bin/python -m deploy.stack $(if $(filter stack-demo,$@),--demo) $(STACK)

# 32 buyers for ten minutes while parts die; CHAOS="--seconds 60 --buyers 8"
chaos:
	@.ci/system stack
	@$(PYTHON) .ci/environment.py stack
	@cd example_project && exec ../.venv/stack/bin/python -m chaos $(CHAOS)

# The uwsgi workers one after the other; who works in the background ends what it is at, and is begun anew.
stack-reload:
	@cd example_project/var/stack/run && touch reload && kill -TERM $$(cat worker.pid background.pid beat.pid)

test:
	@$(PYTHON) .ci/environment.py test
	@exec .venv/test/bin/python .ci/test.py

# As on a machine with nothing but git, make and Python.
newcomer:
	@$(PYTHON) .ci/environment.py test
	@exec .venv/test/bin/python .ci/test.py --newcomer

# Every pair of Python and Django that is claimed, as far as this machine has the interpreters.
matrix:
	@$(PYTHON) .ci/environment.py test
	@eval "$$(.ci/services env)" && exec .venv/test/bin/python .ci/test.py --matrix

# Everything editable in .venv/develop: cd packages/dailyfresh-cart && ../../.venv/develop/bin/python -m pytest -k name
develop:
	@$(PYTHON) .ci/environment.py develop

# Looks as the store looks now: docs/gallery.md
gallery: develop
	@exec .venv/develop/bin/python .ci/gallery.py

# A purchase of half a minute: docs/gallery/purchase.webp
recording: develop
	@exec .venv/develop/bin/python .ci/recording.py

# A night's work: MUTANTS="dailyfresh-orders services/payments/ledger" for a part
mutants: develop
	@for group in $(if $(MUTANTS),"$(MUTANTS)",dailyfresh-orders dailyfresh-promotions); do \
		.venv/develop/bin/python .ci/mutants.py $$group || exit 1; done

lint:
	@$(PYTHON) .ci/environment.py test
	@.venv/test/bin/tox run -q -e lint

# What is published, in dist/
dist docs:
	@$(PYTHON) .ci/environment.py test
	@.venv/test/bin/tox run -q -e $@
	@echo "See $(if $(filter docs,$@),docs/_build/html/index.html,dist/)"

# Dry: nothing changes. RELEASE="shop --tag" makes the commit and the tag, and pushes nothing.
release:
	@$(PYTHON) .ci/environment.py test
	@.venv/test/bin/tox run -q -e release -- $(RELEASE)

# On a file, on MariaDB and on PostgreSQL: example_project/tests/released
keep:
	@$(PYTHON) .ci/environment.py bench
	@eval "$$(.ci/services env)" && cd example_project && for url in "" "$$DATABASE_URL" "$$POSTGRES_URL"; do \
		DATABASE_URL=$$url ../.venv/bench/bin/python tests/kept.py || exit 1; done

lock:
	@$(PYTHON) .ci/environment.py test
	@.venv/test/bin/python .ci/lock.py $(LOCK)

prove:
	@$(PYTHON) .ci/environment.py test
	@eval "$$(.ci/services env)" && exec .venv/test/bin/python .ci/test.py --prove

services:
	@.ci/services start

services-stop:
	@.ci/services stop

bench-search:
	@$(PYTHON) .ci/environment.py bench
	@cd packages/dailyfresh-goods && exec ../../.venv/bench/bin/python -m bench.search $(BENCH)

bench-fdfs bench-goods bench-cart bench-orders bench-promotions: bench-%:
	@$(PYTHON) .ci/environment.py bench
	@eval "$$(.ci/services env)" && cd packages/*-$*$(if $(filter fdfs,$*),-storage) && exec ../../.venv/bench/bin/python -m bench

bench-store:
	@$(PYTHON) .ci/environment.py bench
	@eval "$$(.ci/services env)" && cd example_project && exec ../.venv/bench/bin/python -m bench $(BENCH)

messages:
	@$(PYTHON) .ci/environment.py demo
	@for package in $(filter-out %fdfs-storage %alipay-simulator,$(packages)); do (cd $$package/src/* && \
		$(CURDIR)/.venv/demo/bin/django-admin makemessages -l zh_Hans --no-location && \
		$(CURDIR)/.venv/demo/bin/django-admin compilemessages -l zh_Hans) || exit 1; done

clean: services-stop
	rm -rf .venv .tox .services example_project/var
