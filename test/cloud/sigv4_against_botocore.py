#!/usr/bin/python3
"""5,000 random requests: our signatures are botocore's, in headers and in the query.

usage: sigv4_against_botocore.py SIGN_REQUEST [SEED [COUNT]]
"""

import datetime
import hashlib
import random
import sys
from types import SimpleNamespace
from urllib.parse import quote, urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import sign_request

EPOCH = datetime.datetime(1970, 1, 1)
PATH_PARTS = ["", "", ".", "..", "a", "b c", "d+e", "f%20g", "\u00e9", "\u1234", "\U0001f600", "~-._",
              "x=y", "!*'()", "&;:@$,", "#?", "[]{}", "\\^`|\"<>", "%", "long" * 30]
NAMES = ["prefix", "list-type", "a", "A", "a-", "a+", "uploads", "Param", "\u00e9", "x y", "k/v", "~"]
VALUES = ["", "", "1", "a b", "a+b", "/", "=", "&", "%41", "\u1234", "~", "*", "Value", "value", "z" * 90]
HEADER_NAMES = ["x-amz-meta-a", "X-Amz-Meta-B", "Range", "If-None-Match", "Content-Type", "x-amz-acl",
                "X-AMZ-server-side-encryption", "cache-control", "x-Custom"]
HEADER_VALUES = ["", "a", "  a", "a  ", " a   b \t c ", "\"q   r\"", "bytes=0-9", "*", "A,b", "a;b=c",
                 "text/plain; charset=utf-8", "\u00fc"]
HOSTS = ["bucket.s3.amazonaws.com", "127.0.0.1", "[::1]", "Host.Example", "ec2.eu-west-1.amazonaws.com"]


def frozen(at):
    """What botocore.auth knows as `datetime`, with its clock stopped."""

    class Stopped(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return EPOCH + datetime.timedelta(seconds=at)

    return SimpleNamespace(datetime=Stopped, timedelta=datetime.timedelta)


def draw(rng):
    scheme = rng.choice(["http", "https"])
    port = rng.choice(["", "", ":80", ":443", ":9000"])
    is_presigned = rng.random() < 0.35
    names = rng.choices(NAMES, k=rng.randrange(5))
    if is_presigned:  # botocore's presigner keeps one value of each name.
        names = list(dict.fromkeys(names))
    body = b"" if is_presigned else rng.choice([b"", b"x", bytes(rng.randrange(256) for _ in range(70))])
    is_s3 = rng.random() < 0.6
    order = {
        "do": "presign" if is_presigned else "sign",
        "method": rng.choice(["GET", "PUT", "POST", "DELETE", "HEAD"]),
        "endpoint": f"{scheme}://{rng.choice(HOSTS)}{port}",
        "path": "/" + "/".join(rng.choices(PATH_PARTS, k=rng.randrange(6))),
        "query": [[name, rng.choice(VALUES)] for name in names],
        "headers": [
            [name, rng.choice(HEADER_VALUES)] for name in rng.choices(HEADER_NAMES, k=rng.randrange(5))
        ],
        "payload_sha256": hashlib.sha256(body).hexdigest() if body or rng.random() < 0.5 else "",
        "region": rng.choice(["us-east-1", "eu-central-1", "cn-north-1"]),
        "service": "s3" if is_s3 else rng.choice(["ec2", "sts", "service"]),
        "at": rng.randrange(2**31),
        "is_s3": is_s3,
        "access_key_id": rng.choice(["AKIDEXAMPLE", "test:tester"]),
        "secret": rng.choice(["wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "testing", "s" * 100]),
        "token": rng.choice(["", "", "AQoDYXdzEPT//w/EXAMPLE+tc764==", "t" * 700]),
        "expires": rng.choice([1, 60, 3600, 604800]),
    }
    if is_s3 and not is_presigned and rng.random() < 0.2:
        order["payload_sha256"] = "UNSIGNED-PAYLOAD"
    return order, body


def by_botocore(order, body):
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in order["query"]
    )
    url = order["endpoint"] + quote(order["path"], safe="/~") + ("?" + query if query else "")
    request = AWSRequest(method=order["method"], url=url, data=body or None)
    for name, value in order["headers"]:
        request.headers[name] = value
    if order["payload_sha256"] == "UNSIGNED-PAYLOAD":
        request.context["client_config"] = SimpleNamespace(s3={"payload_signing_enabled": False})
        request.context["payload_signing_enabled"] = False
    credentials = Credentials(order["access_key_id"], order["secret"], order["token"] or None)
    where = (credentials, order["service"], order["region"])
    botocore.auth.datetime = frozen(order["at"])
    if order["do"] == "presign":
        kind = botocore.auth.S3SigV4QueryAuth if order["is_s3"] else botocore.auth.SigV4QueryAuth
        kind(*where, expires=order["expires"]).add_auth(request)
    else:
        kind = botocore.auth.S3SigV4Auth if order["is_s3"] else botocore.auth.SigV4Auth
        kind(*where).add_auth(request)
    return request


def differences(order, answer, request):
    """What of ours is not botocore's."""
    if "error" in answer:
        return [answer["error"]]
    theirs = urlsplit(request.url)
    path, _, query = answer["target"].partition("?")
    found = []
    if path != theirs.path:
        found.append(f"path {path!r}, not {theirs.path!r}")
    # Botocore sends the query as it was given, and sorts it to sign it. We send it sorted.
    if sorted(query.split("&")) != sorted(theirs.query.split("&")):
        found.append(f"query {query!r}, not {theirs.query!r}")
    if order["do"] == "presign":
        return found
    ours = {name.lower(): value for name, value in answer["headers"]}
    for name in ("Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-SHA256"):
        if ours.get(name.lower()) != request.headers.get(name):
            found.append(f"{name} {ours.get(name.lower())!r}, not {request.headers.get(name)!r}")
    return found


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(2**32)
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 5000
    rng = random.Random(seed)
    drawn = [draw(rng) for _ in range(count)]
    answers = sign_request.run(sys.argv[1], [order for order, _ in drawn])
    for number, ((order, body), answer) in enumerate(zip(drawn, answers)):
        found = differences(order, answer, by_botocore(order, body))
        if found:
            print(f"seed {seed}, request {number}: {order}")
            print("\n".join(found))
            sys.exit(1)
    presigned = sum(order["do"] == "presign" for order, _ in drawn)
    for_s3 = sum(order["is_s3"] for order, _ in drawn)
    print(f"seed {seed}: {count} requests signed as botocore signs them, "
          f"{presigned} of them presigned, {for_s3} for S3")


main()
