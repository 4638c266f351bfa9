#!/usr/bin/env bash
# Installs the Debian packages that are missing; says and does nothing if none is.
#   test/install.sh build    what building and the demo need
#   test/install.sh s3       an S3 server, for the demo
#   test/install.sh fuzz     what fuzzing needs
#   test/install.sh peers    a rival, to be measured beside gossamer
#   test/install.sh          all that the tests need
set -euo pipefail

build="build-essential ccache cmake ninja-build pkg-config
  capnproto libcapnp-dev libcli11-dev libexpected-dev libfmt-dev librocksdb-dev libsodium-dev libxxhash-dev
  libcurl4-openssl-dev libssl-dev libpugixml-dev libuv1-dev nlohmann-json3-dev
  zlib1g-dev libbz2-dev liblz4-dev libzstd-dev libsnappy-dev libgflags-dev"
s3="radosgw ceph-mon ceph-osd ceph-common uuid-runtime curl python3-botocore"
tests="catch2 librapidcheck-dev clang-format-14 clang-19 libclang-rt-19-dev spin python3 openssl
  python3-boto3 awscli s3cmd dnsmasq-base
  swift swift-proxy swift-account swift-container swift-object python3-swift memcached"
fuzz="clang-19 libclang-rt-19-dev llvm-19"
peers="golang-go golang-github-hashicorp-memberlist-dev"
case "${1:-}" in
  build) wanted=$build ;;
  s3) wanted=$s3 ;;
  fuzz) wanted="$build $fuzz" ;;
  peers) wanted=$peers ;;
  *) wanted="$build $s3 $tests" ;;
esac

missing=""
for package in $wanted; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "missing packages, and neither root nor sudo:$missing" >&2; exit 1; }
  as_root=sudo
fi
echo "installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
if ! { $as_root apt-get update && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
