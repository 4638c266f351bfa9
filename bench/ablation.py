#!/usr/bin/env python3
"""What each mechanism of detection is worth, in the simulator: SWIM, Lifeguard, all, and all but one; from
SWIM to all, one more at each step; all but one where that one is at stake; and whom each costs its life
when some are blocked. Writes tables, what was measured, and plots to build/bench; with --pictures the plots
of docs/pictures too.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import plots

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIM = ROOT / "build/release/bin/gossamer-sim"
OUT = ROOT / "build/bench"
PICTURES = ROOT / "docs/pictures"
RUN_SECONDS_MAX = 1800
LEFT_OUT = ["pairs", "hearing", "eager", "ring", "period_clock", "round_trips", "second_ping", "panel", "privacy", "floor", "last_looks",
            "view_digest", "isolation", "flaps", "lateness", "stalls", "confirmations"]
# Each stands on those before it: a panel is worth little before there is a floor that it can confirm.
ADDED = ["nacks", "confirmations", "buddy", "stalls", "hearing", "eager", "floor", "panel", "privacy", "last_looks", "second_ping",
         "round_trips", "ring", "period_clock", "pairs", "view_digest", "isolation", "flaps", "lateness", "links", "heirs"]
PROTOCOLS = [("SWIM", "swim"), ("Lifeguard", "lifeguard"), ("gossamer", "gossamer")]
BLOCKED = [1, 2, 4, 8, 16, 32]
# What happens, how it is played, and which mechanisms are at stake there.
AT_STAKE = [
    ("10 of 100 mute or deaf, 5 min", "one_way", "--nodes 100 --blocked 10 --seconds 300 --seeds 4",
     ["isolation", "confirmations"]),
    ("16 of 64 blocked for 3 s, run for 0.3 s", "flapping", "--nodes 64 --seeds 4", ["flaps", "stalls"]),
    ("16 of 128 blocked for 12 s, run for 0.1 s, at random phases", "lifeguard",
     "--nodes 128 --blocked 16 --random-phase --seeds 4", ["stalls"]),
    ("62 of 64 run for 2 ms of each 100", "lifeguard",
     "--nodes 64 --blocked 62 --blocked-ms 98 --running-ms 2 --random-phase --seeds 8", ["lateness", "stalls"]),
    ("40 % loss, 5 min, no TCP probes", "loss", "--nodes 100 --loss-percent 40 --seconds 300 --seeds 2",
     ["confirmations", "last_looks", "view_digest"]),
    ("100 nodes split into halves", "split", "--nodes 100 --seeds 10", ["view_digest"]),
    ("healthy nodes stall for 1.7 s once", "stall", "--nodes 100 --crashes 50 --stall-ms 1700 --seeds 4",
     ["hearing", "last_looks"]),
]
PARTS = ("steps", "blocked", "at_stake")


def steps():
    switches = ["--protocol", "swim"]
    yield "SWIM", switches
    for name in ADDED:
        switches = [*switches, "--with", name]
        yield f"and {name}", switches


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
    yield "lifeguard", ["--nodes", "128", "--blocked", "32", "--seeds", str(2 * effort)]


def run(scenario, arguments):
    words = [str(SIM), "run", "--scenario", scenario, "--seed", "1", *arguments, "--keep-going", "--json"]
    print(" ".join(words[2:]), file=sys.stderr, flush=True)
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=RUN_SECONDS_MAX)
    if not done.stdout:
        sys.exit(f"{' '.join(words)}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout)


def times(figures):
    return " / ".join(f"{figures[key] / 1000:.2f}" for key in ("p50", "p99", "max"))


def row(name, got):
    detect, loss, stall, anomaly = got["detect"], got["loss"], got["stall"], got["lifeguard"]
    cells = [name,
             times(detect["all_down_ms"]),
             f"{detect['burst_packets_per_node']:.1f}",
             f"{stall['stalls_down']} of {stall['stalls']}",
             f"{loss['false_downs_at_healthy']}",
             f"{loss['measured']['packets_per_node_s']:.1f}",
             f"{anomaly['false_downs']}"]
    return "| " + " | ".join(cells) + " |"


def mechanisms(options):
    return compared(options, [one for one in variants() if not options.only or one[0] in options.only])


def added(options):
    return compared(options, list(steps()), ", one mechanism more at each step")


def compared(options, protocols, how=""):
    """The table, all that was measured, and its plot."""
    table = ["| | crash, all survivors: p50 / p99 / max, s | packets per node and crash | down after a stall of 1.5 s "
             "| false deaths at 25 % loss | packets per node and s there | false deaths, 32 of 128 blocked |",
             "|" + " --- |" * 7]
    everything, rows = {}, []
    for name, switches in protocols:
        got = {scenario: run(scenario, arguments + switches) for scenario, arguments in scenarios(options.effort)}
        everything[name] = got
        table.append(row(name, got))
        down = got["detect"]["all_down_ms"]
        rows.append((name, down["p50"] / 1000, down["max"] / 1000))
    plot = plots.ranges(f"A crash among 100 nodes, until every survivor has it down{how}", "seconds", rows) if rows else ""
    return table, everything, plot


def at_stake(_):
    """The same figures of each scenario with all at work, and without those for which it was made."""
    table = ["| | | false deaths (members) | verdicts on the afflicted | known to all, p50 / max, s "
             "| packets per node and s |", "|" + " --- |" * 6]
    everything = {}
    for what, scenario, arguments, left_out in AT_STAKE:
        for name, switches in [("all", [])] + [(f"without {one}", ["--without", one]) for one in left_out]:
            got = run(scenario, arguments.split() + switches)
            everything[f"{scenario} {arguments}, {name}"] = got
            known = got["split_known_ms"] if scenario == "split" else got["all_down_ms"]
            cells = [what, name, f"{got['false_downs']:,} ({got['victims']:,})", f"{got['afflicted_downs']:,}",
                     f"{known['p50'] / 1000:.2f} / {known['max'] / 1000:.2f}" if known["count"] else "",
                     f"{got['measured']['packets_per_node_s']:.1f}" if got["measured"]["datagrams"] else ""]
            if got["stalls"]:
                cells[3] += f", on {got['stalls_down']} of {got['stalls']}"
            table.append("|" + "".join(f" {cell} |" if cell else " |" for cell in cells))
            what = ""
    return table, everything, ""


def blocked(options):
    """The same for nodes that are blocked for 12 s and run for 0.1 s."""
    table = ["| k of 128 blocked | SWIM: false deaths (at healthy) | Lifeguard | gossamer "
             "| the slowest true crash meanwhile, all healthy survivors, s: SWIM | Lifeguard | gossamer |",
             "|" + " --- |" * 7]
    everything, series = {}, {name: [] for name, _ in PROTOCOLS}
    for k in BLOCKED:
        cells, downs = [str(k)], []
        for name, protocol in PROTOCOLS:
            got = run("lifeguard", ["--nodes", "128", "--blocked", str(k), "--protocol", protocol, "--seconds",
                                    str(options.blocked_seconds), "--seeds", str(options.blocked_seeds)])
            everything[f"{name}, {k}"] = got
            series[name].append(got["false_downs"])
            cells.append(f"{got['false_downs']:,} ({got['false_downs_at_healthy']:,})")
            missed = f"; {got['undetected']} not in 90 s" if got["undetected"] else ""
            downs.append(f"{got['all_down_ms']['max'] / 1000:.2f}{missed}")
        table.append("| " + " | ".join(cells + downs) + " |")
    plot = plots.counts("Healthy members held down by anybody, of 128 nodes", "how many of them are blocked", BLOCKED,
                        list(series.items()))
    return table, everything, plot


def main():
    parser = argparse.ArgumentParser(prog="bench/ablation.py", description=__doc__)
    parser.add_argument("--effort", type=int, default=3, help="how many seeds for each cell (3)")
    parser.add_argument("--only", action="append", help="one variant by its name, or one of the parts " + ", ".join(PARTS) + "; may be repeated")
    parser.add_argument("--blocked-seeds", type=int, default=2, help="how many seeds for each number of blocked nodes (2)")
    parser.add_argument("--blocked-seconds", type=int, default=60, help="how long they are blocked in turn (60)")
    parser.add_argument("--pictures", action="store_true", help="write the plots into docs/pictures")
    options = parser.parse_args()
    if min(options.effort, options.blocked_seeds, options.blocked_seconds) < 1:
        parser.error("give numbers from 1")
    OUT.mkdir(parents=True, exist_ok=True)
    for name, measure in (("ablation", mechanisms), ("steps", added), ("at_stake", at_stake), ("blocked", blocked)):
        if options.only and not (name in options.only if name in PARTS else set(options.only) - set(PARTS)):
            continue
        table, everything, plot = measure(options)
        (OUT / f"{name}.json").write_text(json.dumps(everything, indent=1))
        (OUT / f"{name}.md").write_text("\n".join(table) + "\n")
        for folder in ([OUT, PICTURES] if options.pictures else [OUT]) if plot else []:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.svg").write_text(plot)
        print("\n".join(table), flush=True)


if __name__ == "__main__":
    main()
