#!/bin/sh
# expect_violation.sh PROGRAM SCENARIO NODES: the program must find its planted bug within 200 seeds,
# and say how to see it again.
set -u
errors=$("$1" run --scenario "$2" --nodes "$3" --seed 1 --seeds 200 2>&1 >/dev/null)
code=$?
echo "$errors"
[ "$code" -eq 1 ] || { echo "exit $code: the planted bug was not found"; exit 1; }
echo "$errors" | grep -q 'replay: gossamer-sim run --scenario' || { echo "no line to replay it"; exit 1; }
