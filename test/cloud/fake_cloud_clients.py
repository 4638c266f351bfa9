"""The fake cloud is what boto3, botocore and awscli take for S3, EC2, IMDS and STS.

usage: fake_cloud_clients.py PATH-OF-gossamer-fakecloud [TEST ..]
"""
import datetime
import filecmp
import hashlib
import http.client
import os
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fake_cloud_process import KEY, REGION, SECRET, FakeCloud, clean_environment  # noqa: E402

os.environ.clear()
os.environ.update(clean_environment())
os.environ.setdefault("PATH", "/usr/bin:/bin")

import boto3  # noqa: E402
import botocore.auth  # noqa: E402
import botocore.awsrequest  # noqa: E402
import botocore.config  # noqa: E402
import botocore.credentials  # noqa: E402
import botocore.exceptions  # noqa: E402
import botocore.utils  # noqa: E402

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else ""


def client(cloud, service, **settings):
    given = dict(aws_access_key_id=KEY, aws_secret_access_key=SECRET)
    given.update({k: settings.pop(k) for k in list(settings) if k.startswith("aws_")})
    config = botocore.config.Config(retries={"max_attempts": 1, "mode": "standard"},
                                    read_timeout=20, **settings)
    session = boto3.session.Session(region_name=REGION, **given)
    return session.client(service, endpoint_url=cloud.endpoint, config=config)


def code_of(call, **arguments):
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        return (error.response["ResponseMetadata"]["HTTPStatusCode"],
                error.response["Error"]["Code"])
    return None


class CloudCase(unittest.TestCase):
    FLAGS = ()

    @classmethod
    def setUpClass(cls):
        cls.cloud = FakeCloud(PROGRAM, *cls.FLAGS)
        cls.s3 = client(cls.cloud, "s3")
        cls.ec2 = client(cls.cloud, "ec2")

    @classmethod
    def tearDownClass(cls):
        cls.cloud.__exit__()

    def raw(self, method, path, body=b"", headers=None, query="", secret=SECRET, at=None):
        """One request that botocore signs, and nothing else touches."""
        url = f"{self.cloud.endpoint}{path}" + (f"?{query}" if query else "")
        request = botocore.awsrequest.AWSRequest(method=method, url=url, data=body,
                                                 headers=dict(headers or {}))
        signer = botocore.auth.S3SigV4Auth(botocore.credentials.Credentials(KEY, secret), "s3",
                                           REGION)
        real = botocore.auth.datetime
        if at is not None:
            class Frozen:
                class datetime(datetime.datetime):
                    @classmethod
                    def utcnow(cls):
                        return at
            botocore.auth.datetime = Frozen
        try:
            signer.add_auth(request)
        finally:
            botocore.auth.datetime = real
        connection = http.client.HTTPConnection("127.0.0.1", self.cloud.port, timeout=20)
        connection.request(method, request.prepare().url[len(self.cloud.endpoint):], body,
                           dict(request.headers))
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer, text


