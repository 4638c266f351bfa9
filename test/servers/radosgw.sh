#!/usr/bin/env bash
# Ceph's S3 gateway with its objects in memory, for tests on loopback.
#   radosgw.sh start DIR    DIR/environment then holds endpoint=, access_key=, secret_key=, region=, bucket=
#   radosgw.sh stop DIR     ends what start began, and nothing else; also after a start that failed
# Packages: radosgw ceph-mon ceph-osd ceph-common uuid-runtime curl python3-botocore. Any user
# may run it, and several may run side by side.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
action=${1:-}
[ $# = 2 ] || { echo "usage: radosgw.sh start|stop DIR" >&2; exit 2; }

stop() {
  for file in "$1"/run/*.spid; do
    [ -f "$file" ] || continue
    # Not by TERM: the OSD lives on for seconds, and there is nothing to save.
    kill -9 "$(cat "$file")" 2>/dev/null || true
    rm -f "$file"
  done
}

configure() {
  cat >ceph.conf <<CONF
[global]
fsid = $1
mon_host = v1:127.0.0.1:$2
mon_initial_members = a
public_network = 127.0.0.0/8
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
ms_bind_msgr2 = false
# These two make the start take one second, not thirteen.
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
mon_data_avail_crit = 1
mon_data_avail_warn = 2
run_dir = $PWD/run
admin_socket = $PWD/run/\$cluster-\$name.asok
pid_file = $PWD/run/\$name.pid
log_file = $PWD/log/\$name.log
log_to_stderr = false
mon_data = $PWD/data/mon.\$id
osd_data = $PWD/data/osd.\$id
osd_objectstore = memstore
memstore_device_bytes = 2147483648
osd_memory_target = 939524096
[client.rgw.a]
# Without tcp_nodelay a small answer waits for the acknowledgement of the one before: 44 ms.
rgw_frontends = beast endpoint=127.0.0.1:$3 tcp_nodelay=1
rgw_data = $PWD/data/rgw
rgw_dns_name = s3.localhost
rgw_enable_apis = s3
rgw_run_sync_thread = false
rgw_enable_gc_threads = false
rgw_enable_lc_threads = false
rgw_enable_quota_threads = false
CONF
}

start_osd() {
  ceph-osd -c ceph.conf -i 0 -f >log/osd.out 2>&1 </dev/null &
  echo $! >run/osd.spid
}

wait_until_it_answers() {  # url
  local deadline=$((SECONDS + 60))
  until curl --noproxy '*' -sf -o /dev/null "$1"; do
    if [ $SECONDS -gt $deadline ]; then
      tail -n 5 log/*.out >&2
      return 1
    fi
    # An OSD that speaks to the monitor before it has its map is told `wrong fsid`, and ends.
    kill -0 "$(cat run/osd.spid)" 2>/dev/null || start_osd
    sleep 0.05
  done
}

start() {
  local cluster monitor_port s3_port disk
  cluster=$(uuidgen)
  disk=$(uuidgen)
  read -r monitor_port s3_port < <(/usr/bin/python3 "$here/free_ports.py" 2)
  mkdir -p data/mon.a data/osd.0 data/rgw run log
  configure "$cluster" "$monitor_port" "$s3_port"
  monmaptool --create --clobber --addv a "[v1:127.0.0.1:$monitor_port]" --fsid "$cluster" monmap >log/monmap.out
  ceph-mon -c ceph.conf --mkfs -i a --monmap monmap >log/mkfs-mon.out 2>&1
  ceph-mon -c ceph.conf -i a -f >log/mon.out 2>&1 </dev/null &
  echo $! >run/mon.spid
  timeout 30 ceph -c ceph.conf osd new "$disk" >/dev/null 2>log/osd-new.out
  ceph-osd -c ceph.conf -i 0 --mkfs --osd-uuid "$disk" >log/mkfs-osd.out 2>&1
  start_osd
  radosgw -c ceph.conf -n client.rgw.a -f >log/rgw.out 2>&1 </dev/null &
  echo $! >run/rgw.spid
  wait_until_it_answers "http://127.0.0.1:$s3_port/"
  timeout 60 radosgw-admin -c ceph.conf user create --uid t --display-name t \
    --access-key AKTEST --secret-key SKTESTSECRET >/dev/null 2>log/user.out
  {
    echo "endpoint=http://127.0.0.1:$s3_port"
    echo "access_key=AKTEST"
    echo "secret_key=SKTESTSECRET"
    echo "region=us-east-1"
    echo "conf=$PWD/ceph.conf"
  } >environment
  env AWS_EC2_METADATA_DISABLED=true /usr/bin/python3 "$here/make_bucket.py" environment gossamer
}

. "$here/lifecycle.sh"
run_lifecycle radosgw.sh "$2" data
