#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test that CI runs. Extra arguments go to ctest:
#   ./test/run.sh -R naming         only tests whose name matches
# GOSSAMER_PRESETS picks the builds, such as "asan tsan release" (default: release).
set -euo pipefail
cd "$(dirname "$0")/.."
./test/install.sh

# A clone elsewhere finds in the cache what this one compiled.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1

presets=${GOSSAMER_PRESETS:-release}
failed=""
for preset in $presets; do
  echo "== $preset: configure and build"
  options="-DGOSSAMER_BUILD_TESTS=ON"
  # asan is clang's build: release's simulator must give the same fingerprints.
  [ "$preset" = release ] && [ -x build/asan/bin/gossamer-sim ] &&
    options="$options -DGOSSAMER_OTHER_SIM=$PWD/build/asan/bin/gossamer-sim"
  # shellcheck disable=SC2086
  cmake --preset "$preset" $options >"build-$preset.log" 2>&1 || { cat "build-$preset.log"; rm -f "build-$preset.log"; exit 1; }
  rm -f "build-$preset.log"
  cmake --build --preset "$preset"
  echo "== $preset: test"
  ctest --preset "$preset" "$@" || failed="$failed $preset"
  ./test/no_secrets.sh "build/$preset" || failed="$failed $preset"
done
if [ -n "$failed" ]; then
  echo "failed in:$failed" >&2
  exit 1
fi
