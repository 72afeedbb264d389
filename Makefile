# Every command of the project. `make` lists them.

SHELL := /bin/bash
TARGET := $(or $(CARGO_TARGET_DIR),target)
PYTHON ?= python3
QUIETLY := tools/quietly

# Unless told otherwise, Open MPI refuses to start for root, and to start more ranks than cores; MPICH ignores these.
ifeq ($(shell id -u),0)
export OMPI_ALLOW_RUN_AS_ROOT = 1
export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM = 1
endif
export OMPI_MCA_rmaps_base_oversubscribe = 1
export PRTE_MCA_rmaps_default_mapping_policy = :oversubscribe

.DEFAULT_GOAL := help
.PHONY: help demo build test test-build test-models test-others test-slurm test-long lint fuzz bench peers dispatch-peers efficiency clopath2012 schweighofer2000 textbook screenshots packages packages-build python cargo clean

## help: this list
help:
	@sed -n 's/^## \([a-z0-9-]*\): /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-16s %s\n", $$1, $$2 }'

## demo: installs what is missing, builds, runs a small sweep on two MPI ranks, prints its table and draws it (again: resumes)
demo: build
	@# mpirun gives its ranks a pipe, so that they cannot see a terminal.
	@if [ -t 2 ]; then export MICROZONE_PROGRESS=bar; fi; set -x; \
	mpirun -n 2 $(TARGET)/release/microzone run sweeps/quickstart.toml
	@echo
	@$(TARGET)/release/microzone table results/quickstart
	@echo
	@echo 'Its figure, as SVG and PNG:'
	@$(TARGET)/release/microzone plot results/quickstart
	@echo
	@echo 'All of it on one page, for a browser:'
	@$(TARGET)/release/microzone report results/quickstart
	@echo
	@echo 'The results, for xarray, h5py and ncdump:   results/quickstart/results.h5'
	@echo 'The same as tables:                         results/quickstart/tables/'
	@echo 'What ran, when and where:                   results/quickstart/runs/'

## build: the program with MPI, target/release/microzone
build: packages-build cargo
	cargo build --release --features mpi

## test: every test; installs what they need
# Slurm mostly waits, so that tests which only compute run beside it.
test: test-build
	@if [ "$$(id -u)" != 0 ] && [ -t 0 ] && command -v sudo >/dev/null; then \
		echo 'The tests of Slurm need root:'; sudo -v || true; fi
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line test-slurm test-models
	@$(MAKE) --no-print-directory test-others

test-build: packages python cargo
	cargo test --quiet --all-features --no-run

TEST_PROGRAMS := $(patsubst tests/%.rs,%,$(wildcard tests/*.rs)) $(patsubst tests/%/main.rs,%,$(wildcard tests/*/main.rs))
# Many tests wait for the processes that they have started.
test-models test-others: export RUST_TEST_THREADS = $(shell echo $$(($$(nproc) + 2)))

test-models: test-build
	nice -n 10 cargo test --quiet --all-features --lib --test models

test-others: test-build
	cargo test --quiet --all-features --bins $(addprefix --test ,$(filter-out models,$(TEST_PROGRAMS)))
	cargo test --quiet --all-features --doc

test-slurm: test-build
	@echo 'Slurm, on a test cluster on this machine:'
	@tests/slurm/test $(TARGET)/debug/microzone

## test-long: the tests that are too slow for every change (80 minutes on 2 cores)
test-long: packages python cargo
	cargo test --release --all-features -- --ignored
	cargo build --release --features mpi
	tests/slurm/test $(TARGET)/release/microzone --long

## lint: what .ci/run checks before the tests
lint: packages-build cargo
	cargo fmt --check
	@# rustfmt does not wrap comments and texts.
	@! LC_ALL=C.UTF-8 grep -rnE '^.{121,}$$' --include='*.rs' src tests benches examples build.rs || \
		{ echo 'These lines are wider than 120 columns.' >&2; exit 1; }
	cargo clippy --quiet --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --quiet --no-deps --all-features

