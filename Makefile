# Understudy. `make` lists what there is to do; only Go is needed.

GO           ?= go
STATICCHECK  ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2
LISTEN       ?= 127.0.0.1:4242
FUZZTIME     ?= 10s
MUTANTS      ?= 400
CONTAINER    ?= docker

# Properties are tried on the same examples every time; with another RAPID_SEED, on others.
export RAPID_SEED ?= 1

# The race detector needs a C compiler; without one, Go sets CGO_ENABLED to 0 by itself.
RACE := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build the server and start it on LISTEN (default 127.0.0.1:4242)
	./bin/understudy serve --listen $(LISTEN)

.PHONY: build
build: ## build bin/understudy
	$(GO) build -o bin/understudy ./cmd/understudy

.PHONY: dist
dist: ## build dist/: binaries for linux, macOS and windows, archives, checksums
	$(GO) run ./cmd/dist dist

.PHONY: container
container: dist ## build a container image with CONTAINER (default docker)
	$(CONTAINER) build -f .container/Containerfile -t understudy dist

.PHONY: browser
browser: ## find Chromium for the browser tests, or install it where that needs no question
	@bash .ci/browser

.PHONY: test
test: browser ## run all tests
	$(GO) test -timeout 40m ./...

.PHONY: check
check: format vet lint scan race ## everything that has to hold before a change lands

.PHONY: format
format: ## fail if a file is not formatted
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted (make fmt does it):"; echo "$$unformatted"; exit 1; fi

.PHONY: fmt
fmt: ## format every file
	gofmt -w $$(git ls-files '*.go')

.PHONY: vet
vet: ## go vet
	$(GO) vet ./...

.PHONY: lint
lint: ## staticcheck, fetched from the module proxy when it is not there yet
	$(GO) run $(STATICCHECK) ./...

.PHONY: scan
scan: ## look for secrets in the stories of fixtures/
	$(GO) run ./cmd/understudy fixtures scan fixtures

.PHONY: stories
stories: ## write the stories that nobody recorded again: the vendors' samples, and what the simulator plays
	$(GO) run ./cmd/stories fixtures

.PHONY: race
race: browser ## run all tests in random order, under the race detector
	$(if $(RACE),,@echo "there is no C compiler: the race detector stays off")
	$(GO) test $(RACE) -shuffle=on -timeout 40m ./...

.PHONY: bench
bench: ## measure speed beside a floor, start-up and memory
	$(GO) run ./cmd/bench

.PHONY: contract
contract: build ## hold the mock to the documents: every contract of every provider
	./bin/understudy contract --min-coverage answers=60,properties=45,transitions=100

.PHONY: mutants
mutants: ## break the mock in one thing at a time and see that the contracts notice (MUTANTS of each provider, default 400; 0: every one)
	$(GO) test -timeout 60m -run TestTheSuitesKillMutants -v ./contracts/mutants -sample $(MUTANTS)

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZTIME each (default 10s)
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist
