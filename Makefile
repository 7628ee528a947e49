# What one does here; "make help" lists it. Each target sets up what it needs by itself.

.DEFAULT_GOAL := help
.PHONY: help demo test soak bench check lint fmt build assets clean fresh stop

DEMO_ARGS ?=
BENCH ?= short
FRESH_ARGS ?=

LINT := go tool -modfile=tools/go.mod golangci-lint

# The shell must outlive Ctrl-C in order to stop the tests' servers; what it runs ends by itself. (-race: so that
# nothing is compiled a second time.)
STOP_AFTER = trap : INT TERM; $(1); code=$$?; go run -race ./testbed/stop || code=1; exit $$code

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | awk -F '\t' '{ printf "make %-7s %s\n", $$1, $$2 }'

demo: ## set up, build and play the story, then serve until Ctrl-C (DEMO_ARGS=--once: stop after the story)
	@scripts/setup
	@go build -o bin/tanggap ./cmd/tanggap
	@exec ./bin/tanggap demo $(DEMO_ARGS)

build: ## build bin/tanggap
	go build -o bin/tanggap ./cmd/tanggap

# The longest first, so that none of them is left to run alone at the end.
test: ## set up and run every test with the race detector (at most 12 minutes)
	@scripts/setup --test
	@$(call STOP_AFTER,go test -race -count=1 -timeout=12m ./house ./console ./bot/whatsapp ./...)

soak: ## the long tests: crashes, rushes, races of instances (at most 40 minutes)
	@scripts/setup --test
	@packages=$$(grep -rl --include='*_test.go' '^//go:build soak' . | xargs -n 1 dirname | sort -u); \
	if [ -z "$$packages" ]; then echo 'make soak: no package has a soak test' >&2; exit 1; fi; \
	$(call STOP_AFTER,go test -race -tags=soak -run=Soak -count=1 -v -timeout=40m $$packages)

bench: ## how fast it is, against this machine's own limits (BENCH=short, a minute, or BENCH=full)
	@scripts/setup
	@BENCH=$(BENCH) go run ./cmd/bench

check: ## formatting, lint, tests: what a change must pass
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):" $$unformatted >&2; exit 1; fi
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test

lint: ## golangci-lint, as pinned in tools/go.mod
	@$(LINT) run ./...

fmt: ## format the code
	@$(LINT) fmt ./...

fresh: ## run the demo's story on a bare Debian, as root (FRESH_ARGS='--user make test': something else, as a user)
	@scripts/fresh $(FRESH_ARGS)

stop: ## stop the Postgres and Redis that tests share (they also stop by themselves)
	@go run ./testbed/stop

# Pinned in console/package-lock.json. What is copied is committed, so that nobody needs npm to build.
assets: ## copy what the pages need of others from npm packages into console/assets/vendor
	cd console && npm ci --ignore-scripts --no-audit --no-fund
	rm -rf console/assets/vendor
	mkdir -p console/assets/vendor/leaflet console/assets/vendor/uplot
	cp console/node_modules/htmx.org/dist/htmx.min.js console/node_modules/htmx.org/LICENSE console/assets/vendor/
	cp -r console/node_modules/leaflet/dist/leaflet.js console/node_modules/leaflet/dist/leaflet.css console/node_modules/leaflet/dist/images \
		console/node_modules/leaflet/LICENSE console/assets/vendor/leaflet/
	cp console/node_modules/uplot/dist/uPlot.iife.min.js console/node_modules/uplot/dist/uPlot.min.css console/node_modules/uplot/LICENSE console/assets/vendor/uplot/
	cp console/node_modules/axe-core/axe.min.js testbed/browser/
	rm -rf console/node_modules

clean: stop ## remove what was built and the tests' data; the demo's stay in .tanggap
	rm -rf bin .tanggap/test