class Objects(CloudCase):
    def test_what_is_put_is_got_with_its_metadata(self):
        put = self.s3.put_object(Bucket="bucket", Key="a/b c+%é", Body=b"hello",
                                 Metadata={"sha256": "x y"}, ContentType="text/plain",
                                 ServerSideEncryption="AES256")
        self.assertEqual(put["ETag"], f'"{hashlib.md5(b"hello").hexdigest()}"')
        self.assertEqual(put["ServerSideEncryption"], "AES256")
        got = self.s3.get_object(Bucket="bucket", Key="a/b c+%é")
        self.assertEqual(got["Body"].read(), b"hello")
        self.assertEqual(got["Metadata"], {"sha256": "x y"})
        self.assertEqual(got["ContentType"], "text/plain")
        self.assertEqual(got["ServerSideEncryption"], "AES256")
        head = self.s3.head_object(Bucket="bucket", Key="a/b c+%é")
        self.assertEqual(head["ContentLength"], 5)
        self.assertEqual(head["ETag"], put["ETag"])

    def test_odd_keys_are_kept_apart(self):
        keys = ["a b", "a+b", "a%2Bb", "a//b", "a/./b", "ü/ö", "x?y&z=1", "(':*;,@#)", "~!$",
                "t\tb"]
        for key in keys:
            self.s3.put_object(Bucket="odd-keys", Key=key, Body=key.encode())
        for key in keys:
            got = self.s3.get_object(Bucket="odd-keys", Key=key)["Body"].read()
            self.assertEqual(got, key.encode())
        listed = self.s3.list_objects_v2(Bucket="odd-keys")["Contents"]
        self.assertEqual([item["Key"] for item in listed], sorted(keys, key=str.encode))

    def test_an_empty_object_is_one(self):
        self.s3.put_object(Bucket="bucket", Key="empty", Body=b"")
        self.assertEqual(self.s3.get_object(Bucket="bucket", Key="empty")["Body"].read(), b"")

    def test_ranges(self):
        self.s3.put_object(Bucket="bucket", Key="range", Body=b"0123456789")

        def get(spec):
            got = self.s3.get_object(Bucket="bucket", Key="range", Range=spec)
            return got["Body"].read(), got["ContentRange"]
        self.assertEqual(get("bytes=2-4"), (b"234", "bytes 2-4/10"))
        self.assertEqual(get("bytes=8-"), (b"89", "bytes 8-9/10"))
        self.assertEqual(get("bytes=8-99"), (b"89", "bytes 8-9/10"))
        self.assertEqual(get("bytes=-3"), (b"789", "bytes 7-9/10"))
        self.assertEqual(code_of(self.s3.get_object, Bucket="bucket", Key="range",
                                 Range="bytes=10-12"), (416, "InvalidRange"))

    def test_conditional_gets(self):
        etag = self.s3.put_object(Bucket="bucket", Key="if", Body=b"x")["ETag"]
        self.s3.get_object(Bucket="bucket", Key="if", IfMatch=etag)
        self.assertEqual(code_of(self.s3.get_object, Bucket="bucket", Key="if", IfMatch='"no"'),
                         (412, "PreconditionFailed"))
        self.assertEqual(code_of(self.s3.get_object, Bucket="bucket", Key="if", IfNoneMatch=etag),
                         (304, "304"))

    def test_a_create_only_put_creates_once(self):
        create = {"If-None-Match": "*"}
        self.assertEqual(self.raw("PUT", "/bucket/once", b"1", create)[0].status, 200)
        answer, text = self.raw("PUT", "/bucket/once", b"2", create)
        self.assertEqual(answer.status, 412)
        self.assertIn(b"<Code>PreconditionFailed</Code>", text)
        self.assertEqual(self.s3.get_object(Bucket="bucket", Key="once")["Body"].read(), b"1")

    def test_a_put_if_match_replaces_only_what_it_saw(self):
        etag = self.s3.put_object(Bucket="bucket", Key="match", Body=b"1")["ETag"]
        for key, seen, status in (("match", '"no"', 412), ("match", etag, 200), ("gone", etag, 404)):
            answer, _ = self.raw("PUT", f"/bucket/{key}", b"2", {"If-Match": seen})
            self.assertEqual(answer.status, status)

    def test_deletes_are_idempotent(self):
        self.s3.put_object(Bucket="bucket", Key="gone", Body=b"x")
        for _ in range(2):
            deleted = self.s3.delete_object(Bucket="bucket", Key="gone")
            self.assertEqual(deleted["ResponseMetadata"]["HTTPStatusCode"], 204)
        self.assertEqual(code_of(self.s3.get_object, Bucket="bucket", Key="gone"),
                         (404, "NoSuchKey"))
        self.assertEqual(code_of(self.s3.head_object, Bucket="bucket", Key="gone"), (404, "404"))

    def test_many_keys_are_deleted_at_once(self):
        keys = [f"many/{i} <&>" for i in range(20)]
        for key in keys:
            self.s3.put_object(Bucket="bucket", Key=key, Body=b"x")
        done = self.s3.delete_objects(Bucket="bucket",
                                      Delete={"Objects": [{"Key": key} for key in keys]})
        self.assertEqual([item["Key"] for item in done["Deleted"]], keys)
        self.assertEqual(self.s3.list_objects_v2(Bucket="bucket", Prefix="many/")["KeyCount"], 0)

    def test_stated_checksums_are_checked(self):
        import base64
        good = base64.b64encode(hashlib.sha256(b"body").digest()).decode()
        self.s3.put_object(Bucket="bucket", Key="sum", Body=b"body", ChecksumSHA256=good)
        self.assertEqual(code_of(self.s3.put_object, Bucket="bucket", Key="sum", Body=b"other",
                                 ChecksumSHA256=good), (400, "BadDigest"))
        md5 = base64.b64encode(hashlib.md5(b"body").digest()).decode()
        self.s3.put_object(Bucket="bucket", Key="sum", Body=b"body", ContentMD5=md5)
        self.assertEqual(code_of(self.s3.put_object, Bucket="bucket", Key="sum", Body=b"other",
                                 ContentMD5=md5), (400, "BadDigest"))
        # Over plain HTTP the checksum comes in a header, over TLS as a trailer: see below.
        for algorithm in ("CRC32", "SHA1", "SHA256"):
            self.s3.put_object(Bucket="bucket", Key="sum", Body=b"body",
                               ChecksumAlgorithm=algorithm)

    def test_chunks_with_a_trailer_are_decoded_and_checked(self):
        import base64
        good = base64.b64encode(hashlib.sha256(b"hello world").digest()).decode()

        def put(checksum):
            body = (b"6\r\nhello \r\n5\r\nworld\r\n0\r\nx-amz-checksum-sha256:"
                    + checksum.encode() + b"\r\n\r\n")
            return self.raw("PUT", "/bucket/chunked", body, {
                "X-Amz-Content-SHA256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                "Content-Encoding": "aws-chunked", "X-Amz-Trailer": "x-amz-checksum-sha256",
                "X-Amz-Decoded-Content-Length": "11"})
        # S3SigV4Auth replaces the hash with that of the body unless it is told otherwise.
        saved = botocore.auth.S3SigV4Auth.payload
        botocore.auth.S3SigV4Auth.payload = \
            lambda _, request: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
        try:
            self.assertEqual(put(good)[0].status, 200)
            self.assertEqual(put(good[::-1])[0].status, 400)
        finally:
            botocore.auth.S3SigV4Auth.payload = saved
        got = self.s3.get_object(Bucket="bucket", Key="chunked")
        self.assertEqual(got["Body"].read(), b"hello world")
        self.assertNotEqual(got.get("ContentEncoding"), "aws-chunked")

    def test_buckets_in_the_host(self):
        self.s3.put_object(Bucket="hosted", Key="k", Body=b"x")
        host = f"hosted.s3.localhost:{self.cloud.port}"
        request = botocore.awsrequest.AWSRequest(method="GET", url=f"http://{host}/k")
        botocore.auth.S3SigV4Auth(botocore.credentials.Credentials(KEY, SECRET), "s3",
                                  REGION).add_auth(request)
        connection = http.client.HTTPConnection("127.0.0.1", self.cloud.port, timeout=20)
        connection.request("GET", "/k", headers={**dict(request.headers), "Host": host})
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.read()), (200, b"x"))
        connection.close()

    def test_a_deleted_bucket_is_none(self):
        self.s3.create_bucket(Bucket="shortlived")
        self.s3.put_object(Bucket="shortlived", Key="k", Body=b"x")
        self.assertEqual(code_of(self.s3.delete_bucket, Bucket="shortlived"),
                         (409, "BucketNotEmpty"))
        self.s3.delete_object(Bucket="shortlived", Key="k")
        self.s3.delete_bucket(Bucket="shortlived")
        self.assertEqual(code_of(self.s3.list_objects_v2, Bucket="shortlived"),
                         (404, "NoSuchBucket"))


