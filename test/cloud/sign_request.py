"""Drives the program sign_request: orders in, answers out, in order."""

import json
import subprocess


def run(program, orders):
    lines = "".join(json.dumps(order) + "\n" for order in orders)
    ended = subprocess.run([program], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in ended.stdout.decode().splitlines()]
    if len(answers) != len(orders):
        raise SystemExit(f"{program} gave {len(answers)} answers to {len(orders)} orders")
    return answers
