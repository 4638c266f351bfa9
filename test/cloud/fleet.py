"""Real nodes on the fake cloud: they find each other by a tag, heal, use what the cloud knows, and go when told.

usage: fleet.py BIN [NODES [CHECK]] [--goals]

BIN is where gossamer and gossamer-fakecloud are; NODES of the fleet, 20; CHECK a part of one check's name.
How long things took is told. With --goals, for a machine that does nothing else, too long is a failure.
"""

import json
import os
import signal
import sys
import time

from cloud_fixture import check, run_checks, wait_until

NODES = 20
HAS_GOALS = False


def goal(seconds, seconds_max, what):
    check(not HAS_GOALS or seconds <= seconds_max, f"{what} after {seconds:.1f} s, over {seconds_max:.1f}")


def machine(number, tags, state="running"):
    return {"id": f"i-{number:017x}", "private_v4": address(number), "tags": tags, "state": state}


def address(number):
    """Loopback is wide: each machine has an address of its own."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def start(cloud, programs, number, tags, *words, environment=None, **parameters):
    return programs.node(f"n{number}", "--bind", f"{address(number)}:7946", "--discover",
                         cloud.ec2_url(tags, **parameters), "--join-timeout-ms", "30000", *words,
                         environment=environment)


def end_all(nodes):
    for node in nodes:
        if node.process.poll() is None:
            node.kill()


def see_all(nodes, count=None):
    wanted = len(nodes) if count is None else count
    return all(node.live_members() == wanted for node in nodes)


def differences(node, kind):
    return [event for event in node.events("discovery_difference") if event["kind"] == kind]


def a_fleet_that_knows_a_tag_forms_one_cluster_and_rejoins_without_the_api(cloud, programs):
    cloud.control("instances", [machine(i, {"cluster": "blue"}) for i in range(NODES)])
    begun = time.monotonic()
    nodes = [start(cloud, programs, i, "cluster=blue") for i in range(NODES)]
    launched = time.monotonic() - begun
    try:
        formed = wait_until(lambda: see_all(nodes), f"{NODES} nodes see {NODES}", 60)
        time.sleep(max(0.0, 60 - (time.monotonic() - begun)))
        calls = cloud.counter("ec2.DescribeInstances")
        check(see_all(nodes), "a member was lost within the first minute")
        check(0 < calls <= 60, f"{calls} calls of DescribeInstances in the first minute")
        goal(formed, 5, "formed")

        cloud.control("faults", {"kind": "status", "service": "ec2", "status": 503,
                                 "code": "Unavailable"})
        nodes[1].kill()
        nodes[1] = start(cloud, programs, 1, "cluster=blue")
        rejoined = wait_until(lambda: nodes[1].live_members() == NODES, "it is back by its cache", 20)
        goal(rejoined, 3, "rejoined")
    finally:
        end_all(nodes)
    return json.dumps({"nodes": NODES, "launch_s": round(launched, 2), "formed_s": round(formed, 2),
                       "calls_first_minute": calls, "rejoin_s": round(rejoined, 2)})


def two_clusters_that_do_not_know_each_other_merge_within_an_interval(cloud, programs):
    interval = 10
    half = 3
    cloud.control("instances", [machine(i, {"side-a" if i < half else "side-b": "yes"})
                                for i in range(2 * half)])
    nodes = [start(cloud, programs, i, "side-a=yes" if i < half else "side-b=yes",
                   interval=interval) for i in range(2 * half)]
    try:
        wait_until(lambda: see_all(nodes, half), "two clusters", 30)
        for i in range(half, 2 * half):
            cloud.control("tags", {"id": f"i-{i:017x}", "tags": {"side-a": "yes"}})
        merged = wait_until(lambda: see_all(nodes), "one cluster", 3 * interval)
        # Somebody asks within it; a second more is for what follows, and for our looking.
        goal(merged, interval + 1, "merged")
    finally:
        end_all(nodes)
    return json.dumps({"interval_s": interval, "merged_s": round(merged, 2)})


def what_the_list_and_the_view_differ_in_is_told(cloud, programs):
    interval = 5
    cloud.control("instances", [machine(i, {"cluster": "blue"}) for i in range(4)])
    nodes = [start(cloud, programs, i, "cluster=blue", interval=interval) for i in range(3)]
    stranger = programs.node("stranger", "--bind", "127.0.9.9:7946", "--discover",
                             f"static:{address(0)}:7946")
    try:
        wait_until(lambda: see_all(nodes, 4), "four nodes", 30)
        wait_until(lambda: any(differences(node, "not_joined") for node in nodes), "not_joined", 60)
        told = [differences(node, "not_joined") for node in nodes]
        check(all(event["machine"] == f"i-{3:017x}" for events in told for event in events), told)
        wait_until(lambda: any(differences(node, "unknown_member") for node in nodes),
                   "unknown_member", 60)
        check(any(event["endpoint"] == "127.0.9.9:7946"
                  for node in nodes for event in differences(node, "unknown_member")), "another")
        # The cloud says of a node that answers that it is gone: that alone kills nobody.
        cloud.control("state", {"id": f"i-{2:017x}", "state": "terminated"})
        wait_until(lambda: any(differences(node, "gone_but_alive") for node in nodes[:2]),
                   "gone_but_alive", 60)
        time.sleep(4)
        check(see_all(nodes, 4), "a member that answers was given up on the cloud's word")
        # Once it is silent, the word shortens the waiting.
        nodes[2].process.send_signal(signal.SIGSTOP)
        wait_until(lambda: see_all(nodes[:2], 3), "the silent one is down", 30)
        nodes[2].process.send_signal(signal.SIGCONT)
    finally:
        end_all([*nodes, stranger])


def a_node_on_a_machine_that_will_be_taken_away_freezes_and_leaves_by_itself(cloud, programs):
    cloud.control("instances", [machine(i, {"cluster": "blue"}) for i in range(2)])

    def on_machine(number):
        return {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT":
                f"{cloud.endpoint}/imds/i-{number:017x}"}

    store = cloud.s3_url("bucket-1")
    nodes = [start(cloud, programs, i, "cluster=blue", "--object-store", store,
                   "--watch-termination", environment=on_machine(i)) for i in range(2)]
    try:
        wait_until(lambda: see_all(nodes), "two nodes", 30)
        deployed = programs.run("deploy", "ledger", "--data", nodes[0].data)
        check(deployed.returncode == 0, deployed.stderr)

        def owner():
            answer = nodes[0].ask("services")
            return answer["services"][0]["units"][0] if answer and answer["services"] else {}

        wait_until(lambda: owner().get("endpoint"), "the ledger runs", 30)
        running = owner()
        ids = [node.ask("status")["status"]["id"] for node in nodes]
        going = ids.index(running["owner"])
        cloud.control("notice", {"id": f"i-{1 - going:017x}", "action": "rebalance", "in_seconds": 0})
        wait_until(lambda: nodes[1 - going].events("termination_notice"), "a recommendation is told", 20)
        check(nodes[1 - going].process.poll() is None, "a recommendation is no order")

        cloud.control("notice", {"id": f"i-{going:017x}", "action": "terminate", "in_seconds": 120})
        begun = time.monotonic()
        status = nodes[going].wait(60)
        took = time.monotonic() - begun
        check(status == 0, f"it ended with {status}")
        notices = nodes[going].events("termination_notice")
        check(len(notices) == 1 and notices[0]["kind"] == "spot_terminate", notices)
        frozen = nodes[going].events("freeze_ended")
        check(frozen and frozen[-1]["ok"], frozen)
        heir = nodes[1 - going]
        wait_until(lambda: heir.events("member_left"), "its goodbye was heard", 10)
        check(not heir.events("members_down"), "it was taken for dead")
        wait_until(lambda: (heir.ask("services") or {}).get("services", [{}])[0]
                   .get("units", [{}])[0].get("owner") == ids[1 - going], "the heir has it", 30)
    finally:
        end_all(nodes)
    return json.dumps({"left_after_s": round(took, 2)})


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--goals"]
    HAS_GOALS = len(words) < len(sys.argv) - 1
    if len(words) > 1:
        NODES = int(words[1])
    checks = [
        a_fleet_that_knows_a_tag_forms_one_cluster_and_rejoins_without_the_api,
        two_clusters_that_do_not_know_each_other_merge_within_an_interval,
        what_the_list_and_the_view_differ_in_is_told,
        a_node_on_a_machine_that_will_be_taken_away_freezes_and_leaves_by_itself,
    ]
    run_checks([one for one in checks if len(words) < 3 or words[2] in one.__name__], words[0])
