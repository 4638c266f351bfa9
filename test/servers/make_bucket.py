#!/usr/bin/python3
"""Makes a bucket, and waits until the server can: make_bucket.py ENVIRONMENT_FILE BUCKET.

Appends `bucket=BUCKET` to the file, which holds endpoint=, access_key=, secret_key= and region=.
"""
import sys
import time

import botocore.session
from botocore.config import Config

path, bucket = sys.argv[1:3]
with open(path, encoding="utf-8") as file:
    given = dict(line.rstrip("\n").split("=", 1) for line in file)
client = botocore.session.Session().create_client(
    "s3",
    region_name=given["region"],
    endpoint_url=given["endpoint"],
    aws_access_key_id=given["access_key"],
    aws_secret_access_key=given["secret_key"],
    config=Config(
        s3={"addressing_style": "path"}, proxies={}, retries={"max_attempts": 0}, read_timeout=10
    ),
)
deadline = time.monotonic() + 60
while True:
    try:
        client.create_bucket(Bucket=bucket)
        client.put_object(Bucket=bucket, Key="ready", Body=b"")
        client.delete_object(Bucket=bucket, Key="ready")
        break
    except Exception as error:  # whatever a server that is starting answers
        if time.monotonic() > deadline:
            sys.exit(f"make_bucket.py: {given['endpoint']} makes no bucket: {error}")
        time.sleep(0.1)
with open(path, "a", encoding="utf-8") as file:
    file.write(f"bucket={bucket}\n")
