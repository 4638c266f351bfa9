"""`gossamer seeds` and `gossamer doctor` on the fake cloud: what works, and what they say when it does not."""

import json
import os
import sys

from cloud_fixture import KEY_ID, SECRET, check, run_checks

WRONG = "AnotherSecretThatNobodyMaySee98765"


def machines(cloud):
    cloud.control("instances", [
        {"id": "i-00000000000000001", "private_v4": "10.0.0.1", "tags": {"cluster": "blue"}},
        {"id": "i-00000000000000002", "private_v4": "10.0.0.2", "tags": {"cluster": "blue"}},
        {"id": "i-00000000000000003", "private_v4": "10.0.0.3", "state": "stopped",
         "tags": {"cluster": "blue"}},
        {"id": "i-00000000000000004", "state": "terminated", "tags": {"cluster": "blue"}},
        {"id": "i-00000000000000005", "ipv6": "fd00::5", "tags": {"cluster": "blue"}},
        {"id": "i-00000000000000006", "private_v4": "10.0.0.6", "tags": {"cluster": "green"}},
    ])


def steps(done):
    answer = json.loads(done.stdout)
    return answer, {step["operation"]: step for step in answer["steps"]}


def seeds_shows_each_machine_and_why_it_is_left_out(cloud, programs):
    machines(cloud)
    url = cloud.ec2_url("cluster=blue")
    done = programs.run("seeds", url, "--json")
    check(done.returncode == 0, done.stderr)
    source = json.loads(done.stdout)["sources"][0]
    check(sorted(source["seeds"]) == ["10.0.0.1:7946", "10.0.0.2:7946"], source)
    listed = {machine["machine"]: machine for machine in source["machines"]}
    check(len(listed) == 5 and "i-00000000000000006" not in listed, listed)
    for machine in ("i-00000000000000001", "i-00000000000000002"):
        check(listed[machine]["left_out"] == "", listed)
    for machine in ("i-00000000000000003", "i-00000000000000004", "i-00000000000000005"):
        check(listed[machine]["left_out"] != "", listed)
    check(listed["i-00000000000000004"]["state"] == "gone", listed)
    people = programs.run("seeds", url)
    check(people.returncode == 0 and "10.0.0.1:7946" in people.stdout and
          "left out: " in people.stdout and "i-00000000000000003" in people.stdout, people.stdout)


def seeds_that_finds_nothing_says_how_many_it_looked_at(cloud, programs):
    machines(cloud)
    for tag, listed in (("cluster=blue", 5), ("cluster=mauve", 0)):
        url = cloud.ec2_url(tag, state="pending")
        done = programs.run("seeds", url)
        check(done.returncode == 0, done)
        check(f"nothing found by {url}: it lists {listed} machines, 0 of them fit" in done.stderr, done)
    both = programs.run("seeds", cloud.ec2_url("cluster=blue"), "static:10.9.9.9:1")
    check(both.returncode == 0 and both.stderr == "", both)
    lines = both.stdout.splitlines()
    check(len(lines) == 6 and lines[-1] == "10.9.9.9:1  from static:10.9.9.9:1", lines)
    check(all(line.endswith("  from " + cloud.ec2_url("cluster=blue")) for line in lines[:5]), lines)


def seeds_of_a_wrong_secret_says_so_and_shows_none(cloud, programs):
    machines(cloud)
    done = programs.run("seeds", cloud.ec2_url("cluster=blue"),
                        environment={"AWS_SECRET_ACCESS_KEY": WRONG})
    check(done.returncode == 1 and done.stdout == "", done)
    check("AuthFailure" in done.stderr or "SignatureDoesNotMatch" in done.stderr, done.stderr)
    programs.check_secrets(WRONG, SECRET)


def sources_that_fail_do_not_hide_those_that_answer(cloud, programs):
    machines(cloud)
    done = programs.run("seeds", "--json", cloud.ec2_url("cluster=blue"), "static:10.9.9.9:1",
                        cloud.ec2_url("cluster=blue", endpoint="http://127.0.0.1:1"))
    check(done.returncode == 1, done)
    first, second, third = json.loads(done.stdout)["sources"]
    check(len(first["seeds"]) == 2 and second["seeds"] == ["10.9.9.9:1"] and third["error"], done.stdout)
    check("127.0.0.1:1" in done.stderr, done.stderr)


