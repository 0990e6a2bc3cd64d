/** Where in the engine's folder npm installs. */
export const packageFolder = 'package';

/** Under this symbol `globalThis` has the TensorFlow.js that tfjs-node's kernels shall use: ours. */
export const sharedTfjs = Symbol.for('gpu-setup.tfjs');

/** A package that stands in for `@tensorflow/tfjs` (275 MB with its parts): it answers with the copy that this program carries. */
export const tfjsShim: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: '@tensorflow/tfjs', version: '4.22.0', main: 'index.js', license: 'MIT' }, null, 2)}\n`,
  'index.js': `'use strict';
const tfjs = globalThis[Symbol.for('gpu-setup.tfjs')];
if (!tfjs) throw new Error('Only gpu-setup can load this folder: it hands in TensorFlow.js');
module.exports = tfjs;
`,
};

/** A package with nothing in it, for the dependencies that only tfjs-node's download script and its parts that we do not load need. */
export const emptyPackage: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'not-needed', version: '1.0.0', main: 'index.js', license: 'MIT' }, null, 2)}\n`,
  'index.js': "'use strict';\n",
};
