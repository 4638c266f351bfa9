#!/bin/sh
# expect_violation.sh PLANTED CLEAN SCENARIO NODES: the planted program must find its bug within 200
# seeds and say how to see it again; the clean one must find nothing wrong in that very seed.
set -u
errors=$("$1" run --scenario "$3" --nodes "$4" --seed 1 --seeds 200 2>&1 >/dev/null)
code=$?
echo "$errors"
[ "$code" -eq 1 ] || { echo "exit $code: the planted bug was not found"; exit 1; }
seed=$(echo "$errors" | sed -n "s/.*replay: gossamer-sim run --scenario $3 --nodes $4 --seed \([0-9]*\)\$/\1/p" | head -1)
[ -n "$seed" ] || { echo "no line to replay it"; exit 1; }
"$2" run --scenario "$3" --nodes "$4" --seed "$seed" || { echo "so does the clean program"; exit 1; }
