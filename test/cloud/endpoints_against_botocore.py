#!/usr/bin/python3
"""Every region of botocore's partitions, each service, with and without dual-stack: the endpoints
are those of botocore's rule sets.

usage: endpoints_against_botocore.py SIGN_REQUEST
"""

import sys

import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

import sign_request

SERVICES = ("ec2", "s3", "sts")


def main():
    loader = botocore.session.get_session().get_component("data_loader")
    partitions = loader.load_data("partitions")
    regions = [
        region
        for partition in partitions["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")
    ]
    orders, expected = [], []
    for service in SERVICES:
        rules = loader.load_service_model(service, "endpoint-rule-set-1")
        provider = EndpointProvider(rules, partitions)
        for region in regions + ["us-new-7", "eu-middle-1"]:
            for is_dual_stack in (False, True):
                orders.append(
                    {
                        "do": "endpoint",
                        "service": service,
                        "region": region,
                        "is_dual_stack": is_dual_stack,
                    }
                )
                try:
                    endpoint = provider.resolve_endpoint(
                        Region=region, UseDualStack=is_dual_stack, UseFIPS=False
                    )
                    expected.append(endpoint.url)
                except EndpointProviderError:
                    expected.append(None)

    answers = sign_request.run(sys.argv[1], orders)
    wrong = 0
    for order, answer, url in zip(orders, answers, expected):
        if answer.get("endpoint") == url:
            continue
        wrong += 1
        print(f"{order}: botocore says {url}, we say {answer}")
    print(f"{len(orders)} endpoints in {len(regions)} regions compared, {wrong} differ")
    if not regions or wrong:
        sys.exit(1)


main()
