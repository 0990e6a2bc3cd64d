import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run-command.mjs';

/** Options that every benchmark against PyTorch has. */
export const peerOptions = {
  engine: { type: 'string', help: 'the engine of our side (default: the best one there is)' },
  precision: { type: 'string', default: 'fp32', help: 'of our side: `fp32` or `bf16` (default: fp32)' },
  'peer-precision': { type: 'string', default: 'fp32', help: 'of the peer: `fp32`, or `bf16` by torch.autocast (default: fp32)' },
  'reference-blas': {
    type: 'boolean',
    default: false,
    help: 'measure against a torch that multiplies with the reference BLAS all the same',
  },
};

/** As the engines' settings call them. */
export const precisions = { fp32: 'float32', bf16: 'bfloat16' };

/** Settings of a machine that mend an old BLAS and slow a new one: neither side has them. */
export const fair = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined, OMP_NUM_THREADS: undefined };

/**
 * Why there is nothing to compare with, or what the peer is.
 *
 * @param {Record<string, string | boolean>} values parsed `peerOptions`, and `python`
 * @param {readonly string[]} modules that Python must have
 * @returns {Promise<{message: string, hint?: string} | {blas: {name: string, file: string | null, optimised: boolean}, torch: string}>}
 */
export async function checkPeer(values, modules, { root, log }) {
  for (const name of ['precision', 'peer-precision'])
    if (!(values[name] in precisions))
      return { message: `\`--${name} ${values[name]}\` is no precision`, hint: 'there are `fp32` and `bf16`' };
  if (values['peer-precision'] === 'bf16' && !multipliesBfloat16())
    return { message: 'This processor does not multiply bfloat16', hint: '`avx512_bf16` or `amx_bf16` would be among its flags' };
  const { python } = values;
  const imported = await runCommand([python, '-c', `import ${modules.join(', ')}`], { log, env: fair, timeoutMs: 120_000 });
  if (imported.code !== 0)
    return {
      message: `\`${python}\` cannot import ${modules.join(' and ')}`,
      hint: 'on Debian: `apt-get install python3-torch python3-torchvision libopenblas0-pthread`',
    };
  const asked = await runCommand([python, join(root, 'scripts/benchmarks/blas.py')], { log, env: fair, timeoutMs: 120_000 });
  if (asked.code !== 0) return { message: 'The peer does not say which BLAS it has', hint: asked.stderr.trim().split('\n').at(-1) };
  const { torch, ...blas } = JSON.parse(asked.stdout);
  if (!blas.optimised && !values['reference-blas'])
    return {
      message: `torch of \`${python}\` multiplies with the reference BLAS (\`${blas.file}\`), tens of times slower than it could`,
      hint: '`apt-get install libopenblas0-pthread` brings an optimised one; `--reference-blas` measures all the same',
    };
  return { torch, blas };
}

/** Whether the processor has instructions for it; elsewhere than on Linux nobody knows. */
function multipliesBfloat16() {
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
  return /\b(avx512_bf16|amx_bf16)\b/.test(flags);
}
