import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toFloat32 } from '../../../src/trainer/weights/dtypes.js';
import { openWeights } from '../../../src/trainer/weights/open-weights.js';

export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export type Tensors = ReadonlyMap<string, Values>;

/** The Python that has torchvision: Debian's, or the one in the path. Undefined where there is none. */
export const torchvisionPython = ['/usr/bin/python3', 'python3'].find(
  (python) => spawnSync(python, ['-c', 'import torchvision, PIL'], { timeout: 120_000 }).status === 0,
);

/** Asks torchvision_oracle.py, which says what a request is; `keep` is a folder where the files stay. */
export function askTorchvision({ keep, ...request }: { readonly keep?: string; readonly [key: string]: unknown }): {
  weights: Tensors;
  results: Tensors;
} {
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'torchvision-'));
  try {
    const script = new URL('torchvision_oracle.py', import.meta.url).pathname;
    const input = JSON.stringify({ ...request, folder });
    const { status, stderr } = spawnSync(torchvisionPython!, [script], { input, encoding: 'utf8', timeout: 400_000 });
    if (status !== 0) throw new Error(`torchvision_oracle.py ended with ${status}: ${stderr}`);
    const read = (name: string): Tensors => {
      const file = openWeights(join(folder, `${name}.safetensors`));
      const read = [...file.tensors].map(([key, { shape, dtype, bytes }]) => [key, { shape, data: toFloat32(bytes(), dtype) }] as const);
      file.close();
      return new Map(read);
    };
    return { weights: read('weights'), results: read('results') };
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Values under torchvision's names as the values of our parameters; those that `tensors` lacks are left out. */
export function inOurLayout(
  tensors: Tensors,
  parameters: readonly { readonly name: string; readonly shape: readonly number[] }[],
): Map<string, Values> {
  const made = new Map<string, Values>();
  for (const { name, shape } of parameters) {
    const value = valueUnder(name, tensors);
    if (value) made.set(name, { shape, data: value.data });
  }
  return made;
}

function valueUnder(name: string, tensors: Tensors): Values | undefined {
  if (name.startsWith('rpn.predict.')) {
    const part = name.slice('rpn.predict.'.length);
    const [logits, boxes] = [tensors.get(`rpn.head.cls_logits.${part}`), tensors.get(`rpn.head.bbox_pred.${part}`)];
    return logits && boxes && convolution(perAnchor(logits, boxes));
  }
  const value = tensors.get(theirName(name));
  if (!value) return undefined;
  if (value.shape.length === 4) return convolution(value);
  if (value.shape.length !== 2) return value;
  // The first layer after pooled regions, or after a map, sees them channel by channel there.
  const cells = /^(head\.fc1|classifier\.fc1)\./.test(name) ? 49 : 1;
  return matrix(value, cells);
}

function theirName(name: string): string {
  return name
    .replace(/^backbone\.stem\.conv\./, 'backbone.body.conv1.')
    .replace(/^backbone\.stem\.norm\./, 'backbone.body.bn1.')
    .replace(/^backbone\.stage(\d)\.block(\d+)\.(\w+)\.(conv|norm)\./, (_, stage, block, layer, kind) => {
      const number = { reduce: 1, middle: 2, expand: 3, first: 1, second: 2 }[layer as string];
      const inner = layer === 'shortcut' ? `downsample.${kind === 'conv' ? 0 : 1}` : `${kind === 'conv' ? 'conv' : 'bn'}${number}`;
      return `backbone.body.layer${stage}.${Number(block) - 1}.${inner}.`;
    })
    .replace(/^neck\.lateral(\d)\./, (_, level) => `backbone.fpn.inner_blocks.${level - 1}.0.`)
    .replace(/^neck\.output(\d)\./, (_, level) => `backbone.fpn.layer_blocks.${level - 1}.0.`)
    .replace(/^rpn\.tower\./, 'rpn.head.conv.0.0.')
    .replace(/^head\.fc1\./, 'roi_heads.box_head.fc6.')
    .replace(/^head\.fc2\./, 'roi_heads.box_head.fc7.')
    .replace(/^head\.classes\./, 'roi_heads.box_predictor.cls_score.')
    .replace(/^head\.box\./, 'roi_heads.box_predictor.bbox_pred.');
}

/** [A, …] logits and [4 A, …] boxes to [5 A, …], anchor by anchor. */
function perAnchor(logits: Values, boxes: Values): Values {
  const anchors = logits.shape[0]!;
  const each = logits.data.length / anchors;
  const data = new Float32Array(5 * anchors * each);
  for (let a = 0; a < anchors; a++) {
    data.set(logits.data.subarray(a * each, (a + 1) * each), 5 * a * each);
    data.set(boxes.data.subarray(4 * a * each, 4 * (a + 1) * each), (5 * a + 1) * each);
  }
  return { shape: [5 * anchors, ...logits.shape.slice(1)], data };
}

/** [O, I, H, W] to [H, W, I, O]; a bias as it is. */
function convolution({ shape, data }: Values): Values {
  if (shape.length !== 4) return { shape, data };
  const [o = 1, i = 1, h = 1, w = 1] = shape;
  const turned = new Float32Array(data.length);
  for (let out = 0, at = 0; out < o; out++)
    for (let into = 0; into < i; into++)
      for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) turned[((y * w + x) * i + into) * o + out] = data[at++]!;
  return { shape: [h, w, i, o], data: turned };
}

/** [O, C * cells] to [cells * C, O]. */
function matrix({ shape, data }: Values, cells: number): Values {
  const [o = 1, inputs = 1] = shape;
  const channels = inputs / cells;
  const turned = new Float32Array(data.length);
  for (let out = 0, at = 0; out < o; out++)
    for (let channel = 0; channel < channels; channel++)
      for (let cell = 0; cell < cells; cell++) turned[(cell * channels + channel) * o + out] = data[at++]!;
  return { shape: [inputs, o], data: turned };
}

/** The largest difference, as a part of the largest value. */
export function apart(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let [most, largest] = [0, 1e-12];
  for (let i = 0; i < theirs.length; i++) {
    const difference = Math.abs(ours[i]! - theirs[i]!);
    if (!(difference <= most)) most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    largest = Math.max(largest, Math.abs(theirs[i]!));
  }
  return most / largest;
}
