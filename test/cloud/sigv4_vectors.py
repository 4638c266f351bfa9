#!/usr/bin/python3
"""Our signatures are those of the official test suite: all 38 cases of the suite in aws-crt-python that
state what is expected, each signed in headers and in the query; or the 24 of @aws-sdk/signature-v4.

They are fetched into FOLDER, and used again from there the next time.

usage: sigv4_vectors.py SIGN_REQUEST FOLDER official|npm
"""

import datetime
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
from urllib.parse import unquote

import sign_request

PACKAGE = "aws-crt-python"
CASES_EXPECTED = 38
NPM_PACKAGE = "@aws-sdk/signature-v4@1.0.0-rc.3"
NPM_CASES_EXPECTED = 24
NOTHING = hashlib.sha256(b"").hexdigest()


def give_up(why):
    raise SystemExit(f"The vectors cannot be had: {why}. They are fetched, not kept with the source: "
                     "run this where Debian's archive and npm can be reached.")


def run(command, folder):
    try:
        ended = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               timeout=240, check=False)
    except (OSError, subprocess.TimeoutExpired) as fault:
        give_up(str(fault))
    if ended.returncode != 0:
        last = ended.stdout.decode(errors="replace").strip().splitlines()[-3:]
        give_up(f"'{' '.join(command[:1] + command[-2:])}' failed: {' / '.join(last)}")


# --- Fetching ---------------------------------------------------------------------------------------


def source_lines():
    """The machine's own mirror, asked for sources. Bookworm's main part has the package."""
    found = []
    for path in glob.glob("/etc/apt/sources.list.d/*.sources"):
        text = open(path, encoding="utf-8").read()
        for block in re.split(r"\n\s*\n", text):
            fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", block, re.M))
            if "bookworm" not in fields.get("Suites", "").split():
                continue
            option = f"[signed-by={fields['Signed-By']}] " if fields.get("Signed-By", "").startswith("/") else ""
            found += [f"deb-src {option}{uri} bookworm main" for uri in fields.get("URIs", "").split()]
    for path in ["/etc/apt/sources.list", *glob.glob("/etc/apt/sources.list.d/*.list")]:
        if not os.path.exists(path):
            continue
        for line in open(path, encoding="utf-8"):
            match = re.match(r"deb\s+(\[[^]]*\]\s+)?(\S+)\s+bookworm\s+.*\bmain\b", line)
            if match:
                found.append(f"deb-src {match[1] or ''}{match[2]} bookworm main")
    if not found:
        give_up("no apt source of this machine has bookworm's main part")
    return found[:1]


