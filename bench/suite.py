"""Runs gossamer-bench's scenarios, with memberlist beside it, and writes the report. bench/run.sh builds
what this needs and calls it.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

import suite_report

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT / "build/release/bin/gossamer-bench"
OUT = ROOT / "build/bench"
RUN_SECONDS_MAX = 900

# Name, scenario, arguments, arguments of --quick, whether memberlist has it. `NODES` is what --nodes changes.
SUITE = [
    ("join", "join", "--nodes NODES", "--nodes NODES", True),
    ("join paced", "join", "--nodes NODES --mode paced", None, True),
    ("steady", "steady", "--nodes NODES --seconds 20", "--nodes NODES --seconds 3", True),
    ("detect process", "detect", "--nodes NODES --death process", None, True),
    ("detect silence", "detect", "--nodes NODES --death silence", None, True),
    ("detect silence, 10 % loss", "detect", "--nodes NODES --death silence --loss-percent 10", None, True),
    ("rumour", "rumour", "--nodes NODES", None, True),
    ("updates", "updates", "--nodes NODES --rate 100 --seconds 10", "--nodes NODES --rate 10 --seconds 3", True),
    ("updates, 1,000 a second", "updates", "--nodes NODES --rate 1000 --seconds 10",
     "--nodes NODES --rate 100 --seconds 3", True),
    ("loss", "loss", "--nodes NODES --loss-percent 25 --seconds 60",
     "--nodes NODES --loss-percent 25 --seconds 5", True),
    ("loss, busy", "loss", "--nodes NODES --loss-percent 25 --seconds 60 --busy",
     "--nodes NODES --loss-percent 25 --seconds 5 --busy", True),
    ("paused, 4 of 64", "paused", "--nodes 64 --blocked 4 --seconds 60",
     "--nodes NODES --blocked 1 --seconds 5", True),
    ("paused, 8 of 64", "paused", "--nodes 64 --blocked 8 --seconds 60", "--nodes NODES --blocked 2 --seconds 5", True),
    ("stall", "stall", "--nodes NODES", "--nodes NODES --after-ms 2000", False),
    ("rotate", "rotate", "--nodes 50", "--nodes NODES", False),
    ("junk", "junk", "--nodes 10 --packets 1000000", "--nodes NODES --packets 100000", False),
    ("failover", "failover", "--nodes 5", None, False),
]
# How many samples one run takes, where it is cheap to take more than one.
REPEATS = {"rumour": 10, "stall": 30}
NODES, QUICK_NODES = 100, 10
SCENARIOS = sorted({row[1] for row in SUITE})


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


def run(words):
    """One run's object, or why there is none. A run that hangs is ended with its processes."""
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             start_new_session=True)
    try:
        out, err = child.communicate(timeout=RUN_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, 9)
        child.communicate()
        return {"error": f"took more than {RUN_SECONDS_MAX} s"}
    try:
        if child.returncode == 0:
            return json.loads(out)
    except json.JSONDecodeError:
        err = "printed no JSON object"
    return {"error": " ".join(err.split())[-300:] or f"exit status {child.returncode}, without a word"}


def has_scenario(name):
    """Asked for a scenario's help that it does not know, it gives the help of all."""
    told = subprocess.run([BENCH, name, "--help"], capture_output=True, check=False, text=True).stdout
    return f" {name} [OPTIONS]" in told


def measure(name, scenario, arguments, has_peer, has_own, rounds):
    """All rounds of one scenario, whichever of the two has it."""
    words = [str(BENCH), scenario, *arguments, "--repeats", str(REPEATS.get(scenario, 1)), "--json"]
    who = {}
    if has_own:
        who["gossamer"] = words
    if has_peer:
        who["memberlist"] = words + ["--peer", "memberlist"]
    runs = {one: [] for one in who}
    for number in range(rounds):
        order = list(who) if number % 2 == 0 else list(who)[::-1]
        for one in order:
            says(f"{name}, round {number + 1} of {rounds}: {one}")
            got = run(who[one])
            if "error" in got:
                says(f"  failed: {got['error']}")
            runs[one].append(got)
    return {"name": name, "arguments": " ".join([scenario, *arguments]), "runs": runs,
            "figures": suite_report.figures_of(runs)}


def main():
    options = parse(sys.argv[1:])
    if options.check:
        return 0
    machine = suite_report.machine()  # Its load, before anything is run.
    scenarios, left_out = [], []
    for name, scenario, full, quick, peer_has_it in SUITE:
        if options.only and scenario not in options.only:
            continue
        has_own = has_scenario(scenario)
        has_peer = peer_has_it and not options.no_peer
        # Alone, memberlist is run only if that is asked for.
        if not has_own and not (has_peer and options.only):
            left_out.append(name)
            says(f"{name}: left out, gossamer-bench does not have it")
            continue
        arguments = (quick or full) if options.quick else full
        arguments = arguments.replace("NODES", str(options.nodes)).split()
        scenarios.append(measure(name, scenario, arguments, has_peer, has_own, options.rounds))
    report = {"machine": machine, "commit": suite_report.commit(ROOT), "rounds": options.rounds,
              "peer": None if options.no_peer else suite_report.peer_version(), "left_out": left_out,
              "scenarios": scenarios}
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    (OUT / "report.md").write_text(suite_report.as_markdown(report))
    says(f"wrote {OUT.relative_to(ROOT)}/report.json and report.md")
    print((OUT / "report.md").read_text(), end="")
    failed = [run for one in scenarios for run in one["runs"].get("gossamer", []) if "error" in run]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
