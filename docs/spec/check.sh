#!/bin/sh
# Runs the model checker over journal.pml in small configurations: with every rule nothing may be
# found, without any one of them, and with each planted bug, something must. Needs spin and gcc.
# Exits 0 only if every result is the expected one. README.md has the larger configurations.
set -eu

model=$(cd "$(dirname "$0")" && pwd)/journal.pml
for tool in spin gcc; do
  command -v "$tool" >/dev/null || { echo "check.sh: $tool is not installed" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# what is expected | how to search | configuration
cat >"$work/runs" <<'RUNS'
holds|safety|-DN=2 -DS=6 -DMAXE=3 -DMAXW=1 -DMAXF=1 -DMAXU=1
holds|safety|-DN=3 -DS=5 -DMAXE=3 -DMAXW=1 -DMAXF=1 -DMAXU=0
holds|safety|-DN=2 -DS=7 -DMAXE=3 -DMAXW=1 -DMAXF=2 -DMAXU=0 -DRET=2
holds|safety|-DN=2 -DS=6 -DMAXE=3 -DMAXW=1 -DMAXF=2 -DMAXU=0 -DMAXDD=1
holds|safety|-DN=1 -DS=6 -DMAXE=4 -DMAXW=2 -DMAXF=0 -DMAXU=1 -DMAXCR=2 -DOLDMOUNT
holds|safety|-DN=2 -DS=6 -DMAXE=3 -DMAXW=1 -DMAXF=1 -DMAXU=0 -DWD
holds|liveness|-DN=2 -DS=5 -DMAXE=2 -DMAXW=1 -DMAXF=1 -DMAXU=1 -DLIVE
breaks|shortest|-DN=1 -DS=4 -DMAXE=1 -DMAXW=2 -DMAXF=1 -DMAXU=0 -DWITHOUT_COVER
breaks|shortest|-DN=2 -DS=6 -DMAXE=2 -DMAXW=1 -DMAXF=1 -DMAXU=0 -DWITHOUT_ABOVE
breaks|shortest|-DN=1 -DS=5 -DMAXE=1 -DMAXW=1 -DMAXF=2 -DMAXU=0 -DWITHOUT_NAMES
breaks|shortest|-DN=1 -DS=5 -DMAXE=1 -DMAXW=1 -DMAXF=3 -DMAXU=0 -DMAXDD=1 -DSERIAL -DWITHOUT_NAMES
breaks|shortest|-DN=1 -DS=5 -DMAXE=3 -DMAXW=2 -DMAXF=0 -DMAXU=0 -DMAXCR=2 -DOLDMOUNT -DWITHOUT_KEEP
breaks|shortest|-DN=2 -DS=5 -DMAXE=2 -DMAXW=2 -DMAXF=1 -DMAXU=0 -DWD -DWITHOUT_WDLOOK
breaks|safety|-DN=2 -DS=5 -DMAXE=2 -DMAXW=2 -DMAXF=1 -DMAXU=0 -DWD -DWITHOUT_WDKEEP
breaks|shortest|-DN=1 -DS=5 -DMAXE=1 -DMAXW=1 -DMAXF=1 -DMAXU=0 -DWD -DWITHOUT_WDABOVE
breaks|shortest|-DN=2 -DS=5 -DMAXE=2 -DMAXW=1 -DMAXF=1 -DMAXU=1 -DWITHOUT_LOST
breaks|shortest|-DN=1 -DS=4 -DMAXE=1 -DMAXW=2 -DMAXF=2 -DMAXU=0 -DRET=2 -DWITHOUT_WAIT
breaks|shortest|-DN=2 -DS=4 -DMAXE=2 -DMAXW=1 -DMAXF=0 -DMAXU=0 -DBUG_ACK
breaks|shortest|-DN=2 -DS=4 -DMAXE=2 -DMAXW=1 -DMAXF=0 -DMAXU=0 -DBUG_CLAIM
breaks|shortest|-DN=1 -DS=5 -DMAXE=1 -DMAXW=1 -DMAXF=2 -DMAXU=0 -DBUG_DEL
breaks|safety|-DN=2 -DS=7 -DMAXE=2 -DMAXW=1 -DMAXF=3 -DMAXU=0 -DBUG_REUSE
RUNS

cat >"$work/one.sh" <<'ONE'
# one.sh MODEL EXPECTED|SEARCH|FLAGS: a directory of its own, one line of result.
expected=${2%%|*}; rest=${2#*|}; search=${rest%%|*}; flags=${rest#*|}
directory=$(mktemp -d "$WORK/run.XXXXXX")
cd "$directory"
case $search in
  shortest) compile="-DSAFETY -DCOLLAPSE -DBFS"; run="" ;;
  liveness) compile="-DCOLLAPSE"; run="-a -f" ;;
  *) compile="-DSAFETY -DCOLLAPSE"; run="" ;;
esac
found=failed
if spin $flags -a "$1" >output 2>&1 && gcc -O0 -w $compile -o pan pan.c >>output 2>&1; then
  ./pan -E $run -m3000000 -w20 >output 2>&1 || true
  if grep -q 'errors: 0' output && ! grep -qE 'max search depth too small|out of memory' output; then
    found=holds
  elif grep -qE 'assertion violated|acceptance cycle' output; then
    found=breaks
  fi
fi
states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' output)
if [ "$found" = "$expected" ]; then verdict=ok; else verdict=WRONG; fi
echo "$verdict: $found, ${states:-no} states: $flags"
[ "$found" != failed ] || sed 's/^/    /' output | head -n 20
ONE

WORK=$work
export WORK
tr '\n' '\0' <"$work/runs" | xargs -0 -n 1 -P 2 sh "$work/one.sh" "$model" | tee "$work/results"
wanted=$(grep -c . "$work/runs")
good=$(grep -c '^ok: ' "$work/results" || true)
echo "$good of $wanted as expected"
[ "$good" = "$wanted" ]
