"""Every scenario of gossamer-bench runs, with few nodes, and prints the keys that others rely on.

bench_scenarios.py BIN_DIRECTORY

No figure is judged but those that do not hang on how busy the machine is.
"""

import json
import pathlib
import subprocess
import sys
import time
import unittest

BENCH = pathlib.Path(sys.argv.pop(1)) / "gossamer-bench"
DEADLINE = 120


def bench(*words):
    return subprocess.run([BENCH, *words], capture_output=True, text=True, timeout=DEADLINE, check=False)


def state_of(process):
    """As /proc tells it; None if there is none."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return None


class Scenarios(unittest.TestCase):
    def figures(self, scenario, *words):
        got = bench(scenario, *words, "--json")
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        figures = json.loads(got.stdout)
        self.assertEqual(figures["scenario"], scenario)
        return figures

    def has_times(self, figures, *keys):
        for key in keys:
            self.assertEqual(sorted(figures[key]), ["max", "min", "p50", "p99"], key)
            self.assertGreater(figures[key]["min"], 0, key)

    def test_join_on_two_loops_all_at_once_or_one_by_one(self):
        for mode in ("burst", "paced"):
            got = self.figures("join", "--nodes", "7", "--mode", mode, "--gap-ms", "5", "--repeats", "2")
            self.assertEqual((got["unconverged_runs"], got["loops"], got["mode"]), (0, 2, mode))
            self.has_times(got, "all_see_all_ms", "cpu_s")
            self.assertIn("rss_kib_per_node", got)

    def test_steady_says_what_a_node_costs(self):
        got = self.figures("steady", "--nodes", "4", "--loops", "2", "--seconds", "1", "--settle-ms", "0",
                           "--repeats", "2")
        self.has_times(got, "packets_per_node_s", "bytes_per_node_s", "cpu_us_per_node_s")
        self.assertGreater(got["rss_kib_per_node"], 0)
        self.assertIn("false_deaths", got)

    def test_every_survivor_tells_of_a_process_that_is_killed_and_of_the_next_one_though_datagrams_are_lost(self):
        for percent in (0, 10):
            got = self.figures("detect", "--death", "process", "--nodes", "4", "--profile", "fast", "--settle-ms", "0",
                               "--loss-percent", str(percent), "--repeats", "2")
            self.assertEqual((got["death"], got["undetected"], got["unconverged_runs"]), ("process", 0, 0))
            self.assertEqual((got["loss_percent"], got["tcp_fallback"]), (percent, percent == 0))
            self.has_times(got, "first_ms", "all_ms")

    def test_every_survivor_tells_of_a_node_that_falls_silent_though_datagrams_are_lost(self):
        got = self.figures("detect", "--death", "silence", "--nodes", "5", "--profile", "fast", "--settle-ms", "0",
                           "--loss-percent", "10", "--repeats", "2")
        self.assertEqual((got["death"], got["undetected"], got["loss_percent"]), ("silence", 0, 10))
        self.has_times(got, "first_ms", "all_ms")
        self.assertEqual(sorted(got["burst_packets_per_node"]), ["max", "min", "p50", "p99"])

    def test_a_rumour_reaches_all_from_whichever_node_it_comes(self):
        got = self.figures("rumour", "--nodes", "6", "--loops", "2", "--settle-ms", "0", "--repeats", "7")
        self.assertEqual(got["undelivered"], 0)
        self.has_times(got, "half_ms", "all_ms")

    def test_updates_reach_all_of_a_small_cluster(self):
        got = self.figures("updates", "--nodes", "5", "--loops", "2", "--rate", "60", "--seconds", "1",
                           "--settle-ms", "0", "--repeats", "2")
        self.assertEqual((got["origins"], got["undelivered"], got["delivered_share"]["min"]), (5, 0, 1))
        self.has_times(got, "latency_ms", "offered_per_s")
        self.assertIn("queued_at_end", got)

    def test_loss_loses_the_share_of_datagrams_that_was_asked_for_and_probes_nobody_by_tcp(self):
        got = self.figures("loss", "--nodes", "6", "--loss-percent", "60", "--seconds", "4", "--settle-ms", "0",
                           "--busy", "--repeats", "1")
        self.assertEqual((got["loss_percent"], got["busy"], got["tcp_fallback"], got["seconds"]), (60, True, False, 4))
        self.assertGreater(got["lost_share"], 0.3)
        self.assertLess(got["lost_share"], 0.9)
        self.has_times(got, "packets_per_node_s")
        self.assertIn("false_deaths", got)

    def test_paused_processes_are_found_by_those_that_run(self):
        got = self.figures("paused", "--nodes", "4", "--blocked", "1", "--blocked-ms", "4000", "--running-ms", "50",
                           "--seconds", "4", "--profile", "fast", "--settle-ms", "0", "--repeats", "1")
        self.assertEqual((got["blocked"], got["blocked_ms"], got["running_ms"], got["found"]), (1, 4000, 50, 1))
        self.has_times(got, "found_ms")
        for key in ("false_deaths", "false_deaths_seen_by_healthy", "seconds"):
            self.assertIn(key, got)

    def disturbed(self, kind, *words):
        """With its figures, those that nothing false may be in: nobody may be held down who lives."""
        got = bench("disturb", "--kind", kind, "--nodes", "5", "--settle-ms", "1000", "--after-ms", "1000", *words,
                    "--json")
        self.assertEqual(got.returncode, 0, got.stderr)
        figures = json.loads(got.stdout)
        self.assertEqual((figures["scenario"], figures["kind"], figures["clusters_not_whole"]), ("disturb", kind, 0))
        self.assertEqual((figures["false_deaths"], figures["most_members_seen"]), (0, 5))
        self.assertIn(f"disturb --kind {kind}: ", got.stderr)
        return figures

    def test_links_that_are_reset_kill_nobody(self):
        self.assertGreaterEqual(self.disturbed("reset", "--times", "30")["times"], 30)

    def test_connects_that_are_refused_in_one_place_kill_nobody_and_are_not_tried_without_end(self):
        figures = self.disturbed("refuse", "--times", "10")
        self.assertEqual(figures["times"], 10)
        # One link was lost and its member knocked at once; it is watched again, and so refused again, a second later.
        self.assertLess(figures["refused_connects"], 40)

    def test_refused_in_several_places_one_that_answers_lives(self):
        figures = self.disturbed("refuse", "--times", "5", "--places", "3")
        self.assertGreaterEqual(figures["refused_connects"], 5)

    def test_a_process_that_starts_again_at_once_is_seen_by_all_and_nobody_else_dies(self):
        figures = self.disturbed("restart", "--times", "8")
        self.assertEqual(figures["times"], 8)
        self.has_times(figures, "open_again_ms", "all_see_ms")
        self.assertLessEqual(figures["told_down"], 8)

    def test_a_stall_that_outlasts_the_suspicion_is_counted(self):
        got = self.figures("stall", "--nodes", "4", "--stall-ms", "5000", "--after-ms", "100", "--profile", "fast",
                           "--settle-ms", "0", "--repeats", "1")
        self.assertEqual((got["stall_ms"], got["declared_down"], got["unconverged_runs"]), (5000, 1, 0))

    def test_the_processes_of_a_scenario_die_with_it_those_that_are_stopped_too(self):
        with subprocess.Popen([BENCH, "paused", "--nodes", "3", "--blocked", "2", "--blocked-ms", "60000",
                               "--settle-ms", "0"], stdout=subprocess.DEVNULL) as parent:
            self.addCleanup(parent.kill)
            listed = pathlib.Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
            end = time.monotonic() + DEADLINE
            children = []
            while [state_of(child) for child in children].count("T") < 2:
                self.assertLess(time.monotonic(), end, "its processes were not stopped")
                time.sleep(0.01)
                children = listed.read_text().split()
            parent.kill()
            parent.wait()
            while any(state_of(child) not in ("Z", None) for child in children):
                self.assertLess(time.monotonic(), end, "a process has outlived the scenario")
                time.sleep(0.01)


class Usage(unittest.TestCase):
    def test_a_wrong_use_is_one_sentence_and_exits_with_2(self):
        for words, named in ((["dance"], "there is no command 'dance'"), ([], "subcommand"),
                             (["join", "--nodes", "1"], "--nodes"), (["join", "--frobnicate"], "--frobnicate"),
                             (["join", "--mode", "limp"], "--mode"),
                             (["detect", "--loss-percent", "100"], "--loss-percent"),
                             (["paused", "--nodes", "4", "--blocked", "4"], "--blocked"),
                             (["disturb", "--nodes", "4", "--places", "4"], "--places"),
                             (["disturb", "--nodes", "201"], "--nodes"),
                             (["updates", "--nodes", "4", "--origins", "5"], "--origins"),
                             (["updates", "--nodes", "1000", "--rate", "100000"], "nodes x rate x seconds")):
            got = bench(*words)
            self.assertEqual((got.returncode, got.stdout), (2, ""), words)
            self.assertIn(named, got.stderr)
            self.assertTrue(got.stderr.startswith("gossamer-bench: "), got.stderr)
            self.assertEqual(got.stderr.count("\n"), 1, got.stderr)

    def test_help_names_every_scenario_and_exits_with_0(self):
        got = bench("--help")
        self.assertEqual(got.returncode, 0)
        for scenario in ("join", "steady", "detect", "rumour", "updates", "loss", "paused", "stall", "disturb", "failover",
                         "rotate", "junk", "s3"):
            self.assertRegex(got.stdout, rf"\n  {scenario} ")


if __name__ == "__main__":
    unittest.main()
