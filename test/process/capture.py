"""Whoever listens on the network learns no name, no address and no payload.

capture.py BIN_DIRECTORY

Three nodes with a key form a cluster, run a service and lose a member, while every packet of theirs is
captured on loopback. Needs the right to capture: root, or a namespace of its own, which it makes.
"""

import array
import fcntl
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

ETH_P_ALL = 3
HEADER_BYTES = 40
NEEDLES = [b"needlename", b"needlemeta", b"needlecluster", b"needleservice", b"needlearg",
           b"needlestore", b"127.0.0.1", b"ledger"]


def into_a_namespace():
    """As another user than root: again, in a network of its own, where capturing is allowed."""
    if os.geteuid() == 0 or "GOSSAMER_CAPTURING" in os.environ:
        return
    os.environ["GOSSAMER_CAPTURING"] = "yes"
    os.execvp("unshare", ["unshare", "-rn", sys.executable, *sys.argv])


def raise_loopback():
    """A new namespace's loopback is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(any_socket, 0x8913, request))[1]
        if not flags & 1:
            fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", flags | 1))


class Capture:
    """UDP payloads, and TCP payloads by connection and direction, of some ports."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.bind(("lo", 0))
        self.socket.settimeout(0.1)
        self.datagrams, self.streams, self.is_over = [], {}, False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.is_over:
            try:
                packet, address = self.socket.recvfrom(70_000)
            except socket.timeout:
                continue
            if address[2] != socket.PACKET_OUTGOING:
                self.take(packet[14:])

    def take(self, packet):
        if len(packet) < 28 or packet[0] >> 4 != 4:
            return
        body = packet[4 * (packet[0] & 15):struct.unpack("!H", packet[2:4])[0]]
        ports = struct.unpack("!HH", body[:4])
        if packet[9] == socket.IPPROTO_UDP:
            self.datagrams.append((ports, body[8:]))
        elif packet[9] == socket.IPPROTO_TCP:
            payload = body[4 * (body[12] >> 4):]
            self.streams[ports] = self.streams.get(ports, b"") + payload

    def end(self):
        self.is_over = True
        self.thread.join()


class Node:
    def __init__(self, bin_directory, place, name, seed=None):
        words = [f"{bin_directory}/gossamer", "node", "--name", f"needlename-{name}", "--cluster",
                 "needlecluster", "--metadata", "needlemeta", "--key-file", f"{place}/key", "--data",
                 f"{place}/{name}", "--object-store", f"dir:{place}/needlestore", "--json", "--profile",
                 "fast"]
        if seed:
            words += ["--discover", f"static:{seed}"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.data = f"{place}/{name}"
        for line in self.process.stdout:
            found = re.search(r'"endpoint":"([^"]+)"', line)
            if '"ready"' in line and found:
                self.endpoint = found.group(1)
                self.port = int(self.endpoint.rsplit(":", 1)[1])
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return
        raise SystemExit(f"node {name} did not get ready")


def wait_until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def main():
    into_a_namespace()
    raise_loopback()
    bin_directory = sys.argv[1]
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([f"{bin_directory}/gossamer", "keys", "new", f"{place}/key"], check=True,
                       stdout=subprocess.DEVNULL)

        def ask(node, *words):
            ran = subprocess.run([f"{bin_directory}/gossamer", *words, "--data", node.data, "--json"],
                                 capture_output=True, text=True, check=False)
            return json.loads(ran.stdout) if ran.returncode == 0 else {}

        capture = Capture()
        nodes = []
        try:
            nodes.append(Node(bin_directory, place, "a"))
            nodes += [Node(bin_directory, place, name, nodes[0].endpoint) for name in "bc"]
            live = lambda: [m for m in ask(nodes[0], "members").get("members", []) if m["state"] == "alive"]
            wait_until(lambda: len(live()) == 3, "three live members")
            ask(nodes[0], "deploy", "needleservice", "--factory", "ledger", "--arguments", "needlearg")
            wait_until(lambda: ask(nodes[1], "resolve", "needleservice").get("records"), "the service")
            nodes[2].process.kill()
            wait_until(lambda: len(live()) == 2, "the death of one")
        finally:
            for node in nodes:
                node.process.send_signal(signal.SIGTERM)
            for node in nodes:
                node.process.wait(30)
            capture.end()
        look_through(capture, {node.port for node in nodes})


def look_through(capture, ports):
    datagrams = [payload for pair, payload in capture.datagrams if ports & set(pair)]
    streams = [payload for pair, payload in capture.streams.items() if ports & set(pair) and payload]
    if len(datagrams) < 50 or not streams:
        raise SystemExit(f"only {len(datagrams)} datagrams and {len(streams)} streams were captured")
    for payload in datagrams + streams:
        for needle in NEEDLES:
            if needle in payload:
                raise SystemExit(f"{needle.decode()} is to be read in {payload[:80]!r}")
    # What is not sealed is the header, and it is this.
    for payload in datagrams:
        if not payload.startswith(b"gsm\x01") or len(payload) <= HEADER_BYTES:
            raise SystemExit(f"no frame: {payload[:80]!r}")
    # What is sealed looks like noise: each value of a byte about as often as every other.
    sealed = b"".join(payload[HEADER_BYTES:] for payload in datagrams)
    counts = array.array("L", [sealed.count(bytes([value])) for value in range(256)])
    if max(counts) > 2 * len(sealed) / 256 + 50:
        raise SystemExit(f"of {len(sealed)} sealed bytes {max(counts)} are the same one")
    print(f"{len(datagrams)} datagrams and {len(streams)} streams: nothing to be read")


main()
