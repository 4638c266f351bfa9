"""What bench/suite.py runs: a row for each thing that is measured."""

import dataclasses
from typing import Optional


@dataclasses.dataclass(frozen=True)
class Row:
    """One measurement. `NODES` in arguments is what --nodes changes."""

    name: str
    shows: str  # In a sentence, for who reads the report.
    scenario: str
    arguments: str
    figures: tuple  # Those that the summary names; the first is the one that matters.
    quick: Optional[str] = None  # Arguments of --quick, which leaves the row out if there are none.
    peer: Optional[str] = None  # memberlist's arguments; empty: the same; None: it has no such thing.
    repeats: int = 1  # Samples of one run.
    peer_repeats: Optional[int] = None  # If it needs longer for one.
    rounds_max: int = 100  # Of what is long, or is many samples by itself.
    program: str = "gossamer-bench"

    def words(self, is_quick, is_peer, nodes):
        text = self.quick if is_quick else (self.peer if is_peer and self.peer else self.arguments)
        words = text.replace("NODES", str(nodes)).split()
        if self.program == "gossamer-sim":
            return ["run", "--scenario", self.scenario, *words, "--keep-going"]
        if is_quick and self.scenario in SETTLING:
            words += ["--settle-ms", "500"]
        repeats = self.peer_repeats if is_peer and self.peer_repeats else self.repeats
        return [self.scenario, *words, "--repeats", str(min(repeats, 2) if is_quick else repeats)]


# Those that wait until it is quiet after all have joined.
SETTLING = {"steady", "detect", "rumour", "updates", "loss", "paused", "stall", "disturb"}
SAME = ""
JOINED = ("all_see_all_ms", "unconverged_runs")
DEAD = ("all_ms", "all_ms.p99", "false_deaths", "undetected")
COST = ("packets_per_node_s", "bytes_per_node_s", "cpu_us_per_node_s", "rss_kib_per_node", "false_deaths")
NEWS = ("latency_ms", "latency_ms.p99", "undelivered")
LOST = ("false_deaths", "packets_per_node_s")
SILENT = (*DEAD, "burst_packets_per_node")


def simulated(name, shows, scenario, arguments, figures, quick):
    """A row of what real sockets of one machine cannot show. It is the same in each round."""
    return Row(name, f"Simulated: {shows}", scenario, arguments, figures, quick=quick, rounds_max=1,
               program="gossamer-sim")


