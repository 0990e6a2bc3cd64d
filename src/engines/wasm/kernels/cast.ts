import type { CastAttrs, CastInputs, TensorInfo } from '../../../tf.js';
import { kernelOf, type WasmKernel } from '../memory.js';

/** Another type; upstream's copies where the type stays, and keeps a number that becomes a truth value, so that true is not 1. */
export const cast: WasmKernel = {
  name: 'Cast',
  make: (upstream) => {
    if (!upstream) throw new Error('The wasm backend has no kernel `Cast` to build upon');
    return kernelOf<CastInputs, CastAttrs>(({ inputs: { x }, attrs: { dtype }, backend }) => {
      if (x.dtype === dtype) {
        backend.incRef(x.dataId);
        return { dataId: x.dataId, shape: x.shape, dtype };
      }
      if (dtype !== 'bool') return upstream({ inputs: { x }, attrs: { dtype }, backend }) as TensorInfo;
      const out = backend.makeOutput(x.shape, dtype);
      const from = backend.typedArrayFromHeap(x);
      const to = backend.typedArrayFromHeap(out);
      for (let i = 0; i < to.length; i++) to[i] = from[i] === 0 ? 0 : 1;
      return out;
    });
  },
};
