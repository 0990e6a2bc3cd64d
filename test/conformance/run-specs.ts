import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Engine } from '../../src/engines/engine.js';
import type { Exclusions } from './exclusions.js';

export interface Failure {
  readonly spec: string;
  readonly message: string;
}
export interface Conformance {
  readonly passed: number;
  readonly failed: readonly Failure[];
  readonly excluded: number;
  /** Excluded names that no spec has. */
  readonly unknown: readonly string[];
}

/** The parts of jasmine 4.2 that we use; it brings no types. */
interface Jasmine {
  readonly env: { configure(options: object): void; addReporter(reporter: object): void; execute(): Promise<unknown> };
}

/** Runs TensorFlow.js' conformance specs on an engine in this process, which is good for nothing else afterwards. */
export async function runSpecs(engine: Engine, exclusions: Exclusions): Promise<Conformance> {
  await engine.activate();
  (globalThis as { [key: symbol]: unknown })[Symbol.for('gpu-setup.conformance')] = engine.name;
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  const bundle = join(folder, 'specs.cjs');
  try {
    await build({
      entryPoints: [fileURLToPath(new URL('specs.mjs', import.meta.url))],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      // Specs register themselves when they are loaded, which the packages call free of side effects.
      ignoreAnnotations: true,
      external: ['jasmine-core/*', 'jasmine-core'],
      logLevel: 'error',
    });
    const require = createRequire(import.meta.url);
    const JasmineRunner = require('jasmine') as new () => Jasmine;
    const jasmine = new JasmineRunner();
    // What kernels print for a spec that is to fail would drown the result.
    const { warn, error, log } = console;
    Object.assign(console, { warn: nothing, error: nothing, log: nothing });
    loadFrom(bundle, require);

    const met = new Set<string>();
    const failed: Failure[] = [];
    let [passed, excluded] = [0, 0];
    jasmine.env.configure({
      random: false,
      specFilter: (spec: { getFullName(): string }) => {
        const name = spec.getFullName();
        // Browsers' workers alone.
        if (name.includes('computation in worker')) return false;
        if (!exclusions.has(name)) return true;
        met.add(name);
        excluded += 1;
        return false;
      },
    });
    jasmine.env.addReporter({
      specDone: ({
        status,
        fullName,
        failedExpectations,
      }: {
        status: string;
        fullName: string;
        failedExpectations: { message: string }[];
      }) => {
        if (status === 'passed') passed += 1;
        if (status === 'failed')
          failed.push({ spec: fullName, message: failedExpectations[0]?.message.split('\n').slice(0, 2).join(' ') ?? '' });
      },
    });
    try {
      await jasmine.env.execute();
    } finally {
      Object.assign(console, { warn, error, log });
    }
    return { passed, failed, excluded, unknown: [...exclusions.keys()].filter((name) => !met.has(name)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const nothing = () => undefined;

/** Evaluates a CommonJS file as if it lay here, so that what it leaves external is found. */
function loadFrom(file: string, require: NodeJS.Require): void {
  const run = new Function('require', 'module', 'exports', readFileSync(file, 'utf8'));
  const module = { exports: {} };
  run(require, module, module.exports);
}
