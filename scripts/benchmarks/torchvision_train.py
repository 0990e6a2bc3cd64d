#!/usr/bin/env python3
"""The peer of `scripts/bench train`: the same training step in torchvision, on random pictures and boxes.

Reads a model's description as JSON (`--spec FILE`, or one of the built-in ones by `--model NAME`) and prints one line of
JSON: {"name", "side", "imagesPerSecond", "batch", "threads", "steps", "msPerStep", "parameters", "peakMiB", "versions"}.
Written for the torch 1.13 and torchvision 0.14 of Debian 12; newer ones do as well.

A description (lengths in pixels of the picture as it enters the network):
  name, classes            classes without the background
  width, height, batch     of the pictures; they are not resized again
  boxes                    labelled boxes per picture
  backbone                 {"type": "stages", "stages": [{"channels", "stride", "kernel", "norm": "gn"|"bn"|"none", "groups",
                            "residual"}]}, {"type": "resnet18", "resnet34" or "resnet50"}, or our own {"type": "compact", "stem", "stemBlocks",
                            "stages": [{"channels", "blocks"}]}
  neck                     {"type": "none"}, {"type": "fpn", "channels"}, or with the backbone `compact`
                            {"type": "top_down", "channels"}
  anchors                  {"sizes": one list for each level, "ratios": [...]}, or {"shapes": [[width, height], ...]} on one level
  rpn                      {"convs", "norm": "bn" or nothing, "batch", "positive", "iou": [positive, negative], "preNms",
                            "postNms", "preNmsTest", "postNmsTest", "nms"}
  roi                      {"size", "samples", "batch", "positive"}; samples are RoIAlign's points along one side of a bin
  head                     {"widths": [...], "reduced": channels after a 1x1 convolution before the regions are taken, or 0}
  optimizer                {"type": "adamw"|"sgd", "learningRate", "weightDecay", "momentum", "clipNorm" or null}
"""
import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections import OrderedDict

# Settings that mend older processors' BLAS slow this one down, and would make the peer look slow.
for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)

import torch
import torchvision
from torch import nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.models.detection.rpn import RPNHead
from torchvision.ops import FeaturePyramidNetwork, MultiScaleRoIAlign

COMPACT = {
    "name": "compact",
    "classes": 3,
    "width": 384,
    "height": 288,
    "batch": 8,
    "boxes": 12,
    "backbone": {
        "type": "stages",
        "stages": [
            {"channels": channels, "stride": stride, "kernel": 3, "norm": "gn", "groups": 8}
            for channels, stride in ((32, 2), (48, 1), (64, 2), (96, 1), (96, 2), (96, 1))
        ],
    },
    "neck": {"type": "none"},
    "anchors": {"sizes": [[16, 32, 64, 128, 256]], "ratios": [0.5, 1.0, 2.0]},
    "rpn": {"convs": 1, "batch": 256, "positive": 0.5, "preNms": 1000, "postNms": 300, "nms": 0.7},
    "roi": {"size": 7, "samples": 2, "batch": 64, "positive": 0.25},
    "head": {"widths": [256, 256]},
    "optimizer": {"type": "adamw", "learningRate": 1e-3, "weightDecay": 0.05, "clipNorm": None},
}

R18FPN = {
    "name": "r18fpn",
    "classes": 20,
    "width": 320,
    "height": 240,
    "batch": 4,
    "boxes": 12,
    "backbone": {"type": "resnet18"},
    "neck": {"type": "fpn", "channels": 256},
    "anchors": {"sizes": [[32], [64], [128], [256], [512]], "ratios": [0.5, 1.0, 2.0]},
    "rpn": {"convs": 1, "batch": 256, "positive": 0.5, "preNms": 2000, "postNms": 2000, "nms": 0.7},
    "roi": {"size": 7, "samples": 2, "batch": 512, "positive": 0.25},
    "head": {"widths": [1024, 1024]},
    "optimizer": {"type": "sgd", "learningRate": 0.005, "momentum": 0.9, "weightDecay": 0.0005, "clipNorm": None},
}

BUILT_IN = {spec["name"]: spec for spec in (COMPACT, R18FPN)}