## fuzz: shows RUNS arbitrary files of each kind to its reader (RUNS=1000000; needs nightly Rust and cargo-fuzz)
RUNS ?= 1000000
# No seed may be longer, because it would be cut: the file of results has 17 kB.
FUZZ_LIMITS := -max_len=32768 -timeout=25 -rss_limit_mb=2048 -detect_leaks=0
FUZZ_TARGETS := journal record shard run_record lease checksums rules job_record profile sweep
# HDF5 itself may crash on files whose checksums match.
FUZZ_TARGETS_OF_HDF5 := sealed_shard results
fuzz: export ASAN_OPTIONS = detect_leaks=0
fuzz: packages-build cargo
	@cargo fuzz --version >/dev/null 2>&1 || { echo 'cargo-fuzz not found: cargo install cargo-fuzz' >&2; exit 1; }
	cargo +nightly fuzz build
	set -e; cd fuzz; for target in $(FUZZ_TARGETS); do mkdir -p corpus/$$target; \
	cargo +nightly fuzz run --fuzz-dir . $$target corpus/$$target seeds/$$target -- -runs=$(RUNS) $(FUZZ_LIMITS); done; \
	for target in $(FUZZ_TARGETS_OF_HDF5); do mkdir -p corpus/$$target; \
	cargo +nightly fuzz run --fuzz-dir . $$target corpus/$$target seeds/$$target -- -runs=$(RUNS) $(FUZZ_LIMITS) \
	-fork=1 -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1; done

## bench: the benchmarks
bench: packages-build cargo
	cargo bench --all-features

## peers: times the exact decision against HiGHS and SciPy's NNLS, and the sheet against SciPy and NumPy, on one thread
peers: packages-build cargo
	@echo 'Installing the peers in .python-peers'
	@$(QUIETLY) $(PYTHON) -m venv .python-peers
	@$(QUIETLY) .python-peers/bin/python -m pip install --requirement benches/requirements.txt
	cargo build --quiet --release --example instance --example sheet
	.python-peers/bin/python benches/peers.py $(TARGET)/release/examples/instance
	@echo
	.python-peers/bin/python benches/sheet_peers.py $(TARGET)/release/examples/sheet

## dispatch-peers: times a task that does nothing against multiprocessing, mpi4py, joblib, Ray, Dask, HyperQueue, GNU parallel
dispatch-peers: build
	@tools/packages peers
	@echo 'Installing the peers in .python-dispatch-peers (the first time mpi4py is compiled, which takes minutes)'
	@$(QUIETLY) $(PYTHON) -m venv .python-dispatch-peers
	@$(QUIETLY) .python-dispatch-peers/bin/python -m pip install --requirement benches/dispatch-requirements.txt
	.python-dispatch-peers/bin/python benches/dispatch_peers.py $(TARGET)/release/microzone

## efficiency: the parallel efficiency of a heterogeneous sweep on two cores (ten minutes, on a machine with nothing else to do)
efficiency: build
	$(PYTHON) benches/efficiency.py $(TARGET)/release/microzone

## clopath2012: every figure of Clopath, Nadal & Brunel 2012 at full size, and docs/clopath2012.md
clopath2012: build python
	set -e; for sweep in sweeps/clopath2012/*.toml; do mpirun -n 2 $(TARGET)/release/microzone run $$sweep; done
	.python/bin/python docs/clopath2012.py $(TARGET)/release/microzone results
	.python/bin/python docs/figures.py clopath2012 $(TARGET)/release/microzone results

## schweighofer2000: every figure of Schweighofer & Ferriol 2000 at full size, and docs/schweighofer2000.md
schweighofer2000: build python
	set -e; for sweep in sweeps/schweighofer2000/*.toml; do mpirun -n 2 $(TARGET)/release/microzone run $$sweep; done
	.python/bin/python docs/schweighofer2000.py $(TARGET)/release/microzone results
	.python/bin/python docs/figures.py schweighofer2000 $(TARGET)/release/microzone results

## textbook: every figure of the textbook's circuit at full size, and docs/textbook.md
textbook: build python
	set -e; for sweep in sweeps/textbook/*.toml; do mpirun -n 2 $(TARGET)/release/microzone run $$sweep; done
	.python/bin/python docs/textbook.py $(TARGET)/release/microzone results
	.python/bin/python docs/figures.py textbook $(TARGET)/release/microzone results

## screenshots: the pictures of reports in docs/guide
screenshots: build python
	set -e; for sweep in sweeps/guide/*.toml; do mpirun -n 2 $(TARGET)/release/microzone run $$sweep; done
	.python/bin/python docs/screenshots.py $(TARGET)/release/microzone results

## packages: the Debian packages that the program and its tests need
packages:
	@tools/packages test

packages-build:
	@tools/packages build

## python: the Python environment of the tests, in .python
python: .python/complete

.python/complete: tests/python/requirements.txt | packages
	@echo 'Installing Python packages in .python'
	@$(QUIETLY) $(PYTHON) -m venv --clear .python
	@$(QUIETLY) .python/bin/python -m pip install --requirement $<
	@touch $@

cargo:
	@command -v cargo >/dev/null || { echo 'cargo not found. Install Rust 1.89 or newer (rustup: https://rustup.rs, or' \
		'on a cluster: module load rust), open a new shell, and type the same command again.' >&2; exit 1; }

## clean: removes what was built (not the results)
clean:
	rm -rf $(TARGET) .python
