import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastWords } from './install/tool.js';
import type { Environment } from './settings.js';
import type { Manifest as TensorflowManifest } from './tensorflow/manifest.js';
import type { Manifest as TorchManifest } from './torch/manifest.js';

/** What the child is asked. */
export type ProbeRequest =
  | { readonly engine: 'wasm' }
  | { readonly engine: 'tensorflow'; readonly folder: string; readonly manifest: TensorflowManifest; readonly logLevel: string }
  | { readonly engine: 'torch'; readonly manifest: TorchManifest };
export type Probed =
  | {
      readonly works: true;
      readonly version: string;
      readonly gpu: boolean;
      /** What the engine's allocator says after the convolution; what ends in `ytes` is bytes, else a count. */
      readonly memory: Readonly<Record<string, number>>;
    }
  | { readonly works: false; readonly why: string };

/** A library that hangs while loading costs this, and never the program. */
const timeoutMs = 60_000;

export interface ProbeOptions {
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** Loads an engine in a child process and runs a convolution there: a crash or a hang stays there. */
export async function probe(request: ProbeRequest, { env, signal }: ProbeOptions): Promise<Probed> {
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
      child.send(request);
    });
    signal.throwIfAborted();
    if (timedOut) return { works: false, why: `loading it did not end within ${timeoutMs / 1000} s` };
    const words = lastWords(said.join(''));
    return answer ?? { works: false, why: words ? `${how}: ${words}` : how };
  } finally {
    clearTimeout(timer);
  }
}
