"""EC2's DescribeInstances as gossamer writes and reads it, compared with botocore.

usage: ec2_against_botocore.py PROBE     the program of ec2_probe.cpp
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import urllib.parse
from xml.sax.saxutils import escape

import botocore.parsers
import botocore.serialize
import botocore.session

REQUESTS = 200
RANDOM_PAGES = 40

MODEL = botocore.session.get_session().get_service_model("ec2")
OPERATION = MODEL.operation_model("DescribeInstances")

# What a text may be made of: separators of forms, URLs and XML, blanks, other scripts.
CHARACTERS = list("abcXYZ019 .:-_~*?/\\&=+%;|<>\"'#@!$(),") + ["é", "ß", "中", "😀", "\u00a0"]


def text(draw, low, high):
    return "".join(draw.choice(CHARACTERS) for _ in range(draw.randint(low, high)))


def compare_requests(probe, draw):
    asked = []
    for _ in range(REQUESTS):
        filters = [
            {"name": draw.choice(["tag:" + text(draw, 1, 30), "vpc-id", "availability-zone"]),
             "values": [text(draw, 1, 40) for _ in range(draw.choice([1, 1, 2, 5, 12]))]}
            for _ in range(draw.randint(1, 11))
        ]
        asked.append({"filters": filters, "next_token": draw.choice(["", text(draw, 1, 200)])})
    lines = "\n".join(json.dumps(each) for each in asked) + "\n"
    ran = subprocess.run([probe, "requests"], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    forms = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(forms) == len(asked), f"{len(forms)} answers to {len(asked)} requests"
    serializer = botocore.serialize.create_serializer("ec2")
    for each, form in zip(asked, forms):
        parameters = {
            "Filters": [{"Name": f["name"], "Values": f["values"]} for f in each["filters"]],
            "MaxResults": 1000,
        }
        if each["next_token"]:
            parameters["NextToken"] = each["next_token"]
        expected = serializer.serialize_to_request(parameters, OPERATION)
        assert expected["method"] == "POST" and expected["url_path"] == "/"
        wanted = {key: str(value) for key, value in expected["body"].items()}
        pairs = urllib.parse.parse_qsl(form, keep_blank_values=True, strict_parsing=True)
        assert len(pairs) == len(dict(pairs)), f"a name comes twice in {form}"
        assert dict(pairs) == wanted, f"\n{dict(pairs)}\nis not botocore's\n{wanted}"
    return len(forms)


def element(name, value):
    return "" if value is None else f"<{name}>{escape(value)}</{name}>"


def interface(addresses, index=0):
    items = "".join(f"<item><ipv6Address>{a}</ipv6Address></item>" for a in addresses)
    return (f"<item><networkInterfaceId>eni-{index}</networkInterfaceId><attachment><deviceIndex>{index}"
            f"</deviceIndex></attachment><ipv6AddressesSet>{items}</ipv6AddressesSet></item>")


def instance(number=1, state="running", private="10.0.0.1", public=None, tags=None, extra="",
             zone="eu-west-1a", launch="2023-05-06T07:08:09.000Z", interfaces=()):
    shown = "" if state is None else f"<instanceState><code>16</code><name>{state}</name></instanceState>"
    tag_set = "" if tags is None else "<tagSet>" + "".join(
        f"<item><key>{escape(k)}</key><value>{escape(v)}</value></item>" for k, v in tags) + "</tagSet>"
    return ("<item>" + element("instanceId", f"i-{number:017x}") + element("imageId", "ami-1") + shown +
            element("privateDnsName", "ip-10-0-0-1.ec2.internal") + element("instanceType", "t3.small") +
            element("launchTime", launch) +
            f"<placement>{element('availabilityZone', zone)}<groupName/><tenancy>default</tenancy></placement>" +
            element("subnetId", "subnet-1") + element("vpcId", "vpc-1") +
            element("privateIpAddress", private) + element("ipAddress", public) + tag_set +
            "<networkInterfaceSet>" + "".join(interfaces) + "</networkInterfaceSet>" + extra + "</item>")


def page(*reservations, token=None, head='<?xml version="1.0" encoding="UTF-8"?>\n', sep=""):
    items = sep.join(f"<item><reservationId>r-{i}</reservationId><groupSet/><instancesSet>{sep}{each}{sep}"
                     "</instancesSet></item>" for i, each in enumerate(reservations))
    return (f'{head}<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">{sep}'
            f"<requestId>x</requestId>{sep}<reservationSet>{items}</reservationSet>{sep}"
            f"{element('nextToken', token)}</DescribeInstancesResponse>{sep}")


def variations(draw):
    v6 = "2001:db8::1"
    yield page()
    yield page(token="empty page in the middle==")
    yield page("")
    yield page("", "", instance())
    yield page(instance())
    yield page(instance(1) + instance(2), instance(3), token="a+/=&<>")
    yield page(*[instance(n) for n in range(60)])
    yield page(instance(private=None, interfaces=[interface([v6])]))
    yield page(instance(private=None, extra=element("ipv6Address", v6), interfaces=[interface([v6])]))
    yield page(instance(extra=element("ipv6Address", "2001:db8::9"), interfaces=[interface([v6])]))
    yield page(instance(interfaces=[interface([v6, "2001:db8::2"]), interface(["2001:db8::3"], 1)]))
    yield page(instance(interfaces=[interface([]), interface([v6], 1), interface([v6], 2)]))
    yield page(instance(public="54.1.2.3"))
    yield page(instance(private=None, public=None))
    yield page(instance(state="terminated", private=None, tags=None))
    for state in ("pending", "shutting-down", "stopping", "stopped", "terminated"):
        yield page(instance(state=state))
    yield page(instance(state=None))
    yield page(instance(tags=[]))
    yield page(instance(tags=[("Name", "")]))
    yield page(instance(tags=[("Name", " a  b ")]))
    yield page(instance(tags=[("Name", "   ")]))
    yield page(instance(tags=[("", "x")]))
    yield page(instance(tags=[("<&>\"'", "]]>&amp;")]))
    yield page(instance(tags=[("ключ", "значение 中文 😀")]))
    yield page(instance(tags=[("aws:autoscaling:groupName", "a"), ("b:c", "d")]))
    yield page(instance(tags=[(f"k{n}", f"v{n}") for n in range(50)]))
    yield page(instance(tags=[("x", "y" * 256)]))
    yield page(instance(tags=[("same", "1"), ("same", "2")]))
    yield page(instance(tags=[("lines", "a\nb\tc")]))
    yield page(instance(extra="<tagSet><item><key>n</key><value>&#233;&#x1F600;&#65;</value></item></tagSet>"))
    yield page(instance(extra="<tagSet><item><key>c</key><value><![CDATA[<raw> & ]]>x</value></item></tagSet>"))
    yield page(instance(extra="<tagSet><item><key>c</key><value>a<!-- b -->c</value></item></tagSet>"))
    yield page(instance(extra="<tagSet><item><value>first</value><key>swapped</key></item></tagSet>"))
    yield page(instance(extra="<tagSet><item><key>only</key></item></tagSet>"))
    yield page(instance(extra="<futureField><item><instanceId>i-wrong</instanceId></item></futureField>"))
    yield page(instance(zone=None))
    yield page(instance(launch=None))
    yield page(instance(launch="2023-05-06T07:08:09Z"))
    yield page(instance(), sep="\n    ")
    yield page(instance(1), instance(2, tags=[("a", "b")]), sep="\r\n\t", token="t")
    yield page(instance(), head="")
    yield page(instance(), head="\ufeff<?xml version='1.0'?>\n")
    yield page(instance(), head="<!-- a comment -->")
    yield page(instance()).replace("<DescribeInstancesResponse xmlns=", "<DescribeInstancesResponse a='b' xmlns=")
    yield (page(instance()).replace("<", "<e:").replace("<e:/", "</e:").replace("<e:?", "<?")
           .replace(" xmlns=", " xmlns:e="))
    for _ in range(RANDOM_PAGES):
        yield random_page(draw)


def random_page(draw):
    reservations = []
    for _ in range(draw.randint(0, 6)):
        reservations.append("".join(
            instance(draw.randrange(1 << 40),
                     state=draw.choice(["pending", "running", "stopped", "terminated", None]),
                     private=draw.choice([None, "10.1.2.3"]), public=draw.choice([None, "54.3.2.1"]),
                     tags=draw.choice([None, [(text(draw, 0, 20), text(draw, 0, 40))
                                              for _ in range(draw.randint(0, 8))]]),
                     interfaces=[interface([f"2001:db8::{draw.randrange(1, 50):x}"
                                            for _ in range(draw.randint(0, 3))], index)
                                 for index in range(draw.randint(0, 3))])
            for _ in range(draw.randint(0, 5))))
    return page(*reservations, token=draw.choice([None, text(draw, 1, 50)]))


def as_botocore(body):
    parser = botocore.parsers.create_parser("ec2")
    parsed = parser.parse({"status_code": 200, "headers": {}, "body": body}, OPERATION.output_shape)
    instances = []
    for reservation in parsed.get("Reservations", []):
        for each in reservation.get("Instances", []):
            own = [each["Ipv6Address"]] if each.get("Ipv6Address") else []
            ipv6 = own + [a["Ipv6Address"] for i in each.get("NetworkInterfaces", [])
                          for a in i.get("Ipv6Addresses", [])]
            instances.append({
                "id": each.get("InstanceId", ""),
                "state": each.get("State", {}).get("Name", ""),
                "private_v4": each.get("PrivateIpAddress", ""),
                "public_v4": each.get("PublicIpAddress", ""),
                "ipv6": ipv6[0] if ipv6 else "",
                "zone": each.get("Placement", {}).get("AvailabilityZone", ""),
                "tags": {t.get("Key", ""): t.get("Value", "") for t in each.get("Tags", [])},
            })
    return {"instances": instances, "next_token": parsed.get("NextToken", "")}


def compare_responses(probe, draw):
    bodies = [each.encode() for each in variations(draw)]
    with tempfile.TemporaryDirectory() as directory:
        paths = []
        for number, body in enumerate(bodies):
            paths.append(os.path.join(directory, f"{number}.xml"))
            with open(paths[-1], "wb") as file:
                file.write(body)
        ran = subprocess.run([probe, "response", *paths], stdout=subprocess.PIPE, check=True)
    lines = ran.stdout.splitlines()
    assert len(lines) == len(bodies), f"{len(lines)} answers to {len(bodies)} pages"
    seen = 0
    for line, body in zip(lines, bodies):
        ours = json.loads(line)
        theirs = as_botocore(body)
        assert ours == theirs, f"{body.decode()}\n\nis to us\n{ours}\n\nand to botocore\n{theirs}"
        seen += len(ours["instances"])
    return len(bodies), seen


def main():
    probe = sys.argv[1]
    draw = random.Random(3)
    requests = compare_requests(probe, draw)
    pages, instances = compare_responses(probe, draw)
    print(f"{requests} requests are as botocore writes them; {pages} pages with {instances} instances "
          "are read as botocore reads them")


main()
