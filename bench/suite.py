"""Runs gossamer-bench's scenarios, with memberlist beside it, and some of gossamer-sim's, and writes the
report. bench/run.sh builds what this needs and calls it.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

import suite_report
from suite_rows import ROWS

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build/release/bin"
OUT = ROOT / "build/bench"
RUN_SECONDS_MAX = 1200
QUICK_RUN_SECONDS_MAX = 120

NODES, QUICK_NODES = 100, 10
SCENARIOS = sorted({row.scenario for row in ROWS})


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bench/run.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few nodes, one round")
    parser.add_argument("--only", action="append", choices=SCENARIOS, help="one scenario; may be repeated")
    parser.add_argument("--nodes", type=int, help=f"how many nodes where it is not fixed ({NODES})")
    parser.add_argument("--rounds", type=int, help="how often both are run (5)")
    parser.add_argument("--no-peer", action="store_true", help="gossamer alone")
    parser.add_argument("--check", action="store_true", help="only say whether this use is right")
    options = parser.parse_args(arguments)
    if options.nodes is None:
        options.nodes = QUICK_NODES if options.quick else NODES
    if options.rounds is None:
        options.rounds = 1 if options.quick else 5
    if not 2 <= options.nodes <= 1000:
        parser.error("argument --nodes: give one from 2 to 1000")
    if not 1 <= options.rounds <= 100:
        parser.error("argument --rounds: give one from 1 to 100")
    return options


def says(text):
    print(text, file=sys.stderr, flush=True)


def run(words, seconds_max=RUN_SECONDS_MAX):
    """One run's object, or why there is none. A run that hangs is ended with its processes."""
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             start_new_session=True)
    try:
        out, err = child.communicate(timeout=seconds_max)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, 9)
        child.communicate()
        return {"error": f"took more than {seconds_max} s"}
    try:
        if child.returncode == 0:
            return json.loads(out)
    except json.JSONDecodeError:
        err = "printed no JSON object"
    return {"error": " ".join(err.split())[-300:] or f"exit status {child.returncode}, without a word"}


def has_scenario(row):
    """Asked for a scenario's help that it does not know, gossamer-bench gives the help of all, as gossamer-sim does."""
    words, sign = [row.scenario], f" {row.scenario} [OPTIONS]"
    if row.program == "gossamer-sim":
        words, sign = ["run"], f"\n  {row.scenario} "
    told = subprocess.run([BIN / row.program, *words, "--help"], capture_output=True, check=False, text=True).stdout
    return sign in told


def measure(row, options, has_peer, has_own, begun):
    """All rounds of one row, whichever of the two has it."""
    words = {}
    if has_own:
        words["gossamer"] = [str(BIN / row.program), *row.words(options.quick, False, options.nodes), "--json"]
    if has_peer:
        words["memberlist"] = [str(BIN / row.program), *row.words(options.quick, True, options.nodes), "--json",
                               "--peer", "memberlist"]
    runs = {one: [] for one in words}
    rounds = min(options.rounds, row.rounds_max)
    for number in range(rounds):
        order = list(words) if number % 2 == 0 else list(words)[::-1]
        for one in order:
            since = time.strftime("%H:%M:%S", time.gmtime(time.monotonic() - begun["at"]))
            says(f"{since}  {begun['rows']} of {begun['of']}: {row.name}, round {number + 1} of {rounds}, {one}")
            got = run(words[one], QUICK_RUN_SECONDS_MAX if options.quick else RUN_SECONDS_MAX)
            if "error" in got:
                says(f"  failed: {got['error']}")
            runs[one].append(got)
    return {"name": row.name, "shows": row.shows, "summary": list(row.figures),
            "commands": {one: " ".join([row.program, *its[1:]]) for one, its in words.items()},
            "rounds": rounds, "runs": runs, "figures": suite_report.figures_of(runs)}


def write(report):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    (OUT / "report.md").write_text(suite_report.as_markdown(report))


def main():
    options = parse(sys.argv[1:])
    if options.check:
        return 0
    rows = [row for row in ROWS if not options.only or row.scenario in options.only]
    if options.quick:
        rows = [row for row in rows if row.quick]
    begun = {"at": time.monotonic(), "rows": 0, "of": len(rows)}
    report = {"machine": suite_report.machine(),  # Its load, before anything is run.
              "commit": suite_report.commit(ROOT), "is_quick": options.quick,
              "peer": None if options.no_peer else suite_report.peer_version(), "left_out": [], "scenarios": []}
    for row in rows:
        begun["rows"] += 1
        has_own = has_scenario(row)
        has_peer = row.peer is not None and not options.no_peer
        # Alone, memberlist is run only if that is asked for.
        if not has_own and not (has_peer and options.only):
            report["left_out"].append(row.name)
            says(f"{row.name}: left out, {row.program} does not have it")
            continue
        report["scenarios"].append(measure(row, options, has_peer, has_own, begun))
        write(report)  # What there is by now, for who cannot wait for the end.
    write(report)
    says(f"wrote {OUT.relative_to(ROOT)}/report.json and report.md")
    print((OUT / "report.md").read_text(), end="")
    failed = [run for one in report["scenarios"] for run in one["runs"].get("gossamer", []) if "error" in run]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
