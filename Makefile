# The few commands that a person and CI need. Each installs what it lacks.

# In a folder of its own, so that tests can run meanwhile: SwiftPM locks the one that it works in.
RELEASE = swift build -c release --scratch-path .build/programs --static-swift-stdlib -Xlinker -s
SUITES  = $(wildcard ../shared/suites)
export KEYVAULT_SUITES ?= $(if $(SUITES),$(abspath $(SUITES)))

.PHONY: help build demo test run-tests run-libraries run-commands faketime check nightly lint linkage sanitize torture fuzz \
  bench docs clean deps deps-build deps-test deps-bench

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: deps-build ## the release binary at .build/release/keyvault, and the demo's provider stand-in
	$(RELEASE) --product keyvault
	$(RELEASE) --product provider-stub
	@ln -sfn programs/release .build/release

demo: build ## the whole way of a key, on this repository's own demo environment
	@Demo/run

# The programs are built, and then tested, beside what needs none of them: an optimizing compiler leaves a core idle.
# Runs stand side by side where each can have a /dev/shm of its own.
BESIDE = $(shell unshare -m true 2>/dev/null && echo -j2)

test: deps-build deps-test ## every test, the long ones as a sample
	swift build --build-tests
	@Scripts/names
	@$(MAKE) --no-print-directory run-tests

run-tests:
	@$(MAKE) --no-print-directory --keep-going $(BESIDE) run-libraries run-commands
	@Scripts/tests --left-out

run-libraries:
	@Scripts/tests large units

run-commands: $(if $(CLOCK_AHEAD),,build)
	@Scripts/tests commands

# Nothing is built or installed in another year: compilers and package managers compare times. Tests/Clock says
# what is ahead.
faketime: build deps-test ## every test, with the clock one and three years ahead
	swift build --build-tests
	@$(MAKE) --no-print-directory faketime-1 faketime-3

faketime-%: .build/clock.so
	CLOCK_AHEAD=$$(($* * 366 * 86400)) LD_PRELOAD=$(abspath $<) $(MAKE) --no-print-directory run-tests

.build/clock.so: Tests/Clock/clock.c
	cc -O1 -Wall -Wextra -Werror -shared -fPIC -o $@ $<

check: lint test linkage ## what CI checks
	@Scripts/fuzz $(if $(NIGHTLY),$(FUZZ),30)

nightly: export NIGHTLY = 1
nightly: check sanitize faketime ## the same with all of the long tests, and more; for hours

lint: ## format, forbidden words, directions of imports
	swift format lint --strict --recursive Sources Tests Plugins Examples Fuzz Package.swift
	@Scripts/lint

linkage: build ## the binary needs neither the large Foundation nor libcurl to start
	@Scripts/linkage .build/release/keyvault

# Where C and many threads meet: each sanitizer needs a build of its own.
PROBES    = $(basename $(notdir $(wildcard Tests/KeyVaultTests/Probe/*Tests.swift)))
SANITIZED = HTTPTests $(addprefix KeyVaultTests., $(PROBES))
empty    :=

sanitize: sanitize-address sanitize-thread ## HTTP and probes under AddressSanitizer and ThreadSanitizer

sanitize-%: deps-test
	ASAN_OPTIONS=detect_leaks=0 \
	TSAN_OPTIONS=suppressions=$(CURDIR)/Scripts/thread-sanitizer.suppressions \
	swift test --sanitize=$* --scratch-path .build/sanitize-$* \
	  --filter '^($(subst $(empty) ,|,$(strip $(SANITIZED))))\b'

torture: deps-test ## a thousand random kills, and every call that writes refused; half an hour
	NIGHTLY=1 swift test --filter TortureTests

# Seconds for all of its targets together.
FUZZ ?= 600

fuzz: deps-test ## gives hostile input to all that reads files, names, and answers, for ten minutes
	@Scripts/fuzz $(FUZZ)

bench: build deps-bench ## speed beside gpg, pass and others, as ratios of one run
	@Scripts/bench

docs: deps-build ## the library's documentation, a web site in .build/docs
	@Scripts/docs

clean:
	rm -rf .build

deps: deps-test deps-bench ## every package that building, testing and measuring need
deps-build:
	@Scripts/deps build
deps-test:
	@Scripts/deps build test
deps-bench:
	@Scripts/deps build test bench