def wrong_urls_are_usage_errors_that_name_the_parameter(cloud, programs):
    for words, named in [
            (("seeds", "ec2:"), "ec2:"),
            (("seeds", "ec2://cluster=blue"), "ec2:cluster=blue"),
            (("seeds", "ec2:cluster=blue?address=postal"), "address"),
            (("seeds", "ec2:cluster=blue?port=seven"), "port"),
            (("seeds", "ec2:cluster=blue?colour=red"), "colour"),
            (("seeds", "ec3:cluster=blue"), "ec2:"),
            (("doctor", "ec2", "ec2:cluster=blue?region=Mars!"), "region"),
            (("doctor", "ec2", "dns:x"), "ec2:"),
            (("doctor", "object-store", "s3://Bucket_/x"), "ucket"),
            (("doctor", "object-store", "s3://bucket/x?style=baroque"), "style"),
            (("doctor", "object-store", f"s3://bucket/x?secret_access_key={WRONG}"), "secret_access_key"),
            (("doctor", "object-store", "ftp://x"), "s3://"),
            (("doctor",), "subcommand"),
    ]:
        done = programs.run(*words)
        check(done.returncode == 2 and done.stdout == "", (words, done))
        check(named in done.stderr, (words, done.stderr))
    programs.check_secrets(WRONG)


def doctor_finds_a_good_bucket_healthy_and_says_what_it_needs(cloud, programs):
    done = programs.run("doctor", "object-store", cloud.s3_url("bucket-1"), "--json")
    answer, by_name = steps(done)
    check(done.returncode == 0 and answer["ok"], done.stdout)
    for name in ("region", "credentials", "list", "create", "create again", "get", "get a range", "put",
                 "put in parts", "abort an upload", "remove", "cluster-id"):
        check(by_name[name]["ok"], by_name)
    check("environment" in by_name["credentials"]["detail"], by_name["credentials"])
    check(answer["subject"] == "s3://bucket-1/gossamer", answer["subject"])
    policy = answer["iam_policy"]["Statement"]
    check(policy[0]["Resource"] == "arn:aws:s3:::bucket-1", policy)
    check(policy[1]["Resource"] == "arn:aws:s3:::bucket-1/gossamer/*", policy)
    check("s3:PutObject" in policy[1]["Action"], policy)
    check(len(answer["bucket_policy"]["Statement"]) == 3, answer["bucket_policy"])
    people = programs.run("doctor", "object-store", cloud.s3_url("bucket-1"))
    check(people.returncode == 0 and "create again" in people.stdout and
          "s3:ListBucket" in people.stdout, people.stdout)


def doctor_tells_a_wrong_secret_by_the_service_s_own_code(cloud, programs):
    done = programs.run("doctor", "object-store", cloud.s3_url("bucket-1"), "--json",
                        environment={"AWS_SECRET_ACCESS_KEY": WRONG})
    answer, by_name = steps(done)
    check(done.returncode == 1 and not answer["ok"], done.stdout)
    check("SignatureDoesNotMatch" in by_name["list"]["detail"], by_name)
    check("list does not work" in done.stderr, done.stderr)
    ec2 = programs.run("doctor", "ec2", cloud.ec2_url("cluster=blue"), "--json",
                       environment={"AWS_SECRET_ACCESS_KEY": WRONG})
    answer, by_name = steps(ec2)
    check(ec2.returncode == 1 and not by_name["DescribeInstances"]["ok"], by_name)
    programs.check_secrets(WRONG, SECRET)


