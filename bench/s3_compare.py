#!/usr/bin/python3
"""Gossamer's transfers beside those of others: s3_compare.py GOSSAMER_BENCH [--repeats N].

Every figure is the wall time of a whole process (or of several at once), so what a client needs to
start counts, for all alike. Each round does one work with each client, in turn; the ratio is of the
medians. Run by s3.sh, which starts the server.
"""
import argparse
import hashlib
import json
import os
import statistics
import subprocess
import tempfile
import time

BIG_BYTES, BIG_COUNT = 64 << 20, 4
SMALL_BYTES, SMALL_COUNT, SMALL_PARALLEL = 4096, 2000, 16
# The Python clients start for seconds and do a few hundred requests a second: fewer will do.
SLOW_SMALL_COUNT = 320

server = {
    name: os.environ[f"GOSSAMER_TEST_RADOSGW_{name.upper()}"]
    for name in ("endpoint", "access_key", "secret_key", "region", "bucket", "conf")
}


class Failed(Exception):
    pass


def run_all(*commands):
    """Seconds until all of them, begun at once, have ended well."""
    begun = time.perf_counter()
    running = [
        subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        for c in commands
    ]
    for process in running:
        error = process.communicate()[1]
        if process.returncode != 0:
            raise Failed(error.decode(errors="replace")[-500:])
    return time.perf_counter() - begun


def forget_what_was_overwritten():
    """The server frees nothing by itself, and has 2 GiB."""
    command = ["radosgw-admin", "-c", server["conf"], "gc", "process", "--include-all"]
    subprocess.run(command, capture_output=True, check=True)


