import { readdirSync } from 'node:fs';
import t from 'tap';
import { wasmKernels } from '../../../src/engines/wasm/kernels/index.js';
import type { WasmKernel } from '../../../src/engines/wasm/memory.js';

const folder = new URL('../../../src/engines/wasm/kernels/', import.meta.url);

const isKernel = (value: unknown): value is WasmKernel => typeof value === 'object' && value !== null && 'name' in value && 'make' in value;

t.test('every kernel that a file of the folder exports is in the list, once', async (t) => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'index.ts');
  const exported = await Promise.all(
    files.map(async (file) => Object.values((await import(new URL(file, folder).href)) as object).filter(isKernel)),
  );
  const names = exported.flat().map(({ name }) => name);
  t.ok(names.length > 0);
  t.same(wasmKernels.map(({ name }) => name).sort(), names.sort());
});
