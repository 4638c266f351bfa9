#!/usr/bin/env bash
# The main job of gossamer with real processes on this machine: installs what is missing, builds, kills
# and freezes nodes while clients write, and ends with one line of JSON. Exit 0 only if nothing that was
# acknowledged was lost.
#   ./examples/demo.sh [--nodes N] [--seconds S] [--s3] [--discover file|ec2] [--seed NUMBER] [--keep]
# --s3: state lives in a bucket of Ceph's S3 server, which is started on this machine.
# --discover ec2: the nodes know nothing of each other but a tag, which they ask a fake EC2 for.
set -euo pipefail
cd "$(dirname "$0")/.."

has_s3=""
arguments=()
for argument in "$@"; do
  case "$argument" in
    --help | -h) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --s3) has_s3=yes ;;
    *) arguments+=("$argument") ;;
  esac
done

./test/install.sh build >&2
if [ -n "$has_s3" ]; then ./test/install.sh s3 >&2; fi
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
demo=(build/release/bin/gossamer-demo)
# Runs with the server's address and keys in its environment.
if [ -n "$has_s3" ]; then demo=(./test/servers/with.sh radosgw -- ./examples/demo/on_s3.sh "${demo[@]}"); fi
exec "${demo[@]}" "${arguments[@]+"${arguments[@]}"}"
