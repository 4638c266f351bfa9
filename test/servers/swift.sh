#!/usr/bin/env bash
# OpenStack Swift with its S3 interface, for tests on loopback.
#   swift.sh start DIR    DIR/environment then holds endpoint=, access_key=, secret_key=, region=, bucket=
#   swift.sh stop DIR     ends what start began, and nothing else; also after a start that failed
# Packages: swift swift-proxy swift-account swift-container swift-object python3-swift memcached curl
# python3-botocore. # DIR must be on a file system with extended attributes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
action=${1:-}
[ $# = 2 ] || { echo "usage: swift.sh start|stop DIR" >&2; exit 2; }

stop() {
  for file in "$1"/run/*.spid; do
    [ -f "$file" ] || continue
    # The servers fork workers: the whole group goes. setsid made the pid the group's number.
    kill -9 -- "-$(cat "$file")" 2>/dev/null || true
    rm -f "$file"
  done
}

configure_backend() {  # name port
  cat >"conf/$1.conf" <<CONF
[DEFAULT]
devices = $PWD/srv
mount_check = false
bind_ip = 127.0.0.1
bind_port = $2
workers = 0
user = $(id -un)
swift_dir = $PWD/conf
fallocate_reserve = 0
log_level = WARNING
log_address = $PWD/run/no-syslog
[pipeline:main]
pipeline = $1-server
[app:$1-server]
use = egg:swift#$1
recon_cache_path = $PWD/run
CONF
  (
    cd conf
    swift-ring-builder "$1.builder" create 6 1 0
    swift-ring-builder "$1.builder" add "r1z1-127.0.0.1:$2/d1" 1
    swift-ring-builder "$1.builder" rebalance
  ) >>log/rings.out 2>&1
}

configure_proxy() {  # port memcached_port
  cat >conf/proxy.conf <<CONF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $1
workers = 0
user = $(id -un)
swift_dir = $PWD/conf
log_level = WARNING
log_address = $PWD/run/no-syslog
[pipeline:main]
pipeline = catch_errors proxy-logging cache listing_formats s3api tempauth copy slo versioned_writes symlink proxy-logging proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$2
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
storage_domain = s3.localhost
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
[filter:symlink]
use = egg:swift#symlink
CONF
}

run() {  # name command...
  local name=$1
  shift
  setsid "$@" >"log/$name.out" 2>&1 </dev/null &
  echo $! >"run/$name.spid"
}

start() {
  local account container object proxy cache
  read -r account container object proxy cache < <(/usr/bin/python3 "$here/free_ports.py" 5)
  mkdir -p conf srv/d1 run log
  printf '[swift-hash]\nswift_hash_path_prefix = p\nswift_hash_path_suffix = s\n[storage-policy:0]\nname = gold\ndefault = yes\n' >conf/swift.conf
  configure_backend account "$account"
  configure_backend container "$container"
  configure_backend object "$object"
  configure_proxy "$proxy" "$cache"
  run memcached memcached -u nobody -l 127.0.0.1 -p "$cache" -m 32
  run account swift-account-server conf/account.conf
  run container swift-container-server conf/container.conf
  run object swift-object-server conf/object.conf
  run proxy swift-proxy-server conf/proxy.conf
  # Any HTTP answer will do: an unsigned request gets an error.
  curl --noproxy '*' -s -o /dev/null --retry 6000 --retry-delay 0 --retry-connrefused --retry-max-time 180 \
    "http://127.0.0.1:$proxy/" || { tail -n 5 log/*.out >&2; return 1; }
  {
    echo "endpoint=http://127.0.0.1:$proxy"
    echo "access_key=test:tester"
    echo "secret_key=testing"
    echo "region=us-east-1"
  } >environment
  env AWS_EC2_METADATA_DISABLED=true /usr/bin/python3 "$here/make_bucket.py" environment gossamer
}

. "$here/lifecycle.sh"
run_lifecycle swift.sh "$2" srv conf
