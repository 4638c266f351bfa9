#!/usr/bin/env python3
"""What each mechanism of detection is worth: SWIM, Lifeguard, all, and all but one, in the simulator.
Writes build/bench/ablation.md and ablation.json.
"""

import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIM = ROOT / "build/release/bin/gossamer-sim"
OUT = ROOT / "build/bench"
RUN_SECONDS_MAX = 1800
LEFT_OUT = ["ring", "period_clock", "round_trips", "second_ping", "panel", "privacy", "floor", "last_looks",
            "view_digest", "isolation", "flaps", "lateness", "stalls", "confirmations"]


def variants():
    yield "SWIM", ["--protocol", "swim"]
    yield "Lifeguard", ["--protocol", "lifeguard"]
    yield "all", []
    yield "all, and Lifeguard's health", ["--with", "health"]
    for name in LEFT_OUT:
        yield f"without {name}", ["--without", name]


def scenarios(effort):
    """Name, arguments; `effort` is how many seeds."""
    yield "detect", ["--nodes", "100", "--crashes", "8", "--seeds", str(4 * effort)]
    yield "loss", ["--nodes", "100", "--loss-percent", "25", "--seconds", "120", "--no-stream-probes", "--seeds", str(effort)]
    yield "stall", ["--nodes", "100", "--stall-ms", "1500", "--crashes", "50", "--seeds", str(effort)]
    yield "lifeguard", ["--nodes", "128", "--blocked", "32", "--random-phase", "--seeds", str(effort)]


def run(scenario, arguments):
    words = [str(SIM), "run", "--scenario", scenario, "--seed", "1", *arguments, "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=RUN_SECONDS_MAX)
    if not done.stdout:
        sys.exit(f"{' '.join(words)}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout)


def row(name, got):
    detect, loss, stall, anomaly = got["detect"], got["loss"], got["stall"], got["lifeguard"]
    times = detect["all_down_ms"]
    cells = [name,
             " / ".join(f"{times[key] / 1000:.2f}" for key in ("p50", "p99", "max")),
             f"{detect['burst_packets_per_node']:.1f}",
             f"{stall['stalls_down']} of {stall['stalls']}",
             f"{loss['false_downs_at_healthy']}",
             f"{loss['measured']['packets_per_node_s']:.1f}",
             f"{anomaly['false_downs']}"]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(prog="bench/ablation.py", description=__doc__)
    parser.add_argument("--effort", type=int, default=3, help="how many seeds for each cell (3)")
    parser.add_argument("--only", action="append", help="one variant by its name; may be repeated")
    options = parser.parse_args()
    if options.effort < 1:
        parser.error("argument --effort: give one from 1")
    OUT.mkdir(parents=True, exist_ok=True)
    table = ["| | crash, all survivors: p50 / p99 / max, s | packets per node and crash | down after a stall of 1.5 s "
             "| false deaths at 25 % loss | packets per node and s there | false deaths, 32 of 128 blocked |",
             "|" + " --- |" * 7]
    everything = {}
    for name, switches in variants():
        if options.only and name not in options.only:
            continue
        got = {}
        for scenario, arguments in scenarios(options.effort):
            print(f"{name}: {scenario}", file=sys.stderr, flush=True)
            got[scenario] = run(scenario, arguments + switches)
        everything[name] = got
        table.append(row(name, got))
    (OUT / "ablation.json").write_text(json.dumps(everything, indent=1))
    (OUT / "ablation.md").write_text("\n".join(table) + "\n")
    print("\n".join(table))


if __name__ == "__main__":
    main()
