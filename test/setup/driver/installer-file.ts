import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** What the header of an installer says; what is left out it says rightly. */
export interface Told {
  readonly version?: string;
  readonly architecture?: string;
  readonly md5?: string;
  readonly crc?: string;
  readonly filesizes?: string;
  readonly quote?: string;
  /** NVIDIA counts from the first line after the script. */
  readonly skipsToFirst?: boolean;
}

/** A .run file in the form that makeself gives it, small and harmless. */
export function installerFile(told: Told = {}): Buffer {
  const payload = gzipSync(Buffer.from('what is packed\n'.repeat(5000)));
  const { version = '580.95.05', architecture = 'x86_64', quote = '"', skipsToFirst = false } = told;
  const crc = told.crc ?? spawnSync('cksum', [], { input: payload, encoding: 'utf8' }).stdout.split(' ')[0]!;
  const lines = [
    '#!/bin/sh',
    '# This script was generated using Makeself 2.4.5',
    `CRCsum=${quote}${crc}${quote}`,
    `MD5=${quote}${told.md5 ?? createHash('md5').update(payload).digest('hex')}${quote}`,
    `label="NVIDIA Accelerated Graphics Driver for Linux-${architecture} ${version}"`,
    `targetdir=${quote}NVIDIA-Linux-${architecture}-${version}${quote}`,
    ...(told.filesizes === '' ? [] : [`filesizes=${quote}${told.filesizes ?? payload.length}${quote}`]),
    '',
    'exit 0',
  ];
  lines[7] = `skip=${quote}${lines.length + (skipsToFirst ? 1 : 0)}${quote}`;
  return Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), payload]);
}
