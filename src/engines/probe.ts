import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from './settings.js';
import type { Manifest } from './tensorflow/manifest.js';

/** What the child is asked, as its one argument. */
export interface ProbeRequest {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly logLevel: string;
}
export type Probed =
  | { readonly works: true; readonly version: string; readonly gpu: boolean }
  | { readonly works: false; readonly why: string };

/** A library that hangs while loading costs this, and never the program. */
const timeoutMs = 60_000;

/** Loads the `tensorflow` engine in a child process and runs a convolution there: a crash or a hang stays there. */
export async function probe(request: ProbeRequest & { readonly env: Environment; readonly signal: AbortSignal }): Promise<Probed> {
  const { folder, manifest, logLevel, env, signal } = request;
  signal.throwIfAborted();
  const child = fork(new URL(`./probe-child${extname(fileURLToPath(import.meta.url))}`, import.meta.url), [], {
    env: { ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });
  let answer: Probed | undefined;
  let timedOut = false;
  const said: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  child.on('message', (message) => {
    answer = message as Probed;
  });
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  try {
    const how = await new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, killer) => resolve(killer ? `it was ended by ${killer}` : `it ended with exit code ${code}`));
      child.send({ folder, manifest, logLevel } satisfies ProbeRequest);
    });
    signal.throwIfAborted();
    if (timedOut) return { works: false, why: `loading it did not end within ${timeoutMs / 1000} s` };
    const lines = said
      .join('')
      .trim()
      .split('\n')
      .filter((line) => line !== '');
    return answer ?? { works: false, why: [how, ...lines.slice(-2)].join(': ') };
  } finally {
    clearTimeout(timer);
  }
}