class Gossamer:
    name = "gossamer"

    def __init__(self, program):
        self.program = program
        self.cpu_us = {}

    def do(self, work, _folder):
        url = f"s3://{server['bucket']}/ours?region={server['region']}&endpoint={server['endpoint']}"
        begun = time.perf_counter()
        done = subprocess.run(
            [self.program, "s3", "--url", url, "--work", work, "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - begun
        if done.returncode != 0:
            raise Failed(done.stderr)
        figures = json.loads(done.stdout)["results"][0]
        self.cpu_us.setdefault(work, []).append(figures["cpu_us_per_request"])
        return seconds, figures["requests"]


class Curl:
    """Signs as well; the hash of each body is known to it beforehand and costs it nothing."""

    name = "curl"

    def do(self, work, folder):
        is_put, is_big = work.startswith("put"), work.endswith("big")
        count = BIG_COUNT if is_big else SMALL_COUNT
        body = folder.big[0] if is_big else folder.small[0]
        sha256 = folder.sha256[body] if is_put else hashlib.sha256(b"").hexdigest()
        lines = []
        for i in range(count):
            lines.append(f'url = "{server["endpoint"]}/{server["bucket"]}/curl/{work[4:]}/{i}"')
            lines.append(f'upload-file = "{body}"' if is_put else 'output = "/dev/null"')
        config = os.path.join(folder.path, "curl.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        parallel = BIG_COUNT if is_big else SMALL_PARALLEL
        command = ["curl", "-sSf", "--noproxy", "*", "-Z", "--parallel-max", str(parallel)]
        command += ["--parallel-immediate"] if is_big else []
        command += ["--aws-sigv4", f"aws:amz:{server['region']}:s3"]
        command += ["--user", f"{server['access_key']}:{server['secret_key']}"]
        command += ["-H", f"x-amz-content-sha256: {sha256}", "-K", config]
        return run_all(command), count


class S3cmd:
    """One process for each of those at once: it does one transfer at a time."""

    name = "s3cmd"

    def do(self, work, folder):
        config = os.path.join(folder.path, "s3cfg")
        host = server["endpoint"].removeprefix("http://")
        with open(config, "w", encoding="utf-8") as file:
            file.write(
                f"[default]\naccess_key = {server['access_key']}\nsecret_key = {server['secret_key']}\n"
                f"host_base = {host}\nhost_bucket = {host}\nuse_https = False\n"
                f"bucket_location = {server['region']}\nsignature_v2 = False\n"
            )
        is_put, is_big = work.startswith("put"), work.endswith("big")
        at = f"s3://{server['bucket']}/s3cmd/{work[4:]}"
        processes = BIG_COUNT if is_big else SMALL_PARALLEL
        each = 1 if is_big else SLOW_SMALL_COUNT // SMALL_PARALLEL
        files = folder.big if is_big else folder.small
        commands = []
        for p in range(processes):
            command = ["s3cmd", "-c", config, "--no-progress", "-q"]
            mine = [files[(p * each + i) % len(files)] for i in range(each)]
            if is_put:
                command += ["put", *mine, f"{at}/{p}/"]
            else:
                names = [f"{at}/{p}/{os.path.basename(one)}" for one in mine]
                command += ["get", "--force", *names, folder.sink(f"s3cmd-{p}") + "/"]
            commands.append(command)
        return run_all(*commands), processes * each


class AwsCli:
    name = "aws"

    def do(self, work, folder):
        is_put, is_big = work.startswith("put"), work.endswith("big")
        count = BIG_COUNT if is_big else SLOW_SMALL_COUNT
        config = os.path.join(folder.path, "aws.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(
                f"[default]\nregion = {server['region']}\ns3 =\n  addressing_style = path\n"
                f"  max_concurrent_requests = {10 if is_big else SMALL_PARALLEL}\n"
            )
        os.environ.update(
            AWS_CONFIG_FILE=config,
            AWS_ACCESS_KEY_ID=server["access_key"],
            AWS_SECRET_ACCESS_KEY=server["secret_key"],
        )
        at = f"s3://{server['bucket']}/aws/{work[4:]}/"
        here = folder.of_big if is_big else folder.of_small
        command = ["aws", "--endpoint-url", server["endpoint"], "s3", "cp", "--recursive", "--quiet"]
        command += [here, at] if is_put else [at, folder.sink("aws")]
        return run_all(command), count


class Folder:
    """Files to send, and places to receive, in memory where there is such a place."""

    def __init__(self, path):
        self.path = path
        self.of_big, self.of_small = os.path.join(path, "big"), os.path.join(path, "small")
        self.big = self.make(self.of_big, BIG_COUNT, BIG_BYTES)
        self.small = self.make(self.of_small, SLOW_SMALL_COUNT, SMALL_BYTES)
        self.sha256 = {}
        for one in (self.big[0], self.small[0]):
            with open(one, "rb") as file:
                self.sha256[one] = hashlib.sha256(file.read()).hexdigest()

    @staticmethod
    def make(folder, count, size):
        os.mkdir(folder)
        names = [os.path.join(folder, f"{i:04}") for i in range(count)]
        for name in names:
            with open(name, "wb") as file:
                file.write(os.urandom(size))
        return names

    def sink(self, name):
        folder = os.path.join(self.path, "sink", name)
        os.makedirs(folder, exist_ok=True)
        return folder


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    # The environment of a bench holds our server's keys and nothing else of AWS.
    os.environ.update(
        AWS_ACCESS_KEY_ID=server["access_key"], AWS_SECRET_ACCESS_KEY=server["secret_key"]
    )
    ours = Gossamer(arguments.program)
    clients = [ours, Curl(), S3cmd(), AwsCli()]
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as path:
        folder = Folder(path)
        for work in ("put-big", "get-big", "put-small", "get-small"):
            rates = {client.name: [] for client in clients}
            for _ in range(arguments.repeats):
                for client in clients:
                    seconds, count = client.do(work, folder)
                    rates[client.name].append(count / seconds)
                if work == "put-big":
                    forget_what_was_overwritten()
            report(work, rates, ours)


def report(work, rates, ours):
    is_big = work.endswith("big")
    unit, factor = ("MiB/s", BIG_BYTES / (1 << 20)) if is_big else ("requests/s", 1)
    medians = {name: statistics.median(values) * factor for name, values in rates.items()}
    best = max((name for name in medians if name != ours.name), key=medians.get)
    ratio = medians[ours.name] / medians[best]
    shown = "  ".join(f"{name} {value:7.1f}" for name, value in medians.items())
    cpu = statistics.median(ours.cpu_us[work])
    print(f"{work:10} {unit:10} {shown}  best other: {best}, ratio {ratio:.2f}", end="")
    print("" if is_big else f", our CPU {cpu:.0f} us/request", flush=True)


if __name__ == "__main__":
    main()
