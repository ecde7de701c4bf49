#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Everything that must hold before a change is accepted: installs what the
# tests need, builds with GCC, with clang, with the sanitizers and without any
# optional part, and runs the tests of each. The last line sums all of them up.
# Logs and builds stay in build-check/.
set -u
cd "$(dirname "$0")/.." || exit 3
. tools/packages.sh
# shellcheck disable=SC2086
install_packages $build_packages $run_packages $test_packages || exit 3

out=$PWD/build-check
mkdir -p "$out"
# Most files mean the same to several of the builds, and are compiled once.
export CCACHE_DIR="$out/ccache"
passed=0 failed=0 skipped=0
started=$(date +%s)

say() { printf '== %4ds %s\n' $(($(date +%s) - started)) "$*"; }

pass() { passed=$((passed + 1)); }
fail() {
  failed=$((failed + 1))
  printf 'FAIL %s\n' "$*"
}

# expect NAME COMMAND…: one test that is a command.
expect() {
  name=$1
  shift
  if "$@" >"$out/log.txt" 2>&1; then
    pass
  else
    fail "$name"
    tail -n 40 "$out/log.txt"
  fi
}

# build NAME MESON_ARGUMENT…: a build folder of its own.
build() {
  name=$1
  shift
  say "build $name"
  [ -f "$out/$name/build.ninja" ] ||
    meson setup "$out/$name" "$@" >"$out/$name.setup.txt" 2>&1 || {
    fail "meson setup $name"
    tail -n 30 "$out/$name.setup.txt"
    return 1
  }
  ninja -C "$out/$name" >"$out/$name.build.txt" 2>&1 || {
    fail "build $name"
    grep -E 'error|warning|FAILED' "$out/$name.build.txt" | head -n 30
    return 1
  }
}

# tests NAME MESON_TEST_ARGUMENT…: run them and add them to the sum. Those that
# measure time run one by one, the others side by side.
tests() {
  name=$1
  shift
  say "test $name"
  logs=$out/$name/meson-logs
  rm -f "$logs"/*.json
  meson test -C "$out/$name" --no-rebuild --num-processes "$(nproc)" \
    --logbase beside --suite kernels --suite syntax --suite spirv \
    --suite models --suite onnx "$@" \
    >"$out/$name.test.txt" 2>&1
  meson test -C "$out/$name" --no-rebuild --num-processes 1 --logbase alone \
    --no-suite kernels --no-suite syntax --no-suite spirv \
    --no-suite models --no-suite onnx "$@" \
    >>"$out/$name.test.txt" 2>&1
  python3 tools/test_log.py "$logs"/*.json >"$out/log.txt" 2>&1 || {
    fail "$name ran no test"
    tail -n 30 "$out/$name.test.txt"
    return
  }
  sed '$d' "$out/log.txt"
  # shellcheck disable=SC2046
  set -- $(tail -n 1 "$out/log.txt")
  passed=$((passed + $1))
  failed=$((failed + $2))
  skipped=$((skipped + $3))
}

expect "style (tools/style.sh)" sh tools/style.sh

# What other programs think of the models that assay compress writes. Without
# PyPI that test is skipped, and says so.
say "venv"
if [ -x "$out/venv/bin/python" ] ||
  { python3 -m venv "$out/venv" &&
    "$out/venv/bin/pip" install -q numpy==2.4.6 onnx==1.23.2 \
      onnxruntime==1.32.0; } >"$out/venv.txt" 2>&1; then
  ASSAY_ONNX_PYTHON=$out/venv/bin/python
  export ASSAY_ONNX_PYTHON
else
  rm -rf "$out/venv"
  say "no ONNX Runtime from PyPI (see build-check/venv.txt): a test is skipped"
fi

if build gcc -Drandom_problems=100; then
  # A device that is missing must not pass for one that works.
  for target in cpu opencl vulkan; do
    expect "target $target on this machine" \
      sh -c "'$out/gcc/assay' targets | grep -q '^${target}[: ].* ' &&
             ! '$out/gcc/assay' targets | grep -q '^$target *missing'"
  done
  tests gcc
fi
if CC=clang-14 CXX=clang++-14 build clang -Drandom_problems=12; then
  tests clang --no-suite slow
fi
# Lines suffice for stacks: all of -g takes twice as long to compile. Fake stacks
# (detect_stack_use_after_return) misalign vectors in GCC 12 (its bug 110027).
# Its leak check takes what lies in front of a loaded library's thread-local
# memory for a size, which no present glibc writes there, and faults on it.
if build sanitize -Drandom_problems=6 -Doptimization=2 -Ddebug=false \
  -Dc_args=-g1 -Db_ndebug=false \
  -Db_sanitize=address,undefined -Db_lundef=false; then
  ASAN_OPTIONS=strict_string_checks=1:intercept_tls_get_addr=0 \
  UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
  LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0 \
    tests sanitize --no-suite slow --timeout-multiplier 4
fi
if build minimal -Drandom_problems=6 -Dopencl=disabled -Dvulkan=disabled \
  -Dpapi=disabled -Donednn=disabled -Dxnnpack=disabled -Dopenblas=disabled \
  -Dclblast=disabled -Dlapack=disabled; then
  tests minimal --no-suite slow --no-suite device
fi
if build aarch64 --cross-file tools/cross/aarch64.ini -Dkernels_only=true \
  -Drandom_problems=30; then
  tests aarch64
fi
for fault in wrong slow; do
  if build "$fault" -Dfault=$fault -Dtests=false -Dopencl=disabled \
    -Dvulkan=disabled -Dpapi=disabled; then
    say "test fault $fault"
    expect "fault $fault is found" python3 tests/e2e/fault.py "$fault" \
      "$out/$fault/assay" "$out/gcc/assay"
  fi
done

say "done"
printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped
[ "$failed" = 0 ]
