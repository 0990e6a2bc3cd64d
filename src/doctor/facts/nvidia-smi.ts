import { type Fact, known } from '../fact.js';
import { firstLine, noFact } from '../no-fact.js';

export interface SmiGpu {
  readonly index: number;
  /** `00000000:01:00.0` */
  readonly address: string;
  readonly name: string;
  readonly driverVersion: string;
  readonly memoryMiB: number | undefined;
}

/** What nvidia-smi answered; null where there is no such program. */
export type SmiAnswer =
  | { readonly outcome: 'answered'; readonly gpus: readonly SmiGpu[] }
  | { readonly outcome: 'failed'; readonly code: number; readonly meaning: string; readonly message: string }
  | { readonly outcome: 'timed-out'; readonly afterMs: number };

/** nvidia-smi ends with the NVML return value (nvmlReturn_t in nvml.h). */
export const nvmlReturns: Readonly<Record<number, string>> = {
  2: 'invalid argument',
  3: 'not supported',
  4: 'no permission',
  6: 'not found',
  8: 'external power is missing',
  9: 'the driver is not loaded',
  10: 'time-out in the driver',
  12: 'libnvidia-ml was not found',
  13: 'a function is missing from libnvidia-ml',
  14: 'the infoROM is corrupt',
  15: 'the GPU is lost',
  16: 'the GPU needs a reset',
  17: 'the operating system or a cgroup blocks the GPU',
  18: 'library and kernel module have different versions',
};

const command = {
  program: 'nvidia-smi',
  args: ['--query-gpu=index,pci.bus_id,name,driver_version,memory.total', '--format=csv,noheader,nounits'],
  // Without persistence mode the first call wakes every GPU, which takes seconds for each.
  timeoutMs: 30_000,
} as const;

/** `0, 00000000:01:00.0, NVIDIA H200, 570.124.06, 143771`; memory may be `[N/A]`. */
export function parseSmiGpus(text: string): readonly SmiGpu[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(',').map((field) => field.trim());
    const [index, address, name, driverVersion, memory] = fields;
    if (fields.length !== 5 || !index || !/^\d+$/.test(index) || !address || !name || !driverVersion) return [];
    return [{ index: Number(index), address, name, driverVersion, memoryMiB: /^\d+$/.test(memory ?? '') ? Number(memory) : undefined }];
  });
}

/** nvidia-smi's answer, which costs one time-out at most. */
export const nvidiaSmi: Fact<SmiAnswer | null> = {
  name: 'nvidiaSmi',
  async read(host) {
    const answer = await host.ask(command);
    switch (answer.outcome) {
      case 'absent':
        return known(null, 'nvidia-smi');
      case 'timed-out':
        return known({ outcome: 'timed-out', afterMs: answer.afterMs }, 'nvidia-smi');
      case 'unavailable':
        return noFact('nvidia-smi', answer);
      case 'exited': {
        if (answer.code === 0) return known({ outcome: 'answered', gpus: parseSmiGpus(answer.stdout) }, 'nvidia-smi');
        const meaning = nvmlReturns[answer.code] ?? 'an exit code that NVML does not explain';
        const message = firstLine(answer.stdout) || firstLine(answer.stderr);
        return known({ outcome: 'failed', code: answer.code, meaning, message }, 'nvidia-smi');
      }
    }
  },
};
