#!/usr/bin/env python3
"""The peer of `scripts/bench ops`: the same cases in PyTorch with channels-last tensors, torchvision's RoIAlign.

Greets with one line of JSON, {"side", "versions", "threads"}, then answers every case on stdin, one line of JSON each, with
{"forward", "both"}: median milliseconds, `both` being forward and backward; a small op's time is that of one.
Written for the torch 1.13 and torchvision 0.14 of Debian 12; where torchvision does not load, the answer to RoIAlign is {}.
"""
import argparse
import json
import os
import statistics
import sys
import time

for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)

import torch
from torch.nn import functional

try:
    import torchvision
    from torchvision.ops import roi_align

    # A torchvision for another torch imports and has no operators.
    torch.ops.torchvision.roi_align
except (ImportError, RuntimeError, AttributeError):
    torchvision = roi_align = None


def maps(case, channels):
    x = torch.randn(case["batch"], channels, case["height"], case["width"])
    return x.to(memory_format=torch.channels_last)


def convolution(case):
    size, stride = case["size"], case["stride"]
    weight = torch.randn(case["to"], case["from"], size, size).to(memory_format=torch.channels_last)
    return [maps(case, case["from"]), weight], lambda x, w: functional.conv2d(x, w, stride=stride, padding=size // 2)


def product(case):
    return [torch.randn(case["rows"], case["inner"]), torch.randn(case["inner"], case["columns"])], torch.mm


def norm(case):
    channels = case["channels"]
    mean, variance = torch.zeros(channels), torch.ones(channels)

    def run(x, scale, offset):
        return torch.relu_(functional.batch_norm(x, mean, variance, scale, offset, training=True, momentum=0.05))

    return [maps(case, channels), torch.randn(channels), torch.randn(channels)], run


def pool(case):
    return [maps(case, case["channels"])], lambda x: functional.max_pool2d(x, 3, 2, 1)


def align(case):
    stride, rows = case["stride"], []
    for i in range(case["boxes"]):
        side = 16 + (i * 37) % 97
        x, y = (i * 61) % (case["width"] * stride - side), (i * 89) % (case["height"] * stride - side)
        rows.append([i % case["batch"], x, y, x + side, y + side])
    boxes = torch.tensor(rows, dtype=torch.float32)
    size = case["pooled"]
    # torchvision's kernel wants its own layout, and turns another one round each time; it gets the one that is fast.
    x = torch.randn(case["batch"], case["channels"], case["height"], case["width"])
    return [x], lambda x: roi_align(x.float(), boxes, size, 1 / stride, 2, True)


KINDS = {"convolution": convolution, "product": product, "norm": norm, "pool": pool, "align": align}


def timed(body, seconds):
    for _ in range(2):
        body()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        started = time.perf_counter()
        body()
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times)


def measure(case, seconds, autocast):
    inputs, run = KINDS[case["kind"]](case)

    def forward():
        with torch.no_grad(), autocast():
            run(*inputs)

    with torch.no_grad(), autocast():
        dy = torch.randn_like(run(*inputs))
    leaves = [x.requires_grad_() for x in inputs]

    def both():
        for leaf in leaves:
            leaf.grad = None
        with autocast():
            y = run(*leaves)
        y.backward(dy)

    return {"forward": timed(forward, seconds), "both": timed(both, seconds)}


def small(case, seconds):
    a, b = torch.tensor([1.0, 2, 3, 4]), torch.tensor([5.0, 6, 7, 8])

    def body():
        for _ in range(case["count"]):
            torch.add(a, b)

    return {"forward": timed(body, seconds) / case["count"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=0.7, help="on each of them")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16: torch.autocast around the forward pass")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)

    def autocast():
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=arguments.precision == "bf16")

    def say(answer):
        print(json.dumps(answer), flush=True)

    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__ if torchvision else None}
    say({"side": "torch", "versions": versions, "threads": torch.get_num_threads()})
    for line in sys.stdin:
        case = json.loads(line)
        if case["kind"] == "small":
            say(small(case, arguments.seconds))
        else:
            say(measure(case, arguments.seconds, autocast) if case["kind"] != "align" or roi_align else {})


if __name__ == "__main__":
    main()