class Stage(nn.Module):
    """Convolution, norm, ReLU; with the input added where it asks for that and the shapes agree."""

    def __init__(self, inputs, stage):
        super().__init__()
        channels, kernel, norm = stage["channels"], stage.get("kernel", 3), stage.get("norm", "none")
        self.convolution = nn.Conv2d(inputs, channels, kernel, stage["stride"], kernel // 2, bias=norm == "none")
        if norm == "gn":
            self.norm = nn.GroupNorm(stage.get("groups", 8), channels)
        elif norm == "bn":
            self.norm = nn.BatchNorm2d(channels)
        elif norm == "none":
            self.norm = nn.Identity()
        else:
            raise ValueError(f"no such norm: {norm}")
        self.residual = stage.get("residual", False) and inputs == channels and stage["stride"] == 1

    def forward(self, x):
        y = self.norm(self.convolution(x))
        return torch.relu(y + x if self.residual else y)


class StagesBackbone(nn.Module):
    """A chain of stages; with a feature pyramid on every stage after which the stride grows, else the last map alone."""

    def __init__(self, stages, neck):
        super().__init__()
        self.stages = nn.ModuleList()
        inputs = 3
        for stage in stages:
            self.stages.append(Stage(inputs, stage))
            inputs = stage["channels"]
        self.levels = [len(stages) - 1]
        self.pyramid = None
        self.out_channels = inputs
        if neck["type"] == "fpn":
            ends = [i for i in range(len(stages)) if i + 1 == len(stages) or stages[i + 1]["stride"] > 1]
            self.levels = ends[-neck.get("levels", 4):]
            self.out_channels = neck["channels"]
            self.pyramid = FeaturePyramidNetwork([stages[i]["channels"] for i in self.levels], self.out_channels)

    def forward(self, x):
        maps = OrderedDict()
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if index in self.levels:
                maps[str(len(maps))] = x
        return self.pyramid(maps) if self.pyramid else maps


def convolution_norm_relu(inputs, channels, kernel, stride=1):
    padding = (kernel - stride + 1) // 2
    return nn.Sequential(
        nn.Conv2d(inputs, channels, kernel, stride, padding, bias=False), nn.BatchNorm2d(channels), nn.ReLU(inplace=True)
    )


class ResidualBlock(nn.Module):
    """Two convolutions, with the input added after the last ReLU."""

    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(
            convolution_norm_relu(channels, channels, 3), convolution_norm_relu(channels, channels, 3)
        )

    def forward(self, x):
        return x + self.body(x)


class CompactTopDown(nn.Module):
    """The backbone `compact` and the neck `top_down` of gpu-setup: a residual network to one map of stride 8."""

    def __init__(self, backbone, neck):
        super().__init__()
        stem = backbone["stem"]
        self.stem = nn.Sequential(
            convolution_norm_relu(3, stem, 6, 4), *(ResidualBlock(stem) for _ in range(backbone["stemBlocks"]))
        )
        self.stages = nn.ModuleList()
        self.laterals = nn.ModuleList()
        inputs, self.out_channels, self.levels = stem, neck["channels"], [0]
        for stage in backbone["stages"]:
            channels = stage["channels"]
            blocks = (ResidualBlock(channels) for _ in range(stage["blocks"]))
            self.stages.append(nn.Sequential(convolution_norm_relu(inputs, channels, 3, 2), *blocks))
            self.laterals.append(convolution_norm_relu(channels, self.out_channels, 1))
            inputs = channels
        self.smooth = convolution_norm_relu(self.out_channels, self.out_channels, 3)

    def forward(self, x):
        x = self.stem(x)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        top = None
        for lateral, level in zip(reversed(self.laterals), reversed(maps)):
            y = lateral(level)
            top = y if top is None else y + nn.functional.interpolate(top, size=y.shape[-2:], mode="nearest")
        return OrderedDict([("0", self.smooth(top))])


class ShapedAnchors(AnchorGenerator):
    """Anchors of given widths and heights on one level."""

    def __init__(self, shapes):
        super().__init__(((1,) * len(shapes),), ((1.0,),))
        self.cell_anchors = [torch.tensor([[-w / 2, -h / 2, w / 2, h / 2] for w, h in shapes])]

    def num_anchors_per_location(self):
        return [len(self.cell_anchors[0])]


class NormedRPNHead(nn.Module):
    """A head as RPNHead, with batch norm in its tower."""

    def __init__(self, channels, anchors):
        super().__init__()
        self.tower = convolution_norm_relu(channels, channels, 3)
        self.scores = nn.Conv2d(channels, anchors, 1)
        self.deltas = nn.Conv2d(channels, anchors * 4, 1)

    def forward(self, maps):
        towers = [self.tower(x) for x in maps]
        return [self.scores(x) for x in towers], [self.deltas(x) for x in towers]


class BoxHead(nn.Module):
    """Fully connected layers over a flattened region."""

    def __init__(self, inputs, widths):
        super().__init__()
        layers = []
        for width in widths:
            layers += [nn.Linear(inputs, width), nn.ReLU(inplace=True)]
            inputs = width
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x.flatten(start_dim=1))


