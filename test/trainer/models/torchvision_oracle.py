"""What torchvision makes of a detector with random weights: reads a JSON request, writes safetensors files of weights and results.

request: {"seed", "classes" (background counts), "pictures": [paths], "folder", "model", "options": {...}, "train": {"targets": [{"boxes", "labels"}], "steps",
"learningRate", "momentum", "weightDecay"}?}
"""
import json
import struct
import sys

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.ops import misc

request = json.load(sys.stdin)
torch.manual_seed(request["seed"])
torch.set_num_threads(2)


def write(name, tensors):
    """The safetensors format: length of the header, the header in JSON, the data."""
    header, offset, parts = {}, 0, []
    for key, tensor in tensors.items():
        data = np.ascontiguousarray(tensor.detach().cpu().numpy().astype("<f4")).tobytes()
        header[key] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(f'{request["folder"]}/{name}.safetensors', "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def picture(path):
    array = np.asarray(Image.open(path).convert("RGB")).copy()
    return torch.from_numpy(array).permute(2, 0, 1).float() / 255


pictures = [picture(path) for path in request["pictures"]]


def calibrate(module, inputs, far=False):
    """
    Gives batch norms the statistics of these inputs: random weights with none would blow up from block to block. `far`: with biases that keep what goes into a ReLU
    above zero (keep_from_zero).
    """
    norms = [m for m in module.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
        torch.nn.init.uniform_(norm.weight, 0.5, 1.0)
        torch.nn.init.normal_(norm.bias, 0, 0.1)
        if far:
            norm.bias.data.add_(4 * norm.weight.data)
    module.train()
    with torch.no_grad():
        module(inputs)
    for norm in norms:
        norm.momentum = 0.1
    module.eval()


def keep_from_zero(model, inputs):
    """
    Shifts what goes into every ReLU so far up that hardly a value lies near zero: there the last bit decides whether a gradient flows, and of a million values in
    single precision some are always decided otherwise by another order of the same sum.
    """

    def shift(layer, apply):
        out = apply()
        axes = [axis for axis in range(out.dim()) if axis != 1]
        layer.bias.add_(5 * out.std(axes) - out.mean(axes))

    with torch.no_grad():
        model.eval()
        images, _ = model.transform(inputs)
        features = model.backbone(images.tensors)
        tower = model.rpn.head.conv[0][0]
        shift(tower, lambda: tower(features["0"]))
        boxes = [torch.tensor([[10.0, 10.0, 90.0, 70.0], [5.0, 30.0, 60.0, 100.0], [0.0, 0.0, 120.0, 90.0]])] * len(inputs)
        regions = model.roi_heads.box_roi_pool(features, boxes, images.image_sizes).flatten(1)
        head = model.roi_heads.box_head
        for layer in (head.fc6, head.fc7):
            shift(layer, lambda: layer(regions))
            regions = torch.relu(layer(regions))


def classifier(name):
    # VGG's own first guess at 138 million weights would take longer than all the rest.
    rest = {"init_weights": False} if name == "vgg16" else {}
    model = getattr(torchvision.models, name)(weights=None, num_classes=request["classes"], **rest)
    if name == "vgg16":
        width = request["options"]["width"]
        model.classifier[0], model.classifier[3] = torch.nn.Linear(512 * 49, width), torch.nn.Linear(width, width)
        model.classifier[6] = torch.nn.Linear(width, request["classes"])
    side = request["options"]["side"]
    inputs = torch.randn(2, 3, side, side)
    calibrate(model, inputs)
    model.eval()
    with torch.no_grad():
        logits = model(inputs)
    write("weights", {k: v for k, v in model.state_dict().items() if v.is_floating_point()})
    write("results", {"inputs": inputs, "logits": logits})


def detector():
    depth = request["options"].pop("backbone", "resnet50")
    norm = request["options"].pop("norm", "frozen")
    trainable = request["options"].pop("trainable", 3)
    far = request["options"].pop("farFromZero", False)
    free = resnet_fpn_backbone(backbone_name=depth, weights=None, norm_layer=torch.nn.BatchNorm2d, trainable_layers=5)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406])[:, None, None], torch.tensor([0.229, 0.224, 0.225])[:, None, None]
    seen = [torch.nn.functional.interpolate(((p - mean) / deviation)[None], size=(128, 128), mode="bilinear")[0] for p in pictures]
    calibrate(free, torch.stack(seen), far)
    layer = misc.FrozenBatchNorm2d if norm == "frozen" else torch.nn.BatchNorm2d
    backbone = resnet_fpn_backbone(backbone_name=depth, weights=None, norm_layer=layer, trainable_layers=trainable)
    backbone.load_state_dict({k: v for k, v in free.state_dict().items() if k in backbone.state_dict()})
    model = torchvision.models.detection.FasterRCNN(backbone, request["classes"], **request["options"])
    if far:
        keep_from_zero(model, pictures)
    write("weights", {k: v for k, v in model.state_dict().items() if v.is_floating_point()})
    if request.get("checkpoint"):
        torch.save(model.state_dict(), request["checkpoint"])
    results = {}
    model.eval()
    with torch.no_grad():
        images, _ = model.transform(pictures)
        results["inputs"] = images.tensors
        features = model.backbone(images.tensors)
        for level, value in enumerate(features.values()):
            results[f"feature.{level}"] = value
        proposals, _ = model.rpn(images, features)
        for index, found in enumerate(model(pictures)):
            results[f"proposals.{index}"] = proposals[index]
            for key, value in found.items():
                results[f"{key}.{index}"] = value
    if request.get("train"):
        results.update(train(model, request["train"]))
    write("results", results)


def train(model, asked):
    targets = [
        {"boxes": torch.tensor(t["boxes"], dtype=torch.float32).reshape(-1, 4), "labels": torch.tensor(t["labels"])} for t in asked["targets"]
    ]
    model.train()
    parameters = {k: p for k, p in model.named_parameters() if p.requires_grad}
    optimizer = torch.optim.SGD(
        parameters.values(), lr=asked["learningRate"], momentum=asked["momentum"], weight_decay=asked["weightDecay"]
    )
    results = {}
    for step in range(asked["steps"]):
        losses = model(pictures, targets)
        optimizer.zero_grad()
        sum(losses.values()).backward()
        if step == 0:
            results.update({f"gradient.{k}": p.grad.clone() for k, p in parameters.items()})
        for key, value in losses.items():
            results[f"{key}.step{step}"] = value.detach().reshape(1)
        optimizer.step()
    results.update({f"after.{k}": p.detach().clone() for k, p in parameters.items()})
    return results


if request["model"] == "detector":
    detector()
else:
    classifier(request["model"])
