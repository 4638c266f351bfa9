#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test that CI runs. Extra arguments go to ctest:
#   ./test/run.sh -R naming         only tests whose name matches
# GOSSAMER_PRESETS picks the builds, such as "asan tsan clang release" (default: release).
set -euo pipefail
cd "$(dirname "$0")/.."
./test/install.sh

# A clone elsewhere finds in the cache what this one compiled.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1

presets=${GOSSAMER_PRESETS:-release}
failed=""
for preset in $presets; do
  echo "== $preset: configure and build"
  cmake --preset "$preset" -DGOSSAMER_BUILD_TESTS=ON >"build-$preset.log" 2>&1 || { cat "build-$preset.log"; rm -f "build-$preset.log"; exit 1; }
  rm -f "build-$preset.log"
  cmake --build --preset "$preset"
  [ "$preset" = clang ] && continue  # It must build, and give the same fingerprints: see test/sim.
  echo "== $preset: test"
  ctest --preset "$preset" "$@" || failed="$failed $preset"
done
if [ -n "$failed" ]; then
  echo "failed in:$failed" >&2
  exit 1
fi
