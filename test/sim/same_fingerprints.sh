#!/bin/sh
# same_fingerprints.sh ONE OTHER: two builds of gossamer-sim must tell the same story of every seed.
set -eu
fingerprint() {
  "$1" run --scenario "$2" --nodes 7 --seed 1 --seeds 5 --json | sed 's/.*"fingerprint":"\([0-9a-f]*\)".*/\1/'
}
for scenario in crash partition lossy restart failover mix; do
  one=$(fingerprint "$1" "$scenario")
  other=$(fingerprint "$2" "$scenario")
  echo "$scenario: $one and $other"
  [ -n "$one" ] && [ "$one" = "$other" ] || { echo "these differ: $1 and $2"; exit 1; }
done
