"""What the runs of bench/suite.py come to: figures with their ratios, as an object and as a table."""

import os
import pathlib
import platform
import statistics
import subprocess

# Numbers that say what was asked for, and not what was found.
ASKED = {"nodes", "repeats", "window_s", "seconds", "loss_percent", "blocked", "blocked_ms", "running_ms",
         "origins", "updates_per_record", "stall_ms", "loops", "state_mb", "packets", "packets_per_s", "rate",
         "places", "seed", "seeds", "crashes"}


def machine():
    model = ""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {"cpus": os.cpu_count(), "model": model, "kernel": platform.release(),
            "load_before": round(os.getloadavg()[0], 2)}


def output_of(words, **more):
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True, **more).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def commit(root):
    return output_of(["git", "describe", "--always", "--dirty"], cwd=root)


def peer_version():
    version = output_of(["dpkg-query", "-W", "-f", "${Version}", "golang-github-hashicorp-memberlist-dev"])
    go = output_of(["go", "version"]).split()
    return {"name": "memberlist", "version": version, "go": go[2] if len(go) > 2 else ""}


def numbers_of(run):
    """The figures of one run: the median where there is a distribution, and its p99 where that is another.
    A run that failed has none."""
    if "error" in run:
        return {}
    numbers = {}
    for key, value in run.items():
        if key in ASKED or isinstance(value, bool):
            continue
        if isinstance(value, (int, float)):
            numbers[key] = value
        elif isinstance(value, dict) and value.get("count") == 0:
            continue
        elif isinstance(value, dict) and isinstance(value.get("p50"), (int, float)):
            numbers[key] = value["p50"]
            if value.get("p99") != value["p50"]:
                numbers[key + ".p99"] = value["p99"]
    return numbers


def spread(values):
    if not values:
        return None
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def figures_of(runs):
    """By figure: each one's spread over the rounds, and that of the ratios within a round."""
    numbers = {one: [numbers_of(run) for run in its] for one, its in runs.items()}
    keys = {}  # In the order in which they are met.
    for its in numbers.values():
        for run in its:
            keys.update(dict.fromkeys(sorted(run)))
    figures = {}
    for key in keys:
        figure = {one: spread([run[key] for run in its if key in run]) for one, its in numbers.items()}
        pairs = zip(numbers.get("gossamer", []), numbers.get("memberlist", []))
        # Nothing over nothing is no ratio.
        figure["ratio"] = spread([ours[key] / theirs[key] for ours, theirs in pairs
                                  if key in ours and theirs.get(key)])
        figures[key] = figure
    return figures


def shown(value):
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def shown_spread(values):
    if not values:
        return ""
    cells = [shown(values[one]) for one in ("min", "median", "max")]
    return cells[0] if len(set(cells)) == 1 else " / ".join(cells)


def head_of(report):
    its = report["machine"]
    lines = ["# Benchmarks", "",
             f"gossamer {report['commit']}, {its['cpus']} CPUs ({its['model']}), Linux {its['kernel']}, load "
             f"{its['load_before']} before the first run.", ""]
    if report["is_quick"]:
        lines += ["**Few nodes, one round: this shows that everything works, and no figure in it means anything.**", ""]
    peer = report["peer"]
    lines += [f"Beside it {peer['name']} {peer['version']} ({peer['go']})." if peer else "memberlist was not run.", ""]
    return lines + HOW_TO_READ


HOW_TO_READ = """\
How to read it:

- Each cell is least / median / greatest over the rounds, or one figure where these are alike. In each round both were run,
  one after the other.
- A ratio is gossamer's figure over memberlist's of the same round: below 1, gossamer needs less.
- Of what one run takes many samples of, the figure is the run's median, and `.p99` its 99th percentile.
- `.._ms` is milliseconds; `.._per_node_s` is what one node needs in a second (`cpu_us_`: microseconds of a core).
- `false_deaths` are members that lived and that somebody held to be dead. It should be 0, and so should `undetected`,
  `undelivered`, `unconverged_runs`, `clusters_not_whole`, `declared_down`, `lost_writes` and `stale_effects`. What is simulated
  counts `false_downs`.
- docs/BENCHMARKS.md says how each is taken, and what is not alike.
""".splitlines() + [""]


def summary_of(report):
    """A line for each figure that a row is run for."""
    lines = ["## Summary", "", "| What | Figure | gossamer | memberlist | ratio |", "|" + " --- |" * 5]
    for scenario in report["scenarios"]:
        failed = sum("error" in run for runs in scenario["runs"].values() for run in runs)
        name = scenario["name"] + (f" ({failed} runs failed)" if failed else "")
        for key in scenario["summary"]:
            figure = scenario["figures"].get(key)
            if figure is None:
                continue
            cells = " | ".join(shown_spread(figure.get(one)) for one in ("gossamer", "memberlist", "ratio"))
            lines.append(f"| {name} | `{key}` | {cells} |")
            name = ""
    return lines + [""]


def as_markdown(report):
    lines = head_of(report) + summary_of(report)
    for scenario in report["scenarios"]:
        has_peer = "memberlist" in scenario["runs"]
        lines += [f"## {scenario['name']}", ""]
        if scenario["shows"]:
            lines += [scenario["shows"], ""]
        lines += [f"Rounds: {scenario['rounds']}.", "", "```", *scenario["commands"].values(), "```", ""]
        for one, runs in scenario["runs"].items():
            for failed in [run for run in runs if "error" in run]:
                lines += [f"Failed, {one}: {failed['error']}", ""]
        names = ["gossamer", "memberlist", "ratio"] if has_peer else ["gossamer"]
        lines += [f"| Figure | {' | '.join(names)} |", "|" + " --- |" * (len(names) + 1)]
        for key, figure in scenario["figures"].items():
            cells = " | ".join(shown_spread(figure.get(one)) for one in names)
            lines.append(f"| `{key}` | {cells} |")
        lines.append("")
    if report["left_out"]:
        lines += [f"Left out, for there is no such scenario: {', '.join(report['left_out'])}.", ""]
    return "\n".join(lines)
