#!/usr/bin/env bash
# Builds release, runs the benchmarks with memberlist beside gossamer where it can be installed, and
# writes build/bench/report.json and report.md.
#   ./bench/run.sh                       everything; on a machine with nothing else to do
#   ./bench/run.sh --quick               few nodes, one round: does it all work?
#   ./bench/run.sh --only detect         one scenario
#   ./bench/run.sh --only join --nodes 200 --rounds 7
#   ./bench/run.sh --no-peer             gossamer alone
# Each round runs both, one after the other, and the next round in the other order. Ratios are gossamer's
# figure over memberlist's of the same round. Exit 0 if every run of gossamer ended well.
set -euo pipefail
cd "$(dirname "$0")/.."

has_peer=yes
arguments=()
for argument in "$@"; do
  case "$argument" in
    --help | -h) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --no-peer) has_peer="" ;;
    *) arguments+=("$argument") ;;
  esac
done
# A wrong use is told before anything is built.
/usr/bin/python3 bench/suite.py --check "${arguments[@]+"${arguments[@]}"}" || exit 2

./test/install.sh build >&2
mkdir -p build/bench
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
# The first build leaves the tests out; test/run.sh adds them.
tests=""
[ -f build/release/CMakeCache.txt ] || tests="-DGOSSAMER_BUILD_TESTS=OFF"
cmake --preset release $tests >build/bench/configure.log 2>&1 || { cat build/bench/configure.log >&2; exit 1; }
echo "building (the first time takes some minutes) ..." >&2
cmake --build --preset release --target gossamer-bench gossamer-sim >build/bench/build.log 2>&1 || { cat build/bench/build.log >&2; exit 1; }

peer=build/release/bin/gossamer-bench-memberlist
if [ -n "$has_peer" ] && ! bench/peers/memberlist/build.sh "$peer" >build/bench/peer.log 2>&1; then
  cat build/bench/peer.log >&2
  echo "memberlist cannot be built here, so gossamer is measured alone" >&2
  has_peer=""
fi
[ -n "$has_peer" ] || arguments+=(--no-peer)
exec /usr/bin/python3 bench/suite.py "${arguments[@]+"${arguments[@]}"}"