def doctor_tells_which_operation_a_policy_forbids(cloud, programs):
    for operation, name in [("PutObject", "create"), ("DeleteObject", "remove"),
                            ("ListObjectsV2", "list"), ("GetObject", "get"),
                            ("UploadPart", "put in parts"),
                            ("AbortMultipartUpload", "abort an upload")]:
        cloud.control("faults", {"clear": True})
        cloud.control("faults", {"kind": "status", "service": "s3", "operation": operation,
                                 "status": 403, "code": "AccessDenied"})
        done = programs.run("doctor", "object-store", cloud.s3_url("bucket-1"), "--json")
        _, by_name = steps(done)
        check(done.returncode == 1 and not by_name[name]["ok"], (operation, by_name))
        check("AccessDenied" in by_name[name]["detail"], (operation, by_name))
        if name == "remove":
            check(by_name["create"]["ok"] and by_name["get"]["ok"], by_name)
    cloud.control("faults", {"clear": True})
    cloud.control("faults", {"kind": "status", "service": "ec2", "status": 403,
                             "code": "UnauthorizedOperation"})
    done = programs.run("doctor", "ec2", cloud.ec2_url("cluster=blue"), "--json")
    answer, by_name = steps(done)
    check(done.returncode == 1, done)
    check("UnauthorizedOperation" in by_name["DescribeInstances"]["detail"], by_name)
    check(answer["iam_policy"]["Statement"][0]["Action"] == "ec2:DescribeInstances", answer)


def doctor_finds_nobody_at_a_closed_port_and_no_credentials_where_none_are(cloud, programs):
    done = programs.run("doctor", "object-store",
                        cloud.s3_url("bucket-1", endpoint="http://127.0.0.1:1"), "--json")
    check(done.returncode == 1 and "127.0.0.1:1" in done.stderr, done)
    bare = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    done = programs.run("doctor", "object-store", cloud.s3_url("bucket-1"), "--json", environment=bare)
    _, by_name = steps(done)
    check(done.returncode == 1 and not by_name["credentials"]["ok"], by_name)
    check("list" not in by_name, by_name)


def doctor_ec2_tells_the_machine_the_region_and_the_instances(cloud, programs):
    machines(cloud)
    on_machine = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT":
                  f"{cloud.endpoint}/imds/i-00000000000000001"}
    url = f"ec2:cluster=blue?endpoint={cloud.endpoint}"
    done = programs.run("doctor", "ec2", url, "--json", environment=on_machine)
    answer, by_name = steps(done)
    check(done.returncode == 0 and answer["ok"], done.stdout)
    check("i-00000000000000001" in by_name["instance metadata"]["detail"], by_name)
    check(by_name["region"]["detail"] == "us-east-1", by_name)
    check("5 machines" in by_name["DescribeInstances"]["detail"], by_name)
    off = programs.run("doctor", "ec2", cloud.ec2_url("cluster=blue"), "--json")
    answer, by_name = steps(off)
    check(off.returncode == 0 and answer["ok"] and not by_name["instance metadata"]["ok"], off.stdout)
    # With the role of the machine, without keys of its own.
    role = dict(on_machine, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    done = programs.run("doctor", "ec2", url, "--json", environment=role)
    answer, by_name = steps(done)
    check(done.returncode == 0 and "role" in by_name["credentials"]["detail"], done.stdout)


def doctor_of_a_directory_tries_the_same(cloud, programs):
    place = os.path.join(programs.scratch, "objects")
    os.makedirs(place)
    done = programs.run("doctor", "object-store", f"dir:{place}", "--json")
    answer, by_name = steps(done)
    check(done.returncode == 0 and answer["ok"] and answer["iam_policy"] is None, done.stdout)
    check("none yet" in by_name["cluster-id"]["detail"], by_name)
    check(not os.listdir(os.path.join(place, "probe")) if os.path.isdir(os.path.join(place, "probe"))
          else True, "the probe was left behind")


if __name__ == "__main__":
    run_checks([
        seeds_shows_each_machine_and_why_it_is_left_out,
        seeds_that_finds_nothing_says_how_many_it_looked_at,
        seeds_of_a_wrong_secret_says_so_and_shows_none,
        sources_that_fail_do_not_hide_those_that_answer,
        wrong_urls_are_usage_errors_that_name_the_parameter,
        doctor_finds_a_good_bucket_healthy_and_says_what_it_needs,
        doctor_tells_a_wrong_secret_by_the_service_s_own_code,
        doctor_tells_which_operation_a_policy_forbids,
        doctor_finds_nobody_at_a_closed_port_and_no_credentials_where_none_are,
        doctor_ec2_tells_the_machine_the_region_and_the_instances,
        doctor_of_a_directory_tries_the_same,
    ], sys.argv[1])
