import { cpus } from 'node:os';
import { join } from 'node:path';
import { median } from './median.mjs';
import { cases } from './ops-cases.mjs';
import { Partner } from './partner.mjs';
import { checkPeer, fair, peerOptions, precisions } from './peer.mjs';

export const summary = 'convolution, matrix product, norm, pooling, RoIAlign and a small op here and in PyTorch (channels last), in turn';

export const options = {
  ...peerOptions,
  only: { type: 'string', default: '', help: 'only the cases whose name contains this' },
  pairs: { type: 'string', default: '3', help: 'how often both sides time each case; the ratio printed is the median (default: 3)' },
  seconds: { type: 'string', default: '0.7', help: 'on each case each time, forward and backward alike (default: 0.7)' },
  python: {
    type: 'string',
    default: '/usr/bin/python3',
    help: 'a Python with torch, and torchvision for RoIAlign (default: /usr/bin/python3)',
  },
  json: { type: 'boolean', default: false, help: 'the result as one JSON document' },
};

/** Has ops-ours.mjs and ops_torch.py time every case in turn and prints, case by case, milliseconds and how many times as fast our side is. */
export async function run(values, { root, log, say, wrong }) {
  const [pairs, seconds] = [Number(values.pairs), Number(values.seconds)];
  if (!Number.isInteger(pairs) || pairs < 1) return wrong(`\`--pairs ${values.pairs}\` is not a count`);
  if (!(seconds > 0)) return wrong(`\`--seconds ${values.seconds}\` is no time`);
  const chosen = cases.filter(({ name }) => name.includes(values.only));
  if (chosen.length === 0)
    return wrong(`No case has \`${values.only}\` in its name`, `there are ${cases.map(({ name }) => `\`${name}\``).join(', ')}`);
  const checked = await checkPeer(values, ['torch'], { root, log });
  if ('message' in checked) return wrong(checked.message, checked.hint);

  const folder = join(root, 'scripts/benchmarks');
  const clock = ['--seconds', values.seconds];
  const commands = {
    'gpu-setup': [process.execPath, join(folder, 'ops-ours.mjs'), ...clock, ...(values.engine ? ['--engine', values.engine] : [])],
    torch: [
      values.python,
      join(folder, 'ops_torch.py'),
      ...clock,
      ...['--precision', values['peer-precision'], '--threads', String(cpus().length)],
    ],
  };
  const env = { ...fair, GPU_SETUP_PRECISION: precisions[values.precision] };
  const partners = Object.fromEntries(Object.entries(commands).map(([side, argv]) => [side, new Partner(argv, env)]));
  const results = [];
  let talking;
  try {
    for (talking of Object.keys(partners)) await partners[talking].greeting;
    for (const each of chosen) {
      const answers = { 'gpu-setup': [], torch: [] };
      // In turn, case by case, and who goes first changes: a machine that slows down or has other work favours neither.
      for (let pair = 0; pair < pairs; pair++)
        for (talking of pair % 2 === 0 ? ['gpu-setup', 'torch'] : ['torch', 'gpu-setup'])
          answers[talking].push(await partners[talking].ask(each));
      for (const what of each.kind === 'small' ? ['forward'] : ['forward', 'both']) results.push(summarise(each.name, what, answers));
      say(
        `${each.name}: ${
          results
            .at(-1)
            .ratios.map((ratio) => ratio.toFixed(2))
            .join(', ') || 'the peer has none'
        }`,
      );
    }
  } catch (error) {
    return wrong(`${talking} ended: ${error.message}`);
  } finally {
    for (const partner of Object.values(partners)) partner.end();
  }
  const [ours, peer] = [await partners['gpu-setup'].greeting, await partners.torch.greeting];
  const head = { engine: ours.engine, precision: values.precision, peerPrecision: values['peer-precision'], ...peer.versions };
  if (values.json)
    process.stdout.write(`${JSON.stringify({ ...head, blas: checked.blas, threads: peer.threads, results }, undefined, 2)}\n`);
  else process.stdout.write(`${table(head, checked.blas, peer.threads, results)}\n`);
  return 0;
}

/** Of a case that the peer has not, only what our side took. */
function summarise(name, what, answers) {
  const times = (side) => answers[side].flatMap((answer) => answer[what] ?? []);
  const [ours, theirs] = [times('gpu-setup'), times('torch')];
  const ratios = theirs.map((ms, i) => ms / ours[i]);
  return { name, what, ms: { 'gpu-setup': median(ours), torch: theirs.length > 0 ? median(theirs) : null }, ratios };
}

function table({ engine, precision, peerPrecision, torch, torchvision }, blas, threads, results) {
  const peer = `torch ${torch}${torchvision ? `, torchvision ${torchvision}` : ''}, BLAS ${blas.name}, ${peerPrecision}`;
  const rows = results.map(({ name, what, ms, ratios }) => {
    const took = (value) => (value === null ? '-' : value < 0.1 ? `${(1000 * value).toFixed(2)} us` : `${value.toFixed(2)} ms`);
    const ratio =
      ratios.length > 0 ? `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})` : '-';
    return `  ${`${name}, ${what === 'both' ? 'forward + backward' : 'forward'}`.padEnd(56)} ${took(ms['gpu-setup']).padStart(11)} ${took(ms.torch).padStart(11)}   ${ratio}`;
  });
  return [
    `gpu-setup on ${engine}, ${precision}; ${peer}; ${threads} threads`,
    `  ${'case'.padEnd(56)} ${'gpu-setup'.padStart(11)} ${'torch'.padStart(11)}   times as fast`,
    ...rows,
  ].join('\n');
}