def fetch_suite(folder):
    """The folder of the cases. What apt keeps goes beside it, and the machine's lists stay as they are."""
    suite = os.path.join(folder, "v4")
    if os.path.exists(os.path.join(suite, "complete")):
        return suite
    apt = os.path.join(folder, "apt")
    for part in ("etc", "lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(apt, part), exist_ok=True)
    with open(os.path.join(apt, "etc", "vectors.list"), "w", encoding="utf-8") as sources:
        sources.write("\n".join(source_lines()) + "\n")
    apt_get = ["apt-get", "-q", "-o", "Dir::Etc::sourcelist=/dev/null",
               "-o", f"Dir::Etc::sourceparts={apt}/etc", "-o", f"Dir::State::lists={apt}/lists",
               "-o", f"Dir::Cache={apt}/cache", "-o", "APT::Sandbox::User=root",
               "-o", "Acquire::Languages=none", "-o", "Acquire::Retries=3"]
    # Without Error-Mode a mirror that does not answer would be a warning.
    run([*apt_get, "-o", "APT::Update::Error-Mode=any", "update"], folder)
    run([*apt_get, "source", "--download-only", PACKAGE], folder)
    archives = glob.glob(os.path.join(folder, f"{PACKAGE}_*.orig.tar.*"))
    if not archives:
        give_up(f"the source of {PACKAGE} has no archive")
    os.makedirs(suite, exist_ok=True)
    with tarfile.open(archives[0]) as archive:
        for member in archive:
            inside = re.search(r"/aws-signing-test-suite/v4/([\w.-]+)/([\w.-]+)$", member.name)
            if inside and member.isfile():
                os.makedirs(os.path.join(suite, inside[1]), exist_ok=True)
                with open(os.path.join(suite, inside[1], inside[2]), "wb") as out:
                    out.write(archive.extractfile(member).read())
    open(os.path.join(suite, "complete"), "w", encoding="utf-8").close()
    return suite


def fetch_npm(folder):
    file = os.path.join(folder, "npm", "suite.json")
    if os.path.exists(file):
        return file
    os.makedirs(os.path.dirname(file), exist_ok=True)
    run(["npm", "pack", "--silent", NPM_PACKAGE], os.path.dirname(file))
    archives = glob.glob(os.path.join(folder, "npm", "*.tgz"))
    if not archives:
        give_up(f"npm gave no archive of {NPM_PACKAGE}")
    script = os.path.join(folder, "npm", "suite.fixture.js")
    with tarfile.open(archives[0]) as archive, open(script, "wb") as out:
        out.write(archive.extractfile("package/dist/cjs/suite.fixture.js").read())
    run(["node", "-e", f"const s = require({json.dumps(script)});"
         f"require('fs').writeFileSync({json.dumps(file + '.part')}, JSON.stringify(s))"], folder)
    os.rename(file + ".part", file)
    return file


# --- Cases ------------------------------------------------------------------------------------------


def read(suite, case, name):
    path = os.path.join(suite, case, name)
    if not os.path.exists(path):
        return None
    return open(path, encoding="utf-8", newline="").read().replace("\r\n", "\n")


def parse(text):
    """Method, path, query, headers and body of a request as it is written down."""
    head, _, body = text.partition("\n\n")
    lines = re.sub(r"\n[ \t]+", " ", head).strip("\n").split("\n")  # Folded lines are one.
    method, rest = lines[0].split(" ", 1)
    path, _, query = rest.rsplit(" ", 1)[0].partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")] if query else []
    query = [[unquote(name), unquote(value)] for name, _, value in pairs]
    headers = [line.split(":", 1) for line in lines[1:]]
    host = next(value for name, value in headers if name.lower() == "host")
    return method, path, query, [h for h in headers if h[0].lower() != "host"], host, body.encode()


def order_of(suite, case):
    context = json.loads(read(suite, case, "context.json"))
    method, path, query, headers, host, body = parse(read(suite, case, "request.txt"))
    at = datetime.datetime.strptime(context["timestamp"], "%Y-%m-%dT%H:%M:%SZ")
    keys = context["credentials"]
    # A token that is added when all is signed is none to the signature.
    token = "" if context.get("omit_session_token") else keys.get("token", "")
    order = {
        "method": method, "host": host, "path": path, "query": query, "headers": headers,
        "payload_sha256": hashlib.sha256(body).hexdigest(),
        "region": context["region"], "service": context["service"], "is_s3": False,
        "at": int(at.replace(tzinfo=datetime.timezone.utc).timestamp()),
        "access_key_id": keys["access_key_id"], "secret": keys["secret_access_key"], "token": token,
        "expires": context["expiration_in_seconds"],
    }
    return context, order


def orders_of(context, order):
    """How the case is signed in headers and in the query, and whether sign() and presign() do it whole.

    The suite has paths as they are before any encoding and encodes them once, so where there is
    something to encode, or where the path is not to be normalised, our form is that of S3. S3 wants
    the body's digest as a header, which the suite does not have there, and signs URLs without the
    digest: those cases go through the steps that sign() and presign() are made of.
    """
    has_to_encode = re.search(r"[^A-Za-z0-9._~/-]", order["path"]) is not None
    takes_path_as_is = not context["normalize"] or has_to_encode
    stamp = datetime.datetime.utcfromtimestamp(order["at"]).strftime("%Y%m%dT%H%M%SZ")
    if not takes_path_as_is:
        # A signed body means its digest as a header too, which is S3's way.
        with_digest = context["sign_body"]
        return {**order, "do": "sign", "is_s3": with_digest}, {**order, "do": "presign"}, True
    steps = {**order, "do": "steps", "is_s3": True}
    names = sorted({name.lower() for name, _ in order["headers"]} | {"host"})
    credential = f"{order['access_key_id']}/{stamp[:8]}/{order['region']}/{order['service']}/aws4_request"
    presigned = [["X-Amz-Algorithm", "AWS4-HMAC-SHA256"], ["X-Amz-Credential", credential],
                 ["X-Amz-Date", stamp], ["X-Amz-Expires", str(order["expires"])],
                 ["X-Amz-SignedHeaders", ";".join(names)]]
    return ({**steps, "headers": order["headers"] + [["X-Amz-Date", stamp]]},
            {**steps, "query": order["query"] + presigned}, False)


def steps_again(order, answer):
    """The steps over what sign() or presign() gave: the canonical request is the suite's too."""
    if order["do"] == "sign":
        headers = [pair for pair in answer["headers"] if pair[0] != "authorization"]
        return {**order, "do": "steps", "headers": headers}
    query = answer["target"].partition("?")[2].split("&")
    pairs = [pair.partition("=") for pair in query if not pair.startswith("X-Amz-Signature=")]
    return {**order, "do": "steps", "query": [[unquote(n), unquote(v)] for n, _, v in pairs]}


def signature_of(answer):
    if "signature" in answer:
        return answer["signature"]
    if "headers" in answer:
        return dict(answer["headers"])["authorization"].rpartition("Signature=")[2]
    return answer["target"].rpartition("X-Amz-Signature=")[2]


def check_suite(program, suite):
    cases = sorted(case for case in os.listdir(suite) if os.path.isdir(os.path.join(suite, case)))
    expected = [case for case in cases if read(suite, case, "header-signature.txt")]
    orders, places = [], []
    whole = 0
    for case in expected:
        context, order = order_of(suite, case)
        header, query, is_whole = orders_of(context, order)
        whole += is_whole
        orders += [header, query]
        places += [(case, "header"), (case, "query")]
    answers = sign_request.run(program, orders)
    again = sign_request.run(program, [order if order["do"] == "steps" else steps_again(order, answer)
                                       for order, answer in zip(orders, answers)])
    wrong = 0
    for (case, form), answer, steps in zip(places, answers, again):
        theirs = {what: read(suite, case, f"{form}-{name}.txt").strip("\n")
                  for what, name in (("canonical_request", "canonical-request"),
                                     ("string_to_sign", "string-to-sign"), ("signature", "signature"))}
        ours = {**steps, "signature": signature_of(answer)}
        for what, value in theirs.items():
            if ours[what] != value:
                wrong += 1
                print(f"{case}, {form}: {what} is\n{ours[what]}\nand should be\n{value}\n")
    print(f"official suite: {len(expected)} cases, each in headers and in the query: {wrong} differences; "
          f"{whole} through sign() and presign(), {len(expected) - whole} through their steps; "
          f"{len(cases) - len(expected)} more state no result: "
          f"{', '.join(c for c in cases if c not in expected)}")
    return wrong == 0 and len(expected) == CASES_EXPECTED


# --- The cases of npm -------------------------------------------------------------------------------


def check_npm(program, file):
    suite = json.load(open(file, encoding="utf-8"))
    at = datetime.datetime.strptime(suite["signingDate"], "%Y-%m-%dT%H:%M:%S.%fZ")
    orders, expected = [], []
    for case in suite["requests"]:
        request = case["request"]
        headers = [[n, v] for n, v in request["headers"].items() if n not in ("host", "x-amz-date")]
        query = []
        for name, value in request["query"].items():
            query += [[name, v] for v in (value if isinstance(value, list) else [value])]
        body = request.get("body", "").encode()
        order = {
            "do": "sign", "method": request["method"], "host": request["headers"]["host"],
            "path": request["path"], "query": query, "headers": headers,
            "payload_sha256": hashlib.sha256(body).hexdigest(), "region": suite["region"],
            "service": suite["service"], "is_s3": False,
            "at": int(at.replace(tzinfo=datetime.timezone.utc).timestamp()),
            "access_key_id": suite["credentials"]["accessKeyId"],
            "secret": suite["credentials"]["secretAccessKey"],
            # Given as a header there: ours makes the header of the token.
            "token": request["headers"].get("x-amz-security-token", ""),
        }
        if re.search(r"[^A-Za-z0-9._~/-]", request["path"]):  # Encoded once, as in the other suite.
            order.update({"do": "steps", "is_s3": True})
            order["headers"] = headers + [["x-amz-date", request["headers"]["x-amz-date"]]]
        orders.append(order)
        expected.append((case["name"], case["authorization"].rpartition("Signature=")[2]))
    wrong = 0
    for (name, signature), answer in zip(expected, sign_request.run(program, orders)):
        if signature_of(answer) != signature:
            wrong += 1
            print(f"npm {name}: {signature_of(answer)}, and should be {signature}")
    print(f"npm suite: {len(orders)} cases, {wrong} differences")
    return wrong == 0 and len(orders) == NPM_CASES_EXPECTED


def main():
    program, folder = sys.argv[1], os.path.abspath(sys.argv[2])
    os.makedirs(folder, exist_ok=True)
    if sys.argv[3] == "official":
        is_good = check_suite(program, fetch_suite(folder))
    else:
        is_good = check_npm(program, fetch_npm(folder))
    sys.exit(0 if is_good else 1)


main()
