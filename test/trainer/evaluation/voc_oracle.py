"""Pascal VOC average precision in numpy, written apart from the program's own: reads {pictures, label, iou, hit, one}
as JSON on stdin, writes {allPoint, elevenPoint}. A picture is {truth: [[x1, y1, x2, y2, label, difficult]], found:
[[x1, y1, x2, y2, label, score]]}; `one` is added to widths and heights."""
import json
import sys

import numpy as np


def main():
    given = json.load(sys.stdin)
    label, one = given["label"], given["one"]
    truths, rows = [], []
    for number, picture in enumerate(given["pictures"]):
        truth = np.array([t for t in picture["truth"] if t[4] == label], dtype=np.float64).reshape(-1, 6)
        truths.append(truth)
        rows += [[number, *f[:4], f[5]] for f in picture["found"] if f[4] == label]
    rows = np.array(rows, dtype=np.float64).reshape(-1, 6)
    rows = rows[np.argsort(-rows[:, 5], kind="stable")]
    positives = sum(int((t[:, 5] == 0).sum()) for t in truths)
    used = [np.zeros(len(t), bool) for t in truths]
    outcome = []
    for row in rows:
        number = int(row[0])
        truth = truths[number]
        if len(truth) == 0:
            outcome.append(0)
            continue
        low = np.maximum(truth[:, :2], row[1:3])
        high = np.minimum(truth[:, 2:4], row[3:5])
        side = np.maximum(high - low + one, 0)
        shared = side[:, 0] * side[:, 1]
        area = np.prod(truth[:, 2:4] - truth[:, :2] + one, axis=1) + np.prod(row[3:5] - row[1:3] + one)
        iou = shared / (area - shared)
        best = int(np.argmax(iou))
        hit = iou[best] >= given["iou"] if given["hit"] == "at-least" else iou[best] > given["iou"]
        if not hit:
            outcome.append(0)
        elif truth[best, 5]:
            continue
        else:
            outcome.append(0 if used[number][best] else 1)
            used[number][best] = True
    true = np.cumsum(outcome)
    recall = true / max(positives, 1)
    precision = true / np.maximum(np.arange(1, len(outcome) + 1), 1)
    eleven = np.mean([precision[recall >= t].max(initial=0) for t in np.arange(11) * 0.1])
    r = np.concatenate([[0], recall, [1]])
    p = np.concatenate([[0], precision, [0]])
    p = np.maximum.accumulate(p[::-1])[::-1]
    steps = np.flatnonzero(r[1:] != r[:-1])
    json.dump({"allPoint": float(((r[steps + 1] - r[steps]) * p[steps + 1]).sum()), "elevenPoint": float(eleven)}, sys.stdout)


main()
