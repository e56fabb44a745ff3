# SPDX-License-Identifier: MIT
# `make help` lists what can be made.

PREFIX ?= /usr
DESTDIR ?=

# What Debian has to bring, for building and for the tests.
BUILD_PACKAGES := libarchive-dev libunarr-dev libturbojpeg0-dev libpng-dev libwebp-dev libgif-dev libheif-dev libjxl-dev libxml2-dev libpoppler-glib-dev libseccomp-dev \
    libsystemd-dev libsqlite3-dev nettle-dev pkg-config
DEB_PACKAGES := debhelper dpkg-dev lintian
SYSTEM_PACKAGES := debootstrap systemd-container
TEST_PACKAGES := curl jq sqlite3 webp libarchive-tools p7zip-full unar bindfs fuse3 mergerfs rsync e2fsprogs xfsprogs btrfs-progs util-linux strace git \
    bash-completion zsh fish mandoc python3 python3-venv python3-prometheus-client \
    imagemagick libjxl-tools libheif-examples libavif-bin poppler-utils qpdf

BENCH_PACKAGES := gcc libturbojpeg0-dev libwebp-dev libpng-dev zlib1g-dev findutils inotify-tools libarchive-tools \
    python3 python3-numpy python3-pil

PRODUCTS := stumpd stumpctl stump-worker
# The programs hold the Swift runtime: the user of the service may not be able to read the toolchain.
RELEASE := .build/release
BUILD_RELEASE := swift build -c release --static-swift-stdlib --disable-local-rpath

.DEFAULT_GOAL := help
.PHONY: help deps test-deps build run test test-slow test-api fuzz-watch fuzz-identity fuzz-media crash-test fault-conversion lint \
    bench man completions install install-files release deb test-system clean

help:
	@echo 'make run LIBRARY=~/Comics   build stumpd and run it here on a folder of books'
	@echo 'make test                   build everything and run the tests'
	@echo 'make test-slow              the same with the tests that take long'
	@echo 'make test-api               have schemathesis ask the daemon whatever its description of the API says'
	@echo 'make fuzz-watch RUNS=1000   change a library at random at full speed, and compare the index with the disk'
	@echo 'make fuzz-identity RUNS=1000 tidy up two libraries at random, and see whether every book keeps its id'
	@echo 'make fuzz-media SECONDS=600 damage books of every kind at random, and have them read'
	@echo 'make crash-test RUNS=200    kill the daemon at random moments and take its disk away, and look what is left'
	@echo 'make fault-conversion       have every system call of a conversion fail, or kill the daemon at it, and look at the books'
	@echo 'make bench SIZES=small      measure what stumpd costs beside other programs, on libraries made for it in .build/bench (DIR=)'
	@echo 'make build                  build stumpd, stumpctl and stump-worker'
	@echo 'make man completions        write manual pages and completions of bash, zsh and fish into .build/share'
	@echo 'make install                install them, the unit and the configuration (DESTDIR=, PREFIX=/usr)'
	@echo 'make deb                    build the Debian package of all that, into .build/packages'
	@echo 'make test-system            install that package on a Debian of its own, booted in a container, and try it there'
	@echo 'make lint                   check the style of the sources'
	@echo 'make deps                   install what the build needs from Debian; part of the above'
	@echo 'make clean                  remove what was built'

deps:
	$(call install_missing,$(BUILD_PACKAGES))
	@command -v swift >/dev/null || { echo >&2 'Swift 6.3 or later is missing: see https://www.swift.org/install/linux/'; exit 1; }

test-deps: deps
	$(call install_missing,$(TEST_PACKAGES))

build: deps release

release:
	@set -e; for product in $(PRODUCTS); do $(BUILD_RELEASE) --product $$product; done