ROWS = [
    Row("join of 200", "200 nodes start at once and know one seed: until all see all.",
        "join", "--nodes 200", JOINED, peer=SAME),
    Row("join, all at once", "Does each of many runs end with all seeing all?",
        "join", "--nodes NODES", JOINED, quick="--nodes NODES", peer=SAME, repeats=10, peer_repeats=2),
    Row("join, one by one", "The same, a node each 20 ms.",
        "join", "--nodes NODES --mode paced", JOINED, quick="--nodes NODES --mode paced", peer=SAME, repeats=10,
        peer_repeats=2),
    Row("join of 300, all at once", "The same with 300, memberlist's limit on two cores.",
        "join", "--nodes 300", JOINED, peer=SAME, repeats=10),
    Row("join of 300, one by one", "", "join", "--nodes 300 --mode paced", JOINED, peer=SAME, repeats=10),
    Row("join of 1,000", "1,000 nodes in one process.", "join", "--nodes 1000", JOINED, rounds_max=2),
    Row("steady", "What a node costs while nothing happens.", "steady", "--nodes NODES --seconds 20", COST,
        quick="--nodes NODES --seconds 3", peer=SAME),
    Row("steady, 300 nodes", "", "steady", "--nodes 300 --seconds 20", COST, peer=SAME, rounds_max=3),
    Row("steady, 1,000 nodes", "Ten minutes in one process.", "steady", "--nodes 1000 --seconds 600", COST,
        rounds_max=1),
    Row("crash: a process is killed", "SIGKILL on a machine that lives on: until every survivor has it down.",
        "detect", "--nodes NODES --death process", DEAD,
        quick="--nodes NODES --death process", peer=SAME, repeats=3),
    Row("crash: a node falls silent", "It answers nothing, says nothing and refuses nothing, as without power.",
        "detect", "--nodes NODES --death silence", SILENT, quick="--nodes NODES --death silence", peer=SAME, repeats=3),
    Row("crash: silent, 10 % loss", "The same while a tenth of all datagrams is lost.",
        "detect", "--nodes NODES --death silence --loss-percent 10", SILENT,
        quick="--nodes NODES --death silence --loss-percent 10", peer=SAME, repeats=3),
    Row("crash: killed, 10 % loss", "SIGKILL while a tenth of all datagrams is lost.",
        "detect", "--nodes NODES --death process --loss-percent 10", DEAD,
        quick="--nodes NODES --death process --loss-percent 10", repeats=3),
    Row("crash: silent, fast", "With the profile `fast`; memberlist with its defaults.",
        "detect", "--nodes NODES --death silence --profile fast", SILENT,
        quick="--nodes NODES --death silence --profile fast", repeats=3),
    Row("crash: silent, 300 nodes", "", "detect", "--nodes 300 --death silence", SILENT, peer=SAME, repeats=3),
    Row("crash: silent, 1,000 nodes", "", "detect", "--nodes 1000 --death silence", SILENT, repeats=3, rounds_max=2),
    Row("links reset", "Of a healthy process all TCP connections are reset, 1,000 links in all: nobody is dead.",
        "disturb", "--nodes 20 --kind reset --times 1000", ("false_deaths", "times", "clusters_not_whole"),
        quick="--nodes 5 --kind reset --times 30", rounds_max=1),
    Row("connects refused in one place", "Who watches a healthy process loses its link and is refused, 1,000 times.",
        "disturb", "--nodes 20 --kind refuse --times 1000", ("false_deaths", "times", "clusters_not_whole"),
        quick="--nodes 5 --kind refuse --times 10", rounds_max=1),
    Row("restarts", "A process is killed and starts again at once, same port and data, 1,000 times.",
        "disturb", "--nodes 20 --kind restart --times 1000",
        ("false_deaths", "all_see_ms", "most_members_seen", "told_down", "clusters_not_whole"),
        quick="--nodes 5 --kind restart --times 10", rounds_max=1),
    Row("rumour", "One update of 100 bytes, from one node to all.", "rumour", "--nodes NODES",
        ("all_ms", "all_ms.p99", "undelivered"), quick="--nodes NODES", peer=SAME, repeats=10),
    Row("rumour, 300 nodes", "", "rumour", "--nodes 300", ("all_ms", "all_ms.p99", "undelivered"), peer=SAME,
        repeats=10),
    Row("updates, 100 a second", "Updates of 100 bytes all the time, from ten nodes to all.",
        "updates", "--nodes NODES --rate 100 --seconds 10", NEWS, quick="--nodes NODES --rate 10 --seconds 3",
        peer=SAME),
    Row("updates, 1,000 a second", "", "updates", "--nodes NODES --rate 1000 --seconds 10", NEWS,
        quick="--nodes NODES --rate 100 --seconds 3", peer=SAME),
    Row("a quarter lost", "A quarter of all datagrams is lost, and no probe goes by TCP: who is held to be dead?",
        "loss", "--nodes NODES --loss-percent 25 --seconds 120", LOST,
        quick="--nodes NODES --loss-percent 25 --seconds 5", peer=SAME),
    Row("a quarter lost, cores busy", "The same while another program keeps every core busy.",
        "loss", "--nodes NODES --loss-percent 25 --seconds 120 --busy", LOST,
        quick="--nodes NODES --loss-percent 25 --seconds 5 --busy", peer=SAME),
    Row("4 of 64 stopped", "Processes are stopped for 12 s and run for 0.1 s, in step, for a minute: who of the "
        "others is held to be dead? gossamer with the profile `fast`.",
        "paused", "--nodes 64 --blocked 4 --seconds 60 --profile fast", ("false_deaths", "found"),
        quick="--nodes NODES --blocked 1 --seconds 5", peer="--nodes 64 --blocked 4 --seconds 60"),
    Row("8 of 64 stopped", "", "paused", "--nodes 64 --blocked 8 --seconds 60 --profile fast",
        ("false_deaths", "found"), peer="--nodes 64 --blocked 8 --seconds 60"),
    Row("stall of 1.5 s", "A healthy node stands still once: is it held to be dead?",
        "stall", "--nodes NODES --stall-ms 1500", ("declared_down",),
        quick="--nodes NODES --stall-ms 1500 --after-ms 2000", repeats=30),
    Row("stall of 4.5 s, calm", "", "stall", "--nodes NODES --stall-ms 4500 --profile calm", ("declared_down",),
        repeats=30),
    Row("key rotation", "The cluster goes from one key to the next while records change.", "rotate", "--nodes 50",
        ("add_ms", "use_ms", "remove_ms"), quick="--nodes NODES", rounds_max=2),
    Row("junk", "Somebody without the key sends a million packets.", "junk", "--nodes 10 --packets 1000000",
        ("false_deaths",), quick="--nodes NODES --packets 100000", rounds_max=2),
    Row("failover", "The owner of a service is killed: until it serves again.", "failover", "--nodes 5",
        ("serving_again_ms", "lost_writes", "stale_effects"), quick="--nodes 5", rounds_max=2),
    simulated("crash while nodes come and go", "nodes leave and others come to their addresses all the time, so that "
              "views lack 2 % of the living; until every survivor has a crash down.",
              "churn", "--nodes 100 --replaced-per-mille 60 --crashes 10 --seeds 10",
              ("all_down_ms", "all_down_ms.p99", "disagreement", "false_downs", "undetected"),
              "--nodes NODES --replaced-per-mille 60 --seeds 2"),
    simulated("split into halves", "until all on both sides hold the other half down; and, a minute after the split, one "
              "view.", "split", "--nodes 100 --seeds 20",
              ("split_known_ms", "split_known_ms.p99", "healed_ms", "healed_ms.p99"), "--nodes NODES --seeds 2"),
    simulated("split for three days", "until there is one view once the link is back, when all have long forgotten the "
              "other half.", "split_72h", "--nodes 10 --seeds 5", ("healed_ms", "healed_ms.p99", "violations"),
              "--nodes 4"),
]