class ReducedRoIAlign(MultiScaleRoIAlign):
    """A 1x1 convolution with norm and ReLU on every map, then RoIAlign."""

    def __init__(self, inputs, channels, names, size, samples):
        super().__init__(names, size, samples)
        self.reduce = convolution_norm_relu(inputs, channels, 1)

    def forward(self, maps, boxes, shapes):
        return super().forward(OrderedDict((name, self.reduce(x)) for name, x in maps.items()), boxes, shapes)


class BoxPredictor(nn.Module):
    """Class scores with the background, and four deltas for each class."""

    def __init__(self, inputs, classes):
        super().__init__()
        self.scores = nn.Linear(inputs, classes)
        self.deltas = nn.Linear(inputs, classes * 4)

    def forward(self, x):
        return self.scores(x), self.deltas(x)


def build(spec):
    backbone_spec, neck = spec["backbone"], spec["neck"]
    if backbone_spec["type"].startswith("resnet"):
        # From scratch, so with batch norm that learns, as torchvision's own recipes do without pre-trained weights.
        backbone = resnet_fpn_backbone(
            backbone_name=backbone_spec["type"], weights=None, norm_layer=nn.BatchNorm2d, trainable_layers=5
        )
        names = ["0", "1", "2", "3"]
    elif backbone_spec["type"] == "compact":
        backbone = CompactTopDown(backbone_spec, neck)
        names = ["0"]
    else:
        backbone = StagesBackbone(backbone_spec["stages"], neck)
        names = [str(i) for i in range(len(backbone.levels))]
    if "shapes" in spec["anchors"]:
        anchors = ShapedAnchors(spec["anchors"]["shapes"])
    else:
        sizes = tuple(tuple(level) for level in spec["anchors"]["sizes"])
        anchors = AnchorGenerator(sizes, (tuple(spec["anchors"]["ratios"]),) * len(sizes))
    rpn, roi, classes = spec["rpn"], spec["roi"], spec["classes"] + 1
    widths = spec["head"]["widths"]
    short, long = sorted((spec["width"], spec["height"]))
    per_place = anchors.num_anchors_per_location()[0]
    if rpn.get("norm") == "bn":
        rpn_head = NormedRPNHead(backbone.out_channels, per_place)
    else:
        rpn_head = RPNHead(backbone.out_channels, per_place, conv_depth=rpn.get("convs", 1))
    positive_iou, negative_iou = rpn.get("iou", (0.7, 0.3))
    pooled = spec["head"].get("reduced") or backbone.out_channels
    region = (names, roi["size"], roi.get("samples", 2))
    reduced = pooled != backbone.out_channels
    roi_pool = ReducedRoIAlign(backbone.out_channels, pooled, *region) if reduced else MultiScaleRoIAlign(*region)
    return FasterRCNN(
        backbone,
        min_size=short,
        max_size=long,
        rpn_anchor_generator=anchors,
        rpn_head=rpn_head,
        rpn_fg_iou_thresh=positive_iou,
        rpn_bg_iou_thresh=negative_iou,
        rpn_batch_size_per_image=rpn["batch"],
        rpn_positive_fraction=rpn.get("positive", 0.5),
        rpn_pre_nms_top_n_train=rpn["preNms"],
        rpn_pre_nms_top_n_test=rpn.get("preNmsTest", rpn["preNms"]),
        rpn_post_nms_top_n_train=rpn["postNms"],
        rpn_post_nms_top_n_test=rpn.get("postNmsTest", rpn["postNms"]),
        rpn_nms_thresh=rpn.get("nms", 0.7),
        box_roi_pool=roi_pool,
        box_head=BoxHead(pooled * roi["size"] ** 2, widths),
        box_predictor=BoxPredictor(widths[-1], classes),
        box_batch_size_per_image=roi["batch"],
        box_positive_fraction=roi.get("positive", 0.25),
    )


