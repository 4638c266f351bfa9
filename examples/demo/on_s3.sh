#!/usr/bin/env bash
# Runs the demo given as its arguments on the S3 server that test/servers/with.sh has started.
set -euo pipefail
export AWS_ACCESS_KEY_ID=$GOSSAMER_TEST_RADOSGW_ACCESS_KEY
export AWS_SECRET_ACCESS_KEY=$GOSSAMER_TEST_RADOSGW_SECRET_KEY
exec "$@" --object-store \
  "s3://$GOSSAMER_TEST_RADOSGW_BUCKET/demo?endpoint=$GOSSAMER_TEST_RADOSGW_ENDPOINT&region=$GOSSAMER_TEST_RADOSGW_REGION"
