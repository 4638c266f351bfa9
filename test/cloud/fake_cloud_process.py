"""Starts gossamer-fakecloud for a test, and tells and asks it things."""
import json
import os
import signal
import subprocess
import urllib.request

KEY = "AKTESTS"
SECRET = "a/secret+for=tests"
REGION = "us-east-1"


class FakeCloud:
    def __init__(self, program, *flags):
        environment = clean_environment()
        environment.update(AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)
        self.process = subprocess.Popen([program, *flags], stdout=subprocess.PIPE, env=environment)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{program} did not start")
        ready = json.loads(line)
        self.endpoint = ready["endpoint"]
        self.port = int(self.endpoint.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=10) != 0:
            raise RuntimeError("gossamer-fakecloud ended badly")

    def tell(self, what, body=None):
        data = json.dumps({} if body is None else body).encode()
        return self._ask(urllib.request.Request(f"{self.endpoint}/_control/{what}", data=data))

    def ask(self, what):
        return self._ask(f"{self.endpoint}/_control/{what}")

    @staticmethod
    def _ask(request):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return json.load(answer)


def clean_environment():
    """Nothing of the machine's own settings for AWS, and never its metadata service."""
    environment = {k: v for k, v in os.environ.items()
                   if not k.startswith("AWS_") and not k.lower().endswith("_proxy")}
    environment.update(AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE=os.devnull,
                       AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_DEFAULT_REGION=REGION)
    return environment
