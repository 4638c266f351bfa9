#!/usr/bin/env bash
# Fuzzes the decoders and the engines: see --help and docs/TESTING.md.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'END'
Fuzzes what reads bytes from outside, with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer.

  test/fuzz.sh [--seconds N] [--jobs N] [TARGET..]
                                          each target, or those named, for N seconds (60)
  test/fuzz.sh --keep [TARGET..]          puts a dozen of what was found into test/fuzz/corpus
  test/fuzz.sh --planted                  whether a planted read beyond the end is found in a minute
  test/fuzz.sh --coverage [TARGET..]      which lines the corpora reach, in a build of its own
  test/fuzz.sh --list                     the targets

Installs what is missing and builds first. As many targets as --jobs says run at a time (2, or 1 on one core). What is found
interesting is kept in build/fuzz/grown, and the next run goes on from there. Inputs that crash are in
build/fuzz/findings. Exit 1: something crashed.

  test/fuzz.sh --seconds 600
  test/fuzz.sh --seconds 60 packet statement
END
}
refuse() {
  echo "fuzz.sh: $1; see test/fuzz.sh --help" >&2
  exit 2
}

seconds=60
jobs_max=
task=fuzz
wanted=()
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds)
      [[ "${2:-}" =~ ^[1-9][0-9]{0,5}$ ]] || refuse "--seconds wants a number from 1 to 999999"
      seconds=$2
      shift
      ;;
    --jobs)
      [[ "${2:-}" =~ ^[1-9][0-9]?$ ]] || refuse "--jobs wants a number from 1 to 99"
      jobs_max=$2
      shift
      ;;
    --keep | --planted | --coverage | --list) task=${1#--} ;;
    --help | -h) usage; exit 0 ;;
    -*) refuse "unknown option '$1'" ;;
    *)
      [ -f "test/fuzz/$1.cpp" ] && [ "$(grep -c "^gossamer_fuzz($1 " test/fuzz/CMakeLists.txt)" = 1 ] ||
        refuse "there is no target '$1'"
      wanted+=("$1")
      ;;
  esac
  shift
done
if [ $task = list ]; then
  sed -n 's/^gossamer_fuzz(\([a-z0-9_]*\) .*/\1/p' test/fuzz/CMakeLists.txt
  exit 0
fi

build=build/fuzz
grown=build/fuzz/grown
preset=fuzz
[ $task != coverage ] || { build=build/fuzz-coverage preset=fuzz-coverage; }
./test/install.sh fuzz
# A clone elsewhere finds in the cache what this one compiled.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
mkdir -p $build
cmake --preset $preset >$build/configure.log 2>&1 || { cat $build/configure.log >&2; exit 1; }
table=$build/test/fuzz/targets.txt
[ ${#wanted[@]} -gt 0 ] || mapfile -t wanted < <(awk 'NF {print $1}' $table)

export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_stack_use_after_return=1
symbolizer=$(command -v llvm-symbolizer-19 || true)
[ -z "$symbolizer" ] || export ASAN_SYMBOLIZER_PATH=$symbolizer
# A decoder's memory follows its input, which is short here: a gigabyte or ten seconds are a finding.
limits="-rss_limit_mb=1024 -timeout=10"

build_targets() { ninja -C $build "$@" >$build/build.log || { tail -40 $build/build.log >&2; exit 1; }; }

if [ $task = planted ]; then
  build_targets fuzz_planted fuzz_packet
  mkdir -p $build/findings
  rm -f $build/findings/planted-*
  echo "== planted: a statement's length is believed; from an empty corpus, at most 60 s"
  # shellcheck disable=SC2086
  if $build/bin/fuzz_planted -max_total_time=60 -max_len=4096 $limits -print_final_stats=1 \
    -artifact_prefix=$build/findings/planted- >$build/planted.log 2>&1; then
    echo "not found: the fuzzer has gone blind" >&2
    exit 1
  fi
  grep -q "AddressSanitizer: .*-overflow" $build/planted.log || { tail -40 $build/planted.log >&2; exit 1; }
  # The same input does no harm to the clean program.
  found=$(find $build/findings -name 'planted-*' | head -1)
  $build/bin/fuzz_packet "$found" >$build/planted-clean.log 2>&1 || { tail -40 $build/planted-clean.log >&2; exit 1; }
  grep -E "ERROR: AddressSanitizer|read_statements|number_of_executed_units" $build/planted.log | head -5
  exit 0
fi

build_targets "${wanted[@]/#/fuzz_}"
mkdir -p $build/findings $grown $build/logs

run() { # TARGET
  local name=$1 max_len
  max_len=$(awk -v name="$name" '$1 == name {print $2}' $table)
  mkdir -p "$grown/$name" "test/fuzz/corpus/$name"
  # shellcheck disable=SC2086
  "$build/bin/fuzz_$name" -max_total_time="$seconds" -max_len="$max_len" $limits -print_final_stats=1 \
    -artifact_prefix="$build/findings/$name-" "$grown/$name" "test/fuzz/corpus/$name" \
    >"$build/logs/$name.log" 2>&1 && echo 0 >"$build/logs/$name.code" || echo $? >"$build/logs/$name.code"
}

report() { # TARGET
  local name=$1 log=$build/logs/$1.log
  awk -v name="$name" -v code="$(cat "$build/logs/$name.code")" \
    -v corpus="$(find "$grown/$name" -type f | wc -l)" '
    /number_of_executed_units/ {runs = $2}
    /average_exec_per_sec/ {rate = $2}
    / cov: / {for (i = 1; i < NF; i++) {if ($i == "cov:") cov = $(i + 1); if ($i == "ft:") ft = $(i + 1)}}
    END {printf "%-18s %11s %8s %6s %7s %7s  %s\n", name, runs, rate, cov, ft, corpus,
         code == 0 ? "clean" : "CRASHED"}' "$log"
}

# Of the source files that a target reaches at all: lines run, and all lines that there are.
lines_of() { # TARGET
  local name=$1 program=$build/bin/fuzz_$1 profile=$build/logs/$1
  mkdir -p "$grown/$name"
  find "$grown/$name" "test/fuzz/corpus/$name" -type f -print0 |
    LLVM_PROFILE_FILE=$profile.%p.raw xargs -0 -n 5000 "$program" >"$profile.log" 2>&1 || { tail -5 "$profile.log" >&2; return 1; }
  llvm-profdata-19 merge -o "$profile.data" "$profile".*.raw
  rm -f "$profile".*.raw
  llvm-cov-19 export -summary-only -instr-profile="$profile.data" "$program" |
    python3 -c '
import json, sys
name, prefix = sys.argv[1:]
run = lines = 0
reached = []
for one in json.load(sys.stdin)["data"][0]["files"]:
    at = one["filename"].split(prefix)[-1]
    told = one["summary"]["lines"]
    if not at.endswith(".cpp") or "/build/" in at or not told["covered"] or not at.startswith("src/"): continue
    run += told["covered"]
    lines += told["count"]
    reached.append("%s %d%%" % (at[4:], told["percent"]))
print("%-18s %3d%% of %5d lines: %s" % (name, 100 * run / max(lines, 1), lines, ", ".join(reached)))
' "$name" "$PWD/"
}

if [ $task = coverage ]; then
  for name in "${wanted[@]}"; do lines_of "$name"; done
  exit 0
fi

# Few are kept of each target, those that do most: the whole corpus stays below 600 files and 1 MB.
keep() { # TARGET
  local name=$1 corpus=test/fuzz/corpus/$1 merged=$build/merged/$1
  rm -rf "$merged"
  mkdir -p "$merged" "$grown/$name" "$corpus"
  "$build/bin/fuzz_$name" -set_cover_merge=1 "$merged" "$grown/$name" "$corpus" >"$build/logs/$name.merge.log" 2>&1 ||
    { tail -20 "$build/logs/$name.merge.log" >&2; return 1; }
  find "$corpus" -type f ! -name 'seed-*' ! -name 'found-*' -delete
  find "$merged" -type f -size -2049c -printf '%s %p\n' | sort -rn | sed -n '1,12p' | cut -d' ' -f2- |
    xargs -r cp -t "$corpus"
  echo "$name: $(find "$corpus" -type f | wc -l) inputs"
}

if [ $task = keep ]; then
  for name in "${wanted[@]}"; do keep "$name"; done
  exit 0
fi

echo "== ${#wanted[@]} targets, $seconds s each"
cores=$(nproc)
at_once=${jobs_max:-$((cores < 2 ? cores : 2))}
for name in "${wanted[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge $at_once ]; do wait -n; done
  run "$name" &
done
wait

# cov and ft are libFuzzer's: branches taken, and how often, in all that the program consists of.
printf '%-18s %11s %8s %6s %7s %7s\n' target executions exec/s cov ft corpus
crashed=0
for name in "${wanted[@]}"; do report "$name"; done
for name in "${wanted[@]}"; do
  [ "$(cat "$build/logs/$name.code")" = 0 ] && continue
  crashed=1
  found=$(sed -n 's/.*Test unit written to \(.*\)$/\1/p' "$build/logs/$name.log" | tail -1)
  echo "$name crashed; see $build/logs/$name.log; again: $build/bin/fuzz_$name ${found:-(no input was written)}" >&2
done
exit $crashed
