#!/usr/bin/env bash
# The main job of gossamer with real processes on this machine: installs what is missing, builds, kills
# and freezes nodes while clients write, and ends with one line of JSON. Exit 0 only if nothing that was
# acknowledged was lost.
#   ./examples/demo.sh [--nodes N] [--seconds S] [--seed NUMBER] [--keep]
set -euo pipefail
cd "$(dirname "$0")/.."

case " $* " in
  *" --help "* | *" -h "*) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac

./test/install.sh build >&2
mkdir -p build
# The first build leaves the tests out; test/run.sh adds them.
tests=""
[ -f build/release/CMakeCache.txt ] || tests="-DGOSSAMER_BUILD_TESTS=OFF"
cmake --preset release $tests >build/demo-configure.log 2>&1 || {
  cat build/demo-configure.log >&2
  exit 1
}
echo "building (the first time takes some minutes) ..." >&2
cmake --build --preset release --target gossamer gossamer-demo >build/demo-build.log 2>&1 || {
  cat build/demo-build.log >&2
  exit 1
}
exec build/release/bin/gossamer-demo "$@"