class Lists(CloudCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = sorted([f"p/{i:03}" for i in range(25)] + ["p/sub/1", "p/sub/2", "p/z", "q"])
        for key in cls.keys:
            cls.s3.put_object(Bucket="bucket", Key=key, Body=b"12")

    def pages(self, **arguments):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket="bucket", **arguments)
        return list(pages)

    def keys_of(self, pages):
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def test_pages_hold_every_key_once_in_order(self):
        for size in (1, 7, 28, 29, 1000):
            pages = self.pages(PaginationConfig={"PageSize": size})
            self.assertEqual(self.keys_of(pages), self.keys)
            self.assertEqual(len(pages), -(-len(self.keys) // size))

    def test_prefix_and_start_after(self):
        wanted = [key for key in self.keys if key.startswith("p/") and key > "p/010"]
        self.assertEqual(self.keys_of(self.pages(Prefix="p/", StartAfter="p/010")), wanted)
        self.assertEqual(self.keys_of(self.pages(Prefix="nothing")), [])

    def test_delimiters_make_groups_in_any_page(self):
        for size in (1, 2, 26, 1000):
            pages = self.pages(Prefix="p/", Delimiter="/", PaginationConfig={"PageSize": size})
            groups = [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", [])]
            self.assertEqual(groups, ["p/sub/"])
            self.assertEqual(self.keys_of(pages), [key for key in self.keys if key.startswith("p/")
                                                   and not key.startswith("p/sub/")])

    def test_an_empty_page_in_the_middle_loses_nothing(self):
        self.cloud.tell("faults", {"kind": "empty_page", "operation": "ListObjectsV2",
                                   "percent": 50, "times": 3})
        pages = self.pages(PaginationConfig={"PageSize": 4})
        self.assertEqual(self.keys_of(pages), self.keys)
        self.assertEqual(sum("Contents" not in page for page in pages), 3)

    def test_sizes_and_etags(self):
        item = self.s3.list_objects_v2(Bucket="bucket", MaxKeys=1)["Contents"][0]
        self.assertEqual(item["Size"], 2)
        self.assertEqual(item["ETag"], f'"{hashlib.md5(b"12").hexdigest()}"')


class Signatures(CloudCase):
    def test_a_wrong_secret_is_refused(self):
        s3 = client(self.cloud, "s3", aws_secret_access_key="other")
        self.assertEqual(code_of(s3.list_objects_v2, Bucket="bucket"),
                         (403, "SignatureDoesNotMatch"))
        ec2 = client(self.cloud, "ec2", aws_secret_access_key="other")
        self.assertEqual(code_of(ec2.describe_instances), (401, "AuthFailure"))

    def test_an_unknown_key_is_refused(self):
        s3 = client(self.cloud, "s3", aws_access_key_id="AKOTHER")
        self.assertEqual(code_of(s3.list_objects_v2, Bucket="bucket"), (403, "InvalidAccessKeyId"))
        ec2 = client(self.cloud, "ec2", aws_access_key_id="AKOTHER")
        self.assertEqual(code_of(ec2.describe_instances), (401, "AuthFailure"))

    def test_a_request_without_a_signature_is_refused(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.cloud.port, timeout=20)
        connection.request("GET", "/bucket/key")
        self.assertEqual(connection.getresponse().status, 403)
        connection.close()

    def test_a_clock_that_is_off_is_refused_and_told_the_time(self):
        now = datetime.datetime.utcnow()
        for off in (-16, 16):
            answer, text = self.raw("GET", "/bucket/key", at=now + datetime.timedelta(minutes=off))
            self.assertEqual(answer.status, 403)
            self.assertIn(b"<Code>RequestTimeTooSkewed</Code>", text)
            self.assertTrue(answer.headers["Date"])
        answer, _ = self.raw("GET", "/bucket/key", at=now + datetime.timedelta(minutes=14))
        self.assertEqual(answer.status, 404)

    def test_a_body_that_is_not_what_was_signed_is_refused(self):
        saved = botocore.auth.S3SigV4Auth.payload
        botocore.auth.S3SigV4Auth.payload = lambda _, request: hashlib.sha256(b"a").hexdigest()
        try:
            answer, text = self.raw("PUT", "/bucket/other", b"b")
        finally:
            botocore.auth.S3SigV4Auth.payload = saved
        self.assertEqual(answer.status, 400)
        self.assertIn(b"XAmzContentSHA256Mismatch", text)

    def test_a_wrong_region_is_refused(self):
        s3 = boto3.session.Session(KEY, SECRET, region_name="eu-west-1").client(
            "s3", endpoint_url=self.cloud.endpoint)
        self.assertEqual(code_of(s3.get_object, Bucket="bucket", Key="k"),
                         (400, "AuthorizationHeaderMalformed"))

    def fetch(self, url, method="GET", body=None):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(urllib.request.Request(url, method=method, data=body)) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def test_presigned_urls(self):
        s3 = client(self.cloud, "s3", signature_version="s3v4")
        s3.put_object(Bucket="bucket", Key="pre signed", Body=b"x")
        arguments = {"Bucket": "bucket", "Key": "pre signed"}
        url = s3.generate_presigned_url("get_object", arguments, ExpiresIn=60)
        self.assertEqual(self.fetch(url), (200, b"x"))
        self.assertEqual(self.fetch(url.replace("pre", "Pre"))[0], 403)
        self.assertEqual(self.fetch(url.replace("Expires=60", "Expires=61"))[0], 403)
        self.assertEqual(self.fetch(url + "&versionId=1")[0], 403)


class Instances(CloudCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        machines = []
        for i in range(23):
            machines.append({"id": f"i-{i:017x}", "private_v4": f"10.0.0.{i + 1}",
                             "zone": "us-east-1a" if i % 2 else "us-east-1b",
                             "state": "stopped" if i == 3 else "running",
                             "vpc": "vpc-2" if i == 4 else "vpc-1",
                             "tags": {"cluster": "blue" if i < 12 else "green", "n<&>": str(i)}})
        machines[5].update(public_v4="54.1.2.3", ipv6="2600::5")
        machines[6].update(state="terminated")
        machines[7].update(tags={})
        cls.cloud.tell("instances", machines)

    def found(self, *filters, **arguments):
        given = [{"Name": name, "Values": list(values)} for name, *values in filters]
        pages = self.ec2.get_paginator("describe_instances").paginate(Filters=given, **arguments)
        return [instance for page in pages for reservation in page["Reservations"]
                for instance in reservation["Instances"]]

    def numbers(self, *filters, **arguments):
        return [int(item["InstanceId"][2:], 16) for item in self.found(*filters, **arguments)]

    def test_all_of_them(self):
        self.assertEqual(self.numbers(), list(range(23)))
        reservations = self.ec2.describe_instances()["Reservations"]
        self.assertTrue(any(len(item["Instances"]) > 1 for item in reservations))

    def test_pages(self):
        for size in (5, 7, 1000):
            self.assertEqual(self.numbers(PaginationConfig={"PageSize": size}), list(range(23)))
        self.assertEqual(code_of(self.ec2.describe_instances, MaxResults=4),
                         (400, "InvalidParameterValue"))

    def test_an_empty_page_in_the_middle_loses_nothing(self):
        self.cloud.tell("faults", {"kind": "empty_page", "service": "ec2", "percent": 50,
                                   "times": 2})
        self.assertEqual(self.numbers(PaginationConfig={"PageSize": 5}), list(range(23)))
        self.assertEqual(self.cloud.ask("faults"), [])

    def test_filters(self):
        self.assertEqual(self.numbers(("tag:cluster", "green")), list(range(12, 23)))
        self.assertEqual(self.numbers(("tag:cluster", "gr*", "x")), list(range(12, 23)))
        self.assertEqual(self.numbers(("tag:cluster", "blu?"), ("instance-state-name", "stopped")),
                         [3])
        self.assertEqual(self.numbers(("vpc-id", "vpc-2")), [4])
        self.assertEqual(self.numbers(("tag-key", "cluster"), ("vpc-id", "vpc-2", "vpc-3")), [4])
        self.assertNotIn(7, self.numbers(("tag-key", "n<*")))
        self.assertEqual(self.numbers(("availability-zone", "us-east-1a")), list(range(1, 23, 2)))
        self.assertEqual(self.numbers(("instance-id", f"i-{5:017x}")), [5])
        self.assertEqual(code_of(self.ec2.describe_instances,
                                 Filters=[{"Name": "colour", "Values": ["x"]}]),
                         (400, "InvalidParameterValue"))

    def test_more_filters_than_an_old_form_may_hold(self):
        values = ["x" * 100 + str(i) for i in range(199)]
        self.assertEqual(self.numbers(("tag:cluster", *values, "green")), list(range(12, 23)))

    def test_one_by_id(self):
        one = self.found(InstanceIds=[f"i-{5:017x}"])[0]
        self.assertEqual(one["PrivateIpAddress"], "10.0.0.6")
        self.assertEqual(one["PublicIpAddress"], "54.1.2.3")
        self.assertEqual(one["State"], {"Code": 16, "Name": "running"})
        self.assertEqual(one["Placement"]["AvailabilityZone"], "us-east-1a")
        self.assertIn({"Key": "n<&>", "Value": "5"}, one["Tags"])
        interface = one["NetworkInterfaces"][0]
        self.assertEqual(interface["Ipv6Addresses"][0]["Ipv6Address"], "2600::5")
        self.assertEqual(interface["Association"]["PublicIp"], "54.1.2.3")
        self.assertEqual(code_of(self.ec2.describe_instances, InstanceIds=["i-1"]),
                         (400, "InvalidInstanceID.NotFound"))

    def test_of_a_terminated_one_no_address_is_left(self):
        one = self.found(("instance-state-name", "terminated"))[0]
        self.assertNotIn("PrivateIpAddress", one)
        self.assertEqual(one["NetworkInterfaces"], [])


class Metadata(CloudCase):
    FLAGS = ("--credentials-life", "3600")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.id = cls.cloud.tell("instances", {
            "private_v4": "10.0.0.1", "ipv6": "2600::1",
            "tags": {"cluster": "blue", "a b": "c"}})["ids"][0]

    def ask(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.cloud.port, timeout=20)
        connection.request(method, f"/imds/{self.id}/latest/{path}",
                           headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def token(self):
        status, token = self.ask("api/token", "PUT", X_aws_ec2_metadata_token_ttl_seconds="60")
        self.assertEqual(status, 200)
        return token

    def get(self, path):
        return self.ask(path, X_aws_ec2_metadata_token=self.token())

    def test_botocore_fetches_credentials_that_are_good(self):
        environment = dict(os.environ, AWS_EC2_METADATA_DISABLED="false")
        fetcher = botocore.utils.InstanceMetadataFetcher(
            timeout=20, num_attempts=3, base_url=f"{self.cloud.endpoint}/imds/{self.id}/",
            env=environment)
        found = fetcher.retrieve_iam_role_credentials()
        self.assertEqual(found["role_name"], "gossamer-node")
        s3 = client(self.cloud, "s3", aws_access_key_id=found["access_key"],
                    aws_secret_access_key=found["secret_key"], aws_session_token=found["token"])
        s3.put_object(Bucket="bucket", Key="by-role", Body=b"x")

    def test_botocore_fetches_the_region(self):
        environment = dict(os.environ, AWS_EC2_METADATA_DISABLED="false")
        fetcher = botocore.utils.InstanceMetadataRegionFetcher(
            timeout=20, num_attempts=3, base_url=f"{self.cloud.endpoint}/imds/{self.id}/",
            env=environment)
        # It gives up where a busy machine lets it wait, and says None.
        deadline = time.monotonic() + 60
        region = fetcher.retrieve_region()
        while region is None and time.monotonic() < deadline:
            region = fetcher.retrieve_region()
        self.assertEqual(region, REGION)

    def test_without_a_token_nothing_is_told(self):
        self.assertEqual(self.ask("meta-data/instance-id")[0], 401)
        self.assertEqual(self.ask("meta-data/instance-id", X_aws_ec2_metadata_token="x")[0], 401)
        self.assertEqual(self.ask("api/token", "PUT")[0], 400)
        self.assertEqual(
            self.ask("api/token", "PUT", X_aws_ec2_metadata_token_ttl_seconds="21601")[0], 400)

    def test_what_a_machine_is_told(self):
        self.assertEqual(self.get("meta-data/instance-id"), (200, self.id))
        self.assertEqual(self.get("meta-data/local-ipv4"), (200, "10.0.0.1"))
        self.assertEqual(self.get("meta-data/public-ipv4")[0], 404)
        self.assertEqual(self.get("meta-data/ipv6"), (200, "2600::1"))
        self.assertEqual(self.get("meta-data/placement/region"), (200, REGION))
        self.assertEqual(self.get("meta-data/tags/instance"), (200, "a b\ncluster"))
        self.assertEqual(self.get("meta-data/tags/instance/a%20b"), (200, "c"))
        self.assertIn(self.id, self.get("dynamic/instance-identity/document")[1])

    def test_notices(self):
        self.assertEqual(self.get("meta-data/spot/instance-action")[0], 404)
        self.assertEqual(self.get("meta-data/events/recommendations/rebalance")[0], 404)
        self.cloud.tell("notice", {"id": self.id, "action": "terminate", "in_seconds": 120})
        self.cloud.tell("notice", {"id": self.id, "action": "rebalance", "in_seconds": 0})
        self.assertIn('"terminate"', self.get("meta-data/spot/instance-action")[1])
        self.assertIn("noticeTime", self.get("meta-data/events/recommendations/rebalance")[1])


class TemporaryCredentials(CloudCase):
    def assume(self):
        sts = client(self.cloud, "sts")
        found = sts.assume_role_with_web_identity(
            RoleArn="arn:aws:iam::123456789012:role/node", RoleSessionName="test",
            WebIdentityToken="a.b.c")["Credentials"]
        return dict(aws_access_key_id=found["AccessKeyId"],
                    aws_secret_access_key=found["SecretAccessKey"],
                    aws_session_token=found["SessionToken"])

    def test_a_web_identity_becomes_a_key_that_is_good(self):
        key = self.assume()
        client(self.cloud, "s3", **key).put_object(Bucket="bucket", Key="k", Body=b"x")
        client(self.cloud, "ec2", **key).describe_instances()

    def test_the_token_must_be_that_of_the_key(self):
        key = self.assume()
        key["aws_session_token"] = self.assume()["aws_session_token"]
        self.assertEqual(code_of(client(self.cloud, "s3", **key).list_objects_v2, Bucket="bucket"),
                         (400, "InvalidToken"))

    def test_an_expired_key_is_refused(self):
        key = self.assume()
        self.cloud.tell("expire")
        s3 = client(self.cloud, "s3", **key)
        self.assertEqual(code_of(s3.list_objects_v2, Bucket="bucket"), (400, "ExpiredToken"))
        ec2 = client(self.cloud, "ec2", **key)
        self.assertEqual(code_of(ec2.describe_instances), (400, "RequestExpired"))

    def test_botocore_takes_what_a_container_is_given(self):
        fetcher = botocore.utils.ContainerMetadataFetcher()
        found = fetcher.retrieve_full_uri(f"{self.cloud.endpoint}/container-credentials")
        s3 = client(self.cloud, "s3", aws_access_key_id=found["AccessKeyId"],
                    aws_secret_access_key=found["SecretAccessKey"],
                    aws_session_token=found["Token"])
        s3.put_object(Bucket="bucket", Key="by-container", Body=b"x")


class Multipart(CloudCase):
    def test_twenty_megabytes_in_parts(self):
        body = os.urandom(20 << 20)
        import io
        self.s3.upload_fileobj(io.BytesIO(body), "bucket", "big",
                               ExtraArgs={"Metadata": {"m": "1"}})
        got = self.s3.get_object(Bucket="bucket", Key="big")
        self.assertEqual(hashlib.sha256(got["Body"].read()).digest(),
                         hashlib.sha256(body).digest())
        self.assertTrue(got["ETag"].endswith('-3"'), got["ETag"])
        self.assertEqual(got["Metadata"], {"m": "1"})
        left = self.s3.list_multipart_uploads(Bucket="bucket", Prefix="big")
        self.assertEqual(left.get("Uploads", []), [])

    def start(self, key):
        return self.s3.create_multipart_upload(Bucket="bucket", Key=key)["UploadId"]

    def part(self, key, upload, number, body):
        return self.s3.upload_part(Bucket="bucket", Key=key, UploadId=upload, PartNumber=number,
                                   Body=body)["ETag"]

    def complete(self, key, upload, *etags):
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in etags]
        return dict(Bucket="bucket", Key=key, UploadId=upload, MultipartUpload={"Parts": parts})

    def test_parts_and_uploads_are_listed_until_aborted(self):
        upload = self.start("listed")
        self.part("listed", upload, 2, b"two")
        self.part("listed", upload, 1, b"one")
        listed = self.s3.list_parts(Bucket="bucket", Key="listed", UploadId=upload)
        self.assertEqual([(p["PartNumber"], p["Size"]) for p in listed["Parts"]], [(1, 3), (2, 3)])
        uploads = self.s3.list_multipart_uploads(Bucket="bucket", Prefix="li")["Uploads"]
        self.assertEqual([(u["Key"], u["UploadId"]) for u in uploads], [("listed", upload)])
        self.s3.abort_multipart_upload(Bucket="bucket", Key="listed", UploadId=upload)
        self.assertEqual(code_of(self.s3.abort_multipart_upload, Bucket="bucket", Key="listed",
                                 UploadId=upload), (404, "NoSuchUpload"))
        self.assertEqual(code_of(self.s3.upload_part, Bucket="bucket", Key="listed", PartNumber=1,
                                 UploadId=upload, Body=b"x"), (404, "NoSuchUpload"))

    def test_wrong_parts_are_refused(self):
        upload = self.start("wrong")
        one = self.part("wrong", upload, 1, b"small")
        two = self.part("wrong", upload, 2, b"small too")
        call = self.s3.complete_multipart_upload
        for etags, code in (((1, one), (2, two)), "EntityTooSmall"), (((1, two),), "InvalidPart"), \
                (((3, one),), "InvalidPart"), (((2, two), (1, one)), "InvalidPartOrder"):
            self.assertEqual(code_of(call, **self.complete("wrong", upload, *etags)), (400, code))
        call(**self.complete("wrong", upload, (2, two)))
        self.assertEqual(self.s3.get_object(Bucket="bucket", Key="wrong")["Body"].read(),
                         b"small too")

    def test_a_create_only_completion_creates_once(self):
        self.s3.put_object(Bucket="bucket", Key="there", Body=b"1")
        upload = self.start("there")
        etag = self.part("there", upload, 1, b"2")
        xml = (f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>"
               "</CompleteMultipartUpload>").encode()
        answer, _ = self.raw("POST", "/bucket/there", xml, {"If-None-Match": "*"},
                             query=f"uploadId={upload}")
        self.assertEqual(answer.status, 412)
        self.assertEqual(self.s3.get_object(Bucket="bucket", Key="there")["Body"].read(), b"1")


class Awscli(CloudCase):
    def aws(self, *arguments):
        environment = dict(os.environ, AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)
        done = subprocess.run(["/usr/bin/aws", "--endpoint-url", self.cloud.endpoint, *arguments],
                              env=environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_folder_there_and_back(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(f"{folder}/from/deep")
            for name, size in (("a", 10), ("deep/b c", 100_000), ("deep/big", 20 << 20)):
                with open(f"{folder}/from/{name}", "wb") as file:
                    file.write(os.urandom(size))
            self.aws("s3", "cp", "--recursive", f"{folder}/from", "s3://folder/x")
            self.assertIn("deep/b c", self.aws("s3", "ls", "--recursive", "s3://folder/x/"))
            self.aws("s3", "cp", "--recursive", "s3://folder/x", f"{folder}/to")
            for name in ("a", "deep/b c", "deep/big"):
                self.assertTrue(filecmp.cmp(f"{folder}/from/{name}", f"{folder}/to/{name}",
                                            shallow=False))
            self.aws("s3", "rm", "--recursive", "s3://folder/x")
            self.assertEqual(self.aws("s3", "ls", "s3://folder"), "")

    def test_instances(self):
        self.cloud.tell("instances", [{"private_v4": f"10.0.1.{i}", "tags": {"cluster": "cli"}}
                                      for i in range(12)])
        text = self.aws("ec2", "describe-instances", "--filters", "Name=tag:cluster,Values=cli",
                        "--page-size", "5", "--output", "text",
                        "--query", "Reservations[].Instances[].PrivateIpAddress")
        self.assertEqual(sorted(text.split()), sorted(f"10.0.1.{i}" for i in range(12)))


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