def optimizer_of(model, options):
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if options["type"] == "adamw":
        return torch.optim.AdamW(parameters, options["learningRate"], weight_decay=options.get("weightDecay", 0.01))
    if options["type"] == "sgd":
        return torch.optim.SGD(
            parameters,
            options["learningRate"],
            momentum=options.get("momentum", 0.9),
            weight_decay=options.get("weightDecay", 0.0),
        )
    raise ValueError(f"no such optimizer: {options['type']}")


def keep_float32(model):
    """With autocast, the parts between convolutions stay in float32: torchvision's RoIAlign, NMS and anchors know no bfloat16 on a CPU."""

    def as_float(_module, _inputs, output):
        if isinstance(output, dict):
            return OrderedDict((name, value.float()) for name, value in output.items())
        return tuple([x.float() for x in part] if isinstance(part, list) else part.float() for part in output)

    for part in (model.backbone, model.rpn.head, model.roi_heads.box_predictor):
        part.register_forward_hook(as_float)


def random_batch(spec, generator):
    """Pictures [3, height, width] of noise from 0 to 1, with boxes from a sixteenth to a half of the short side."""
    height, width, count = spec["height"], spec["width"], spec.get("boxes", 12)
    short = min(height, width)
    images, targets = [], []
    for _ in range(spec["batch"]):
        images.append(torch.rand(3, height, width, generator=generator))
        sides = short * (1 / 16 + torch.rand(count, 2, generator=generator) * (1 / 2 - 1 / 16))
        corner = torch.rand(count, 2, generator=generator) * (torch.tensor([width, height]) - sides)
        labels = torch.randint(1, spec["classes"] + 1, (count,), generator=generator)
        targets.append({"boxes": torch.cat([corner, corner + sides], dim=1), "labels": labels})
    return images, targets


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", choices=sorted(BUILT_IN), help="a built-in description")
    parser.add_argument("--spec", help="a file with a description as JSON, `-` for stdin")
    parser.add_argument("--mode", choices=("train", "test"), default="train")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="bf16: torch.autocast around the forward pass")
    parser.add_argument("--warmup", type=int, default=3, help="steps before the clock starts")
    parser.add_argument("--steps", type=int, default=10, help="steps on the clock")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if (arguments.model is None) == (arguments.spec is None):
        parser.error("give either --model or --spec")
    if arguments.steps < 1:
        parser.error("--steps must be at least 1")
    if arguments.spec is None:
        spec = BUILT_IN[arguments.model]
    elif arguments.spec == "-":
        spec = json.load(sys.stdin)
    else:
        with open(arguments.spec, encoding="utf-8") as file:
            spec = json.load(file)

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    generator = torch.Generator().manual_seed(arguments.seed)
    model = build(spec)
    training = arguments.mode == "train"
    model.train(training)
    optimizer = optimizer_of(model, spec["optimizer"])
    clip = spec["optimizer"].get("clipNorm")
    batches = [random_batch(spec, generator) for _ in range(4)]

    reduced = arguments.precision == "bf16"
    if reduced:
        keep_float32(model)

    def autocast():
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=reduced)

    def train_step(images, targets):
        with autocast():
            losses = sum(model(images, targets).values())
        optimizer.zero_grad(set_to_none=True)
        losses.backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        return losses.item()

    def test_step(images, _):
        with torch.no_grad(), autocast():
            model(images)

    step = train_step if training else test_step
    times = []
    for index in range(arguments.warmup + arguments.steps):
        started = time.perf_counter()
        step(*batches[index % len(batches)])
        if index >= arguments.warmup:
            times.append(time.perf_counter() - started)
    result = {
        "name": spec["name"],
        "side": "torchvision",
        "mode": arguments.mode,
        "imagesPerSecond": spec["batch"] * len(times) / sum(times),
        "batch": spec["batch"],
        "threads": torch.get_num_threads(),
        "steps": len(times),
        "msPerStep": {
            "median": 1000 * statistics.median(times),
            "min": 1000 * min(times),
            "max": 1000 * max(times),
        },
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "precision": arguments.precision,
        "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "versions": {"torch": torch.__version__, "torchvision": torchvision.__version__},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
