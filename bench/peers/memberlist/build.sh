#!/usr/bin/env bash
# Builds gossamer-bench-memberlist, for which it installs Go and memberlist from Debian.
#   bench/peers/memberlist/build.sh build/release/bin/gossamer-bench-memberlist
#   bench/peers/memberlist/build.sh --check      format, vet and tests of the harness itself
# Nothing else is fetched: the sources are those of Debian's packages.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../../.. && pwd)
case "${1:-}" in
  --check) ;;
  "" | -*) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  /*) output=$1 ;;
  *) output=$OLDPWD/$1 ;;
esac
"$root/test/install.sh" peers

export GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS=-p=1 GOTOOLCHAIN=local GOPROXY=off GOCACHE="$root/build/go-cache"
if [ "$1" = --check ]; then
  unformatted=$(gofmt -l .)
  [ -z "$unformatted" ] || { echo "gofmt would change: $unformatted" >&2; exit 1; }
  go vet .
  exec go test -timeout 120s .
fi
mkdir -p "$(dirname "$output")"
go build -o "$output" .
