#!/usr/bin/python3
"""Files of profiles are read as botocore reads them: what it refuses we refuse, and of what it accepts
every profile and every setting is the same. Odd files that people write, and 3,000 made of odd lines.

usage: profiles_against_botocore.py PRINT_PROFILES
"""
import json
import os
import random
import subprocess
import sys
import tempfile

from botocore.configloader import build_profile_map, raw_config_parse
from botocore.exceptions import ConfigParseError

ODD = [
    "", "\n\n", "# nothing\n", "[default]", "[default]\n\n\n[profile x]\n",
    "[profile x]\naws_access_key_id=A\naws_secret_access_key = a+b/c=d==\n",
    "[profile \"a b\"]\nregion=x\n[profile 'c d']\nregion=y\n[profile e\\ f]\nregion=z\n",
    "[profile]\na=1\n[profilex]\na=1\n[profile a b]\na=1\n[profile \"a]\na=1\n[ profile y]\na=1\n",
    "[default]\ns3 =\n    max_concurrent_requests = 20\n    addressing_style = path\nregion = x\n",
    "[default]\ns3=\n\n  a=1\n\n  b=2\n\nregion=x\n",
    "[DEFAULT]\nregion = everywhere\n[default]\noutput = json\n[profile x]\nregion = here\n",
    "[default]\nregion = x # behind\noutput = json ; behind\n", "[default] ; behind\nregion = x\n",
    "[default]\nRegion = a\nREGION_2 : b\n", "[default]\nkey with blanks = value with blanks  \n",
    "[default]\n\tregion = tab\n", "  [default]\n  a = 1\n  b = 2\n   c = 3\n",
    "[default]\na = 1\n b = 2\nc = 3\n", "[default]\r\na = 1\r\n  2\r\nb = 3\r\n", "[a]]\nb=1\n",
    "[default]\na = [b]\n", "[default]\na = 1\n[default]\na = 2\n", "[default]\na = 1\nA = 2\n",
    "[default]\nnothing\n", "a = 1\n[default]\n", "[default]\n= 1\n", "[]\n", "[\n", "[default\na = 1\n",
    "[profile default]\na = 1\n[default]\nb = 2\n", "[default]\na = 1\n[profile default]\nb = 2\n",
    "[default]\na=\n", "[default]\na=\n  \n  b\n", "[default]\na = 1\n; x\n  # y\n  2\n",
    "[default]\na = 1\n[profile x]\n  b = 2\n", "[sso-session y]\na = 1\n[services z]\nb = 2\n",
    "[default]\na==b\nc=:d\ne:=f\n", "[default]\na = \"quoted\"\nb = 'quoted'\n",
]
LINES = ["[default]", "[profile x]", "[profile \"x y\"]", "[profile 'x']", "[x]", "[DEFAULT]",
         "[profile z] # c", " [profile w]", "[[a]]", "[a", "a = 1", "b=2", " c = 3", "  d : 4", "\te=5",
         "A = 6", "a", "  more", "    yet more", "", " ", "# comment", "  ; comment", "f =", "g = h # i",
         "= j", ": k", "s3 =", "  l = m", "[profile x\\ y]", "[profile]", "[profile default]", "n=[o]"]


def botocore_reads(path, kind):
    try:
        raw = raw_config_parse(path, parse_subsections=False)
    except ConfigParseError:
        return None
    return build_profile_map(raw)["profiles"] if kind == "config" else raw


def main():
    texts = list(ODD)
    dice = random.Random(20)
    for _ in range(3000):
        # Most files made of odd lines alone are refused; a proper start lets more be read.
        start = ["[default]"] if dice.random() < 0.8 else []
        lines = start + dice.choices(LINES, k=dice.randrange(1, 7))
        texts.append(dice.choice(["\n", "\r\n"]).join(lines) + dice.choice(["", "\n"]))
    accepted = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        orders = []
        for number, text in enumerate(texts):
            path = os.path.join(folder, str(number))
            with open(path, "w", newline="") as file:
                file.write(text)
            orders += [("config", path, text), ("credentials", path, text)]
        ours = subprocess.run([sys.argv[1]], input="".join(f"{k} {p}\n" for k, p, _ in orders),
                              capture_output=True, text=True, check=True).stdout.splitlines()
        assert len(ours) == len(orders), (len(ours), len(orders))
        for (kind, path, text), line in zip(orders, ours):
            theirs, mine = botocore_reads(path, kind), json.loads(line)
            if theirs is None:
                refused += 1
            else:
                accepted += 1
            if mine.get("profiles") != theirs:
                sys.exit(f"{kind} file {text!r}:\nbotocore {theirs!r}\nours     {mine!r}")
    print(f"{accepted} files read alike, {refused} refused alike")
    assert accepted > 1000 and refused > 1000


main()
