"""gossamer-bench becomes the rival's harness that lies beside it, and the suite's ratios are what they say.

bench_suite.py BIN_DIRECTORY
"""

import dataclasses
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

BIN = pathlib.Path(sys.argv.pop(1))
BENCH = pathlib.Path(__file__).resolve().parent.parent.parent / "bench"
sys.path.insert(0, str(BENCH))
sys.dont_write_bytecode = True
import suite  # noqa: E402
import suite_report  # noqa: E402


class Peer(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.place = pathlib.Path(scratch.name)
        shutil.copy(BIN / "gossamer-bench", self.place)

    def bench(self, *words):
        return subprocess.run([self.place / "gossamer-bench", *words], capture_output=True, text=True,
                              timeout=60, check=False)

    def test_the_harness_is_run_with_the_same_arguments_without_the_peer(self):
        harness = self.place / "gossamer-bench-memberlist"
        harness.write_text('#!/bin/sh\nfor word in "$@"; do echo "<$word>"; done\nexit 3\n')
        harness.chmod(0o755)
        for peer in (["--peer", "memberlist"], ["--peer=memberlist"]):
            got = self.bench("rumour", "--nodes", "7", *peer, "--json")
            self.assertEqual((got.stdout.split(), got.returncode), (["<rumour>", "<--nodes>", "<7>", "<--json>"], 3))

    def test_a_harness_that_is_not_built_is_told_with_how_to_build_it(self):
        got = self.bench("join", "--peer", "memberlist")
        self.assertEqual((got.returncode, got.stdout), (1, ""))
        self.assertIn("bench/peers/memberlist/build.sh", got.stderr)

    def test_a_peer_that_there_is_not_is_a_wrong_use(self):
        for words in (["join", "--peer", "carrier-pigeon"], ["join", "--peer"]):
            got = self.bench(*words)
            self.assertEqual(got.returncode, 2)
            self.assertIn("memberlist", got.stderr)


class Suite(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        suite.BIN = BIN

    def test_a_ratio_is_taken_within_a_round_and_spread_over_the_rounds(self):
        runs = {"gossamer": [{"all_ms": {"p50": 10, "p99": 10}, "nodes": 5}, {"all_ms": {"p50": 30, "p99": 30}},
                             {"all_ms": {"p50": 40, "p99": 40}}],
                "memberlist": [{"all_ms": {"p50": 100, "p99": 100}}, {"all_ms": {"p50": 100, "p99": 100}},
                               {"all_ms": {"p50": 50, "p99": 50}}]}
        self.assertEqual(suite_report.figures_of(runs), {"all_ms": {
            "gossamer": {"min": 10, "median": 30, "max": 40}, "memberlist": {"min": 50, "median": 100, "max": 100},
            "ratio": {"min": 0.1, "median": 0.3, "max": 0.8}}})

    def test_a_round_in_which_one_failed_has_no_ratio_and_nothing_over_nothing_is_none(self):
        runs = {"gossamer": [{"error": "it fell"}, {"deaths": 0, "cpu": 4}],
                "memberlist": [{"deaths": 0, "cpu": 2}, {"deaths": 0, "cpu": 2}]}
        figures = suite_report.figures_of(runs)
        self.assertIsNone(figures["deaths"]["ratio"])
        self.assertEqual(figures["cpu"]["ratio"], {"min": 2, "median": 2, "max": 2})

    def test_a_tail_that_is_not_the_median_is_a_figure_of_its_own(self):
        figures = suite_report.figures_of({"gossamer": [{"latency_ms": {"p50": 1, "p99": 9}}]})
        self.assertEqual(figures["latency_ms.p99"]["gossamer"]["max"], 9)

    def test_what_was_never_sampled_is_no_figure(self):
        self.assertEqual(suite_report.figures_of({"gossamer": [{"all_ms": {"p50": 0, "p99": 0, "count": 0}}]}), {})

    def test_the_table_names_who_failed_and_why(self):
        runs = {"gossamer": [{"deaths": 0}], "memberlist": [{"error": "it fell"}]}
        report = {"machine": suite_report.machine(), "commit": "", "is_quick": False, "peer": None, "left_out": ["loss"],
                  "scenarios": [{"name": "idle", "shows": "What it costs.", "commands": {"gossamer": "steady -x"},
                                 "summary": ["deaths", "not there"], "rounds": 1, "runs": runs,
                                 "figures": suite_report.figures_of(runs)}]}
        text = suite_report.as_markdown(json.loads(json.dumps(report)))
        for part in ("Failed, memberlist: it fell\n\n", "| `deaths` | 0 |", "Left out", "loss", "What it costs.",
                     "\nsteady -x\n", "| idle (1 runs failed) | `deaths` | 0 |  |  |"):
            self.assertIn(part, text)
        self.assertNotIn("not there", text)

    def test_what_fails_or_hangs_does_not_keep_the_rest_from_being_run(self):
        for script, why in (("echo it fell >&2; exit 1", "it fell"), ("echo no object", "no JSON object"),
                            ("sleep 1000", "more than 1 s")):
            got = suite.run(["/bin/sh", "-c", script], 1)
            self.assertIn(why, got["error"])

    def test_every_row_is_something_that_its_program_has_and_takes(self):
        for program in ("gossamer-bench", "gossamer-sim"):
            nothing = dataclasses.replace(suite.ROWS[0], scenario="nothing", program=program)
            self.assertFalse(suite.has_scenario(nothing), program)
        for row in suite.ROWS:
            self.assertTrue(suite.has_scenario(row), row.name)
            for is_quick in ([False, True] if row.quick else [False]):
                words = row.words(is_quick, False, 10)
                got = subprocess.run([BIN / row.program, *words, "--frobnicate"], capture_output=True,
                                     text=True, timeout=60, check=False)
                self.assertEqual(got.returncode, 2, words)
                self.assertIn("not expected: --frobnicate", got.stderr)

    def test_a_wrong_use_is_told_before_anything_is_built(self):
        for words in (["--nodes", "1"], ["--rounds", "0"], ["--only", "nothing"], ["surplus"]):
            got = subprocess.run(["/usr/bin/python3", BENCH / "suite.py", "--check", *words], capture_output=True,
                                 text=True, timeout=60, check=False)
            self.assertEqual(got.returncode, 2, words)


if __name__ == "__main__":
    unittest.main()
