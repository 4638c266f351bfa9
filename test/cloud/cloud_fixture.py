"""A fake cloud and gossamer's programs, for the scripts beside this one. Only what Python brings."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

# Easy to find where it must not be.
SECRET = "DoNotShowThisSecretAnywhere0123456789"
KEY_ID = "AKSHOWABLE"


class Failure(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Failure(what)


def wait_until(condition, what, seconds=20.0, pause=0.02):
    """The seconds that it took."""
    begin = time.monotonic()
    while not condition():
        check(time.monotonic() - begin < seconds, f"not within {seconds} s: {what}")
        time.sleep(pause)
    return time.monotonic() - begin


class FakeCloud:
    """gossamer-fakecloud, with the key above."""

    def __init__(self, bin_directory, *arguments):
        environment = dict(os.environ, AWS_ACCESS_KEY_ID=KEY_ID, AWS_SECRET_ACCESS_KEY=SECRET)
        self.process = subprocess.Popen(
            [os.path.join(bin_directory, "gossamer-fakecloud"), *arguments],
            stdout=subprocess.PIPE, env=environment, text=True)
        line = self.process.stdout.readline()
        check(line, "gossamer-fakecloud did not start")
        self.endpoint = json.loads(line)["endpoint"]

    def control(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}/_control/{path}", data=data)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            text = answer.read().decode()
        return json.loads(text) if text.strip() else None

    def counter(self, name):
        return self.control("counters").get(name, 0)

    def ec2_url(self, tags, **parameters):
        parameters = {"region": "us-east-1", "endpoint": self.endpoint, **parameters}
        return f"ec2:{tags}?" + "&".join(f"{key}={value}" for key, value in parameters.items())

    def s3_url(self, bucket, prefix="gossamer", **parameters):
        parameters = {"region": "us-east-1", "endpoint": self.endpoint, **parameters}
        return f"s3://{bucket}/{prefix}?" + "&".join(f"{k}={v}" for k, v in parameters.items())

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class Programs:
    """Runs programs of a build away from the machine's own AWS, and remembers all that they say."""

    def __init__(self, bin_directory, scratch):
        self.bin_directory = bin_directory
        self.scratch = scratch
        self.said = []
        kept = {key: value for key, value in os.environ.items()
                if not key.startswith("AWS_") and not key.lower().endswith("_proxy")}
        self.environment = dict(kept, HOME=scratch, AWS_ACCESS_KEY_ID=KEY_ID,
                                AWS_SECRET_ACCESS_KEY=SECRET, AWS_EC2_METADATA_DISABLED="true")

    def run(self, *words, environment=None, timeout=90):
        done = subprocess.run([os.path.join(self.bin_directory, "gossamer"), *words],
                              env=dict(self.environment, **(environment or {})),
                              capture_output=True, text=True, timeout=timeout)
        self.said += [done.stdout, done.stderr]
        return done

    def node(self, name, *words, environment=None):
        return Node(self, name, words, dict(self.environment, **(environment or {})))

    def check_secrets(self, *secrets):
        for text in self.said:
            for secret in secrets:
                check(secret not in text, f"a secret was shown: {text[:2000]}")


class Node:
    """`gossamer node --json`, with its data and its output in the scratch directory."""

    def __init__(self, programs, name, words, environment):
        self.programs = programs
        self.name = name
        self.data = os.path.join(programs.scratch, name)
        self.log = os.path.join(programs.scratch, f"{name}.log")
        self.output = open(self.log, "a")
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [os.path.join(programs.bin_directory, "gossamer"), "node", "--name", name, "--insecure",
             "--data", self.data, "--json", *words],
            stdout=self.output, stderr=subprocess.STDOUT, env=environment)

    def text(self):
        with open(self.log) as said:
            return said.read()

    def events(self, name):
        lines = [line for line in self.text().splitlines() if line.startswith("{")]
        return [event for event in map(json.loads, lines) if event.get("event") == name]

    def ask(self, request, timeout=2.0):
        """Nothing while it does not answer."""
        try:
            with socket.socket(socket.AF_UNIX) as admin:
                admin.settimeout(timeout)
                admin.connect(os.path.join(self.data, "admin.sock"))
                admin.sendall((json.dumps({"request": request}) + "\n").encode())
                text = b""
                while not text.endswith(b"\n"):
                    more = admin.recv(1 << 20)
                    if not more:
                        return None
                    text += more
                return json.loads(text)
        except (OSError, ValueError):
            return None

    def live_members(self):
        answer = self.ask("status")
        return answer["status"]["live_members"] if answer else 0

    def kill(self):
        self.end(signal.SIGKILL)

    def end(self, number=signal.SIGTERM, timeout=30):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(timeout)
        self.output.close()
        self.programs.said.append(self.text())
        return self.process.returncode

    def wait(self, timeout=60):
        self.process.wait(timeout)
        self.output.close()
        self.programs.said.append(self.text())
        return self.process.returncode


def run_checks(checks, bin_directory):
    """Each with a cloud, programs and a scratch directory of its own. Ends the process."""
    failed = 0
    for one in checks:
        with tempfile.TemporaryDirectory(prefix="gossamer-cloud-") as scratch:
            cloud = FakeCloud(bin_directory)
            programs = Programs(bin_directory, scratch)
            try:
                figures = one(cloud, programs) or ""
                programs.check_secrets(SECRET)
                print(f"ok      {one.__name__.replace('_', ' ')} {figures}", flush=True)
            except (Failure, subprocess.TimeoutExpired, KeyError, TypeError) as failure:
                failed += 1
                print(f"FAILED  {one.__name__.replace('_', ' ')}: {failure!r}", flush=True)
            finally:
                cloud.stop()
    sys.exit(1 if failed else 0)
