import { readFileSync } from 'node:fs';
import { UserError } from '../errors.js';
import type { EngineName } from './engine.js';
import type { Precision } from './mode.js';

/** Flags of `/proc/cpuinfo` that mean: multiplies bfloat16 itself, and oneDNN uses it. */
const flags = ['avx512_bf16', 'amx_bf16'];

/**
 * The precision to multiply in: what was asked for, else bfloat16 where this processor is made for it. `cpuinfo` is the text of
 * `/proc/cpuinfo` (`flags : fpu vme … avx512_bf16 …`). A GPU gets TF32, as TensorFlow and cuDNN have it by themselves.
 */
export function choosePrecision(asked: Precision | undefined, usesGpu: boolean, cpuinfo: string): Precision {
  if (asked !== undefined) return asked;
  if (usesGpu) return 'tf32';
  const line = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  const present = new Set(line.trim().split(/\s+/));
  return flags.some((flag) => present.has(flag)) ? 'bf16' : 'fp32';
}

/** Throws `UserError` where TF32 is asked of an engine that has no GPU. */
export function refuseTf32WithoutGpu(engine: EngineName, asked: Precision | undefined, usesGpu: boolean): void {
  if (asked !== 'tf32' || usesGpu) return;
  throw new UserError(`The engine \`${engine}\` runs on the processor here, which cannot multiply in \`tf32\``, {
    hint: 'TF32 is a way of NVIDIA GPUs; `--precision fp32` or `--precision bf16`',
  });
}

/** This machine's `/proc/cpuinfo`, empty where there is none. */
export function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    // Not Linux, or hidden: then nothing is known of the processor, and float32 is always right.
    return '';
  }
}