# The folder goes by the environment, so that blanks and quotes in its name are no matter.
run: export LIBRARY := $(LIBRARY)
run:
	@test -n "$$LIBRARY" || { echo >&2 'Which folder? Type: make run LIBRARY=~/Comics'; exit 64; }
	@$(MAKE) --no-print-directory build
	@case "$$LIBRARY" in '~/'*) LIBRARY=$$HOME/$${LIBRARY#'~/'} ;; esac; \
	name=$$(basename -- "$$LIBRARY" | LC_ALL=C tr 'A-Z' 'a-z' | LC_ALL=C tr -cs 'a-z0-9' '-' | cut -c1-64); \
	name=$${name#-}; name=$${name%-}; name=$${name:-library}; \
	socket=$${XDG_RUNTIME_DIR:+$$XDG_RUNTIME_DIR/stump}; \
	socket=$${socket:-$${TMPDIR:-/tmp}/stump-$$(id -u)}/stumpd.sock; \
	echo "Library \"$$name\" is $$LIBRARY; the socket is $$socket. In another shell, type:"; \
	echo "    $(RELEASE)/stumpctl status"; \
	echo "    $(RELEASE)/stumpctl books"; \
	echo "    curl --unix-socket $$socket http://stump/v1/status"; \
	echo 'Ctrl-C ends it.'; \
	exec $(RELEASE)/stumpd --library "$$name=$$LIBRARY"

# Those that keep workers or whole daemons busy come after the others, which would wait for them; and where times are promised, one
# comes after the other. So they do where a library's complaints are a process's own: a worker draws one page at a time, the tests not.
SCAN_TESTS := LibraryScanTests|PDFFactsTests|PDFThumbnailTests
BUSY_TESTS := DaemonFuzzTests|IdentityFuzzTests|ScenarioTests|MediaFuzzTests
TIMED_TESTS := EndToEndTests

test: test-deps
	swift build --build-tests
	@$(MAKE) --no-print-directory man completions PROGRAMS=.build/debug
	swift test --skip-build --disable-xctest --skip '$(SCAN_TESTS)|$(BUSY_TESTS)|$(TIMED_TESTS)'
	swift test --skip-build --disable-xctest --no-parallel --filter '$(SCAN_TESTS)'
	swift test --skip-build --disable-xctest --filter '$(BUSY_TESTS)'
	swift test --skip-build --disable-xctest --no-parallel --filter '$(TIMED_TESTS)'

# The same tests, with all that take long: every kind of disk in every place, and a server that hangs.
test-slow: test-deps
	swift build --build-tests
	@$(MAKE) --no-print-directory man completions PROGRAMS=.build/debug
	STUMP_SLOW_TESTS=1 swift test --skip-build --disable-xctest --no-parallel

# An independent judge asks the daemon whatever its description says it answers, and compares: make test-api EXAMPLES=n SEED=n
EXAMPLES ?= 25
SCHEMATHESIS := $(CURDIR)/.build/schemathesis/bin/schemathesis
test-api: test-deps $(SCHEMATHESIS)
	swift build
	python3 Tests/Contract/api.py '$(CURDIR)/.build/debug' $(SCHEMATHESIS) --max-examples $(EXAMPLES) --seed $(SEED)

$(SCHEMATHESIS):
	python3 -m venv $(CURDIR)/.build/schemathesis
	$(CURDIR)/.build/schemathesis/bin/pip install --quiet schemathesis==4.32.5

# What a run found is found again with its seed: make fuzz-watch RUNS=1 SEED=n TREATMENT=restarts
RUNS ?= 1000
SEED ?= 1
TREATMENT ?=
fuzz-watch: test-deps
	swift build --build-tests
	FUZZ_RUNS=$(RUNS) FUZZ_SEED=$(SEED) FUZZ_TREATMENT=$(TREATMENT) swift test --skip-build --disable-xctest --filter DaemonFuzzTests

# The same with make fuzz-identity RUNS=1 SEED=n
fuzz-identity: test-deps
	swift build --build-tests
	FUZZ_RUNS=$(RUNS) FUZZ_SEED=$(SEED) swift test --skip-build --disable-xctest --filter IdentityFuzzTests

# The same with make fuzz-media SECONDS=1 SEED=n, and KEEP=DIR keeps the books that killed a worker or were judged wrongly. What
# reads them is the worker as it is installed.
SECONDS ?= 600
fuzz-media: test-deps
	swift build --build-tests
	$(BUILD_RELEASE) --product stump-worker
	FUZZ_SECONDS=$(SECONDS) FUZZ_SEED=$(SEED) FUZZ_WORKER='$(CURDIR)/$(RELEASE)/stump-worker' $(if $(KEEP),FUZZ_KEEP='$(KEEP)') \
	    swift test --skip-build --disable-xctest --filter MediaFuzzTests

# The same with make crash-test RUNS=1 SEED=n, and KEEP=DIR keeps what a run that failed has left behind.
crash-test: RUNS = 200
crash-test: test-deps
	swift build --build-tests
	@$(MAKE) --no-print-directory man completions PROGRAMS=.build/debug
	CRASH_RUNS=$(RUNS) CRASH_SEED=$(SEED) $(if $(KEEP),CRASH_KEEP='$(KEEP)') swift test --skip-build --disable-xctest \
	    --no-parallel --filter 'CrashCampaignTests|WriteFaultTests'

# A few fault points of another choice: make fault-conversion RUNS=20 SEED=n
fault-conversion: RUNS = all
fault-conversion: test-deps
	swift build --build-tests
	FAULT_RUNS=$(RUNS) FAULT_SEED=$(SEED) swift test --skip-build --disable-xctest --no-parallel --filter 'ConversionFaultTests'

# Benchmarks/README.md says what is measured, how long it takes and what it needs: make bench SIZES=small RUNS=1
BENCH := $(CURDIR)/.build/bench
bench: export DIR := $(or $(DIR),$(BENCH))
bench: RUNS = 3
bench: SIZES = real,small,large,wide
bench: build
	$(call install_missing,$(BENCH_PACKAGES))
	@mkdir -p $(BENCH) "$$DIR"
	gcc -O2 -Wall -Wextra -pthread -o $(BENCH)/floor Benchmarks/floor.c -lturbojpeg -lwebp -lpng -lz
	python3 Benchmarks/bench.py --programs $(RELEASE) --floor $(BENCH)/floor --dir "$$DIR" --sizes '$(SIZES)' --runs $(RUNS) \
	    --json "$$DIR/results/$$(date +%Y%m%d-%H%M%S).json"

# For debian/rules the build must find all it needs: what is missing is installed here, where root may be asked for.
deb: deps
	$(call install_missing,$(DEB_PACKAGES))
	rm -f .build/packages/*.deb
	debian/rules clean
	DEB_RULES_REQUIRES_ROOT=no debian/rules binary
	debian/rules clean
	lintian --allow-root --fail-on error .build/packages/*.deb
	ls -l .build/packages/*.deb

# Boots a Debian of its own, for which it has to be root. The tree is made once and kept.
test-system: deb
	$(call install_missing,$(SYSTEM_PACKAGES))
	Tests/System/run .build/packages/stump_*.deb

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

# Manual pages and completions are what the programs say of themselves; PROGRAMS= names the directory of others.
PROGRAMS ?= $(RELEASE)
SHARE := .build/share
PAGES := stumpctl.1 stumpd.8 stumpd.toml.5 stump-api.7
MANUAL_DATE = $(shell LC_ALL=C date -u -r man +'%B %-d, %Y')

man: $(SHARE)/generate
	@test -x $(PROGRAMS)/stumpctl -a -x $(PROGRAMS)/stumpd || $(MAKE) --no-print-directory build
	@mkdir -p $(SHARE)/man
	@$(PROGRAMS)/stumpctl --experimental-dump-help >$(SHARE)/stumpctl.json
	@$(PROGRAMS)/stumpd --experimental-dump-help >$(SHARE)/stumpd.json
	@set -e; for page in $(PAGES); do \
	    case $$page in stumpctl.1) source=$(SHARE)/stumpctl.json ;; *.toml.5) source=etc/stumpd.toml ;; *) source=$(SHARE)/stumpd.json ;; esac; \
	    $(SHARE)/generate $$source man/$$page.in '$(MANUAL_DATE)' >$(SHARE)/man/$$page; \
	done

$(SHARE)/generate: man/generate.swift
	@mkdir -p $(SHARE)
	@swiftc -o $@ $<

completions:
	@test -x $(PROGRAMS)/stumpctl || $(MAKE) --no-print-directory build
	@mkdir -p $(SHARE)/completions
	@$(PROGRAMS)/stumpctl --generate-completion-script bash >$(SHARE)/completions/stumpctl
	@$(PROGRAMS)/stumpctl --generate-completion-script zsh >$(SHARE)/completions/_stumpctl
	@$(PROGRAMS)/stumpctl --generate-completion-script fish >$(SHARE)/completions/stumpctl.fish

install: build install-files
	@test -n '$(DESTDIR)' || echo 'Now: systemd-sysusers && systemctl restart systemd-sysctl && journalctl --update-catalog && systemctl daemon-reload'
	@test -n '$(DESTDIR)' || echo 'and, with a library in /etc/stump/stumpd.toml: systemctl enable --now stumpd'

install-files: man completions
	install -D -m 755 $(RELEASE)/stumpd $(DESTDIR)$(PREFIX)/sbin/stumpd
	install -D -m 755 $(RELEASE)/stumpctl $(DESTDIR)$(PREFIX)/bin/stumpctl
	install -D -m 755 $(RELEASE)/stump-worker $(DESTDIR)$(PREFIX)/libexec/stump/stump-worker
	install -D -m 644 systemd/stumpd.service $(DESTDIR)$(PREFIX)/lib/systemd/system/stumpd.service
	sed -i 's|^\(Exec[A-Z][a-z]*\)=/usr/|\1=$(PREFIX)/|' $(DESTDIR)$(PREFIX)/lib/systemd/system/stumpd.service
	install -D -m 644 systemd/stump.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/stump.conf
	install -D -m 644 etc/sysctl.d/60-stump.conf $(DESTDIR)$(PREFIX)/lib/sysctl.d/60-stump.conf
	install -D -m 644 systemd/stump.catalog $(DESTDIR)$(PREFIX)/lib/systemd/catalog/stump.catalog
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/stump/examples systemd/examples/*.conf
	set -e; for page in $(PAGES); do install -D -m 644 $(SHARE)/man/$$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$page; done
	install -D -m 644 $(SHARE)/completions/stumpctl $(DESTDIR)$(PREFIX)/share/bash-completion/completions/stumpctl
	install -D -m 644 $(SHARE)/completions/_stumpctl $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_stumpctl
	install -D -m 644 $(SHARE)/completions/stumpctl.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/stumpctl.fish
	test -e $(DESTDIR)/etc/stump/stumpd.toml || install -D -m 644 etc/stumpd.toml $(DESTDIR)/etc/stump/stumpd.toml

clean:
	swift package clean

# Installs what is missing of a list, and asks for root only then.
define install_missing
	@command -v dpkg-query >/dev/null || { \
	    echo >&2 'This is not Debian: install what brings the same as $(1), then type: swift build'; exit 1; }; \
	missing=; for package in $(1); do \
	    dpkg-query -W -f '$${db:Status-Status}\n' $$package 2>/dev/null | grep -qx installed || missing="$$missing $$package"; \
	done; \
	test -n "$$missing" || exit 0; \
	if [ "$$(id -u)" = 0 ]; then root=; \
	elif command -v sudo >/dev/null; then root=sudo; \
	else echo >&2 "Missing from Debian:$$missing. As root, type: apt-get install$$missing"; exit 1; fi; \
	echo "Installing from Debian:$$missing"; \
	$$root apt-get update && \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $$missing
endef
