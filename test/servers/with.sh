#!/usr/bin/env bash
# Runs a command beside servers that live as long as it does:
#   with.sh radosgw swift -- build/dev/bin/cloud_s3_test
# The command finds them in its environment: GOSSAMER_TEST_RADOSGW_ENDPOINT, _ACCESS_KEY, _SECRET_KEY,
# _REGION, _BUCKET, and the same for SWIFT. Nothing of the machine's own AWS configuration is left to be found.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

servers=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  servers+=("$1")
  shift
done
[ $# -ge 2 ] && [ ${#servers[@]} -gt 0 ] || { echo "usage: with.sh SERVER... -- COMMAND..." >&2; exit 2; }
shift

folder=$(mktemp -d)
child=""
finish() {
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  for server in "${servers[@]}"; do "$here/$server.sh" stop "$folder/$server" || true; done
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

for name in $(compgen -e AWS_ || true); do unset "$name"; done
export AWS_EC2_METADATA_DISABLED=true
export AWS_CONFIG_FILE="$folder/no-config" AWS_SHARED_CREDENTIALS_FILE="$folder/no-credentials"
for server in "${servers[@]}"; do
  "$here/$server.sh" start "$folder/$server"
  while IFS='=' read -r name value; do
    export "GOSSAMER_TEST_${server^^}_${name^^}=$value"
  done <"$folder/$server/environment"
done

"$@" &
child=$!
status=0
wait "$child" || status=$?
child=""
exit "$status"
