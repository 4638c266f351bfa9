#!/usr/bin/env bash
# Transfers with Ceph's gateway on this machine: gossamer beside curl, s3cmd and the AWS CLI, in the
# same run, one after the other and over again. Prints a table; arguments go to s3_compare.py.
#   bench/s3.sh build/release/bin/gossamer-bench --repeats 5
# Packages: those of test/install.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../test/servers/with.sh" radosgw -- /usr/bin/python3 "$here/s3_compare.py" "$@"
