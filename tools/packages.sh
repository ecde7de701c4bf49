# SPDX-License-Identifier: Apache-2.0
# Debian 12 packages, for the other scripts to source: what a build and a run
# need, and what the tests need besides. install_packages LIST… asks apt only
# for what is missing.

build_packages="
  meson ninja-build pkg-config gcc g++ libc6-dev python3 ca-certificates
  libbenchmark-dev libpapi-dev libcpuinfo-dev libpthreadpool-dev zlib1g-dev
  libmd-dev
  ocl-icd-opencl-dev opencl-headers libvulkan-dev libvulkan-volk-dev glslc
  libcsv-dev libsqlite3-dev libyaml-dev libjansson-dev
  libprotobuf-c-dev protobuf-c-compiler libonnx-dev
  libjs-chart.js gnuplot-nox libdnnl-dev libopenblas-dev libclblast-dev
  libxnnpack-dev liblapacke-dev"
run_packages="
  pocl-opencl-icd mesa-vulkan-drivers dataset-fashion-mnist"
test_packages="
  clang-14 libclang-rt-14-dev libcmocka-dev libonnx-testdata
  vulkan-validationlayers spirv-tools python3-venv ccache
  gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user git"

install_packages() {
  missing=
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
      grep -q 'install ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      echo "install these packages as root:$missing" >&2
      return 3
    }
    as_root=sudo
  fi
  echo "installing:$missing" >&2
  $as_root apt-get update -q >&2
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q \
    --no-install-recommends $missing >&2
}
