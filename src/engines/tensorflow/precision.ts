import { readFileSync } from 'node:fs';

export type Precision = 'float32' | 'bfloat16';

/** Flags of `/proc/cpuinfo` that mean: multiplies bfloat16 itself, and oneDNN uses it. */
const flags = ['avx512_bf16', 'amx_bf16'];

/**
 * The precision to multiply in: what was asked for, else bfloat16 where this processor is made for it. `cpuinfo` is the text of
 * `/proc/cpuinfo` (`flags : fpu vme … avx512_bf16 …`). A GPU run stays float32 (TF32 inside): that choice is the torch engine's.
 */
export function choosePrecision(asked: string | undefined, usesGpu: boolean, cpuinfo: string): Precision {
  if (asked === 'float32' || asked === 'bfloat16') return asked;
  if (usesGpu) return 'float32';
  const line = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  const present = new Set(line.trim().split(/\s+/));
  return flags.some((flag) => present.has(flag)) ? 'bfloat16' : 'float32';
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
