# The few commands that a person and CI need. Each installs what it lacks.

RELEASE = swift build -c release --static-swift-stdlib -Xlinker -s
SUITES  = $(wildcard ../shared/suites)
export KEYVAULT_SUITES ?= $(if $(SUITES),$(abspath $(SUITES)))

.PHONY: help build demo test run-tests faketime check lint linkage sanitize torture fuzz bench docs clean deps deps-build deps-test \
  deps-bench

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: deps-build ## the release binary at .build/release/keyvault, and the demo's provider stand-in
	$(RELEASE) --product keyvault
	$(RELEASE) --product provider-stub

demo: build ## the whole way of a key, on this repository's own demo environment
	@Demo/run

# In three runs. Tests that fill memory run apart from those that start gpg, for gpgme forks, and the more memory the
# longer that takes. Complete commands take both cores for minutes, so what measures times runs before them; they
# are the programs that people get, which also start five times as fast as those built for the tests.
LARGE    = ^(YAML|JSONSchema|Secrets)Tests\.|^KeyVaultTests\.($(subst $(empty) ,|,$(LARGE_SUITES)))Tests
LARGE_SUITES = RoundTrip HostileNames Dialect Systemd KubernetesSecret Masker Fixture History
COMMANDS = ^(CLI|SDK)Tests\.

test: build deps-test ## every test
	swift build --build-tests
	@Scripts/names
	@$(MAKE) --no-print-directory run-tests

run-tests:
	swift test --skip-build --filter '$(LARGE)'
	swift test --skip-build --skip '$(LARGE)' --skip '$(COMMANDS)'
	KEYVAULT_BINARIES=$(CURDIR)/.build/release swift test --skip-build --filter '$(COMMANDS)'

# Nothing is built or installed in another year: compilers and package managers compare times. Tests/Clock says
# what is ahead.
faketime: build deps-test ## every test, with the clock one and three years ahead
	swift build --build-tests
	@$(MAKE) --no-print-directory faketime-1 faketime-3

faketime-%: .build/clock.so
	CLOCK_AHEAD=$$(($* * 366 * 86400)) LD_PRELOAD=$(abspath $<) $(MAKE) --no-print-directory run-tests

.build/clock.so: Tests/Clock/clock.c
	cc -O1 -Wall -Wextra -Werror -shared -fPIC -o $@ $<

check: lint linkage test ## what CI checks
	@Scripts/fuzz 60

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
	TORTURE=1000 swift test --filter TortureTests

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
