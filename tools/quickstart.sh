#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a fresh clone to a report: installs what is missing, builds an optimized
# build/assay, runs the suite `quickstart` and writes out/. Run again, it
# installs and builds nothing.
set -eu
cd "$(dirname "$0")/.."
. tools/packages.sh
# shellcheck disable=SC2086
install_packages $build_packages $run_packages

[ -f build/build.ninja ] || meson setup build -Dtests=false >build.log 2>&1 || {
  cat build.log >&2
  exit 3
}
rm -f build.log
ninja -C build >build/ninja.log 2>&1 || {
  cat build/ninja.log >&2
  exit 3
}

mkdir -p out
build/assay run quickstart "$@"
for report in out/report.html out/report.md out/results.csv out/pareto.svg; do
  build/assay report -o "$report"
done
build/assay report --format summary
echo "Open out/report.html in a browser; out/report.md, out/results.csv and"
echo "out/pareto.svg hold the same; assay.db keeps every sample."
