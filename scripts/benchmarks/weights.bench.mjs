import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCommand } from '../run-command.mjs';
import { median } from './median.mjs';

export const summary =
  "torchvision's fasterrcnn_resnet50_fpn as a checkpoint (167 MB): every number read, and brought to our names and layouts, beside `torch.load`";

export const options = {
  runs: { type: 'string', default: '7', help: 'how often each is timed; what is printed are medians (default: 7)' },
  python: { type: 'string', default: '/usr/bin/python3', help: 'a Python with torchvision (default: /usr/bin/python3)' },
};

/** Writes the checkpoint in both formats, and prints for each how long PyTorch takes to load it and touch every number. */
const oracle = `
import sys, time, torch, torchvision
state = torchvision.models.detection.fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None).state_dict()
for path, new in zip(sys.argv[2:], (True, False)):
    torch.save(state, path, _use_new_zipfile_serialization=new)
    times = []
    for _ in range(int(sys.argv[1])):
        start = time.perf_counter()
        sum(value.sum() for value in torch.load(path).values())
        times.append(time.perf_counter() - start)
    print(sorted(times)[len(times) // 2])
`;

export async function run({ runs: given, python }, { root, log, wrong }) {
  const runs = Number(given);
  if (!Number.isInteger(runs) || runs < 1) return wrong(`\`--runs ${given}\` is not a count`);
  const folder = await mkdtemp(join(tmpdir(), 'gpu-setup-bench-'));
  try {
    const paths = { zip: join(folder, 'zip.pth'), 'before 1.6': join(folder, 'old.pth') };
    const { code, stdout } = await runCommand([python, '-c', oracle, String(runs), ...Object.values(paths)], { log, timeoutMs: 300_000 });
    if (code !== 0) return wrong(`\`${python}\` cannot write a checkpoint`, '`--python` names one with torchvision');
    const theirs = stdout.trim().split('\n').map(Number);
    const load = async (name) => import(pathToFileURL(join(root, 'dist/trainer/weights', name)).href);
    const [{ openWeights }, { describeWeights }, { loadWeights }] = await Promise.all([
      load('open-weights.js'),
      load('describe-weights.js'),
      load('load-weights.js'),
    ]);
    for (const [index, [format, path]] of Object.entries(paths).entries()) {
      const read = [];
      const ours = [];
      for (let i = 0; i < runs; i++) {
        let start = performance.now();
        const file = openWeights(path);
        for (const tensor of file.tensors.values()) tensor.bytes();
        read.push(performance.now() - start);
        const known = describeWeights(file).tensors.flatMap((each) => each.ours ?? []);
        file.close();
        start = performance.now();
        const loaded = loadWeights(path, new Map(known.map(({ name, shape }) => [name, shape])));
        for (const { data } of loaded.tensors()) data.at(-1);
        loaded.close();
        ours.push(performance.now() - start);
      }
      const { size } = await stat(path);
      const seconds = (times) => `${(median(times) / 1000).toFixed(2)} s (best ${(Math.min(...times) / 1000).toFixed(2)})`;
      process.stdout.write(
        `${format}, ${(size / 1e6).toFixed(0)} MB: read ${seconds(read)}, in our layouts ${seconds(ours)}, torch.load ${theirs[index].toFixed(2)} s\n`,
      );
    }
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
