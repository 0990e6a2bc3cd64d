import type { MaxPoolAttrs, MaxPoolInputs } from '../../../tf.js';
import { callKernel, kernelOf, type WasmKernel } from '../memory.js';

/** Windows of one cell, which only skip cells: upstream's library refuses them, and the kernel leaves its output as it found it. */
export const maxPool: WasmKernel = {
  name: 'MaxPool',
  make: (upstream) => {
    if (!upstream) throw new Error('The wasm backend has no kernel `MaxPool` to build upon');
    return kernelOf<MaxPoolInputs, MaxPoolAttrs>((call) => {
      const { inputs, attrs, backend } = call;
      const { filterSize, strides, pad } = attrs;
      const [filterHeight, filterWidth] = pair(filterSize);
      if (filterHeight !== 1 || filterWidth !== 1 || (pad !== 'same' && pad !== 'valid' && pad !== 0)) {
        return upstream(call as unknown as Parameters<typeof upstream>[0]) as ReturnType<typeof callKernel>;
      }
      const [down, across] = pair(strides);
      return callKernel(
        backend,
        'StridedSlice',
        { x: inputs.x },
        {
          begin: [0, 0, 0, 0],
          end: [...inputs.x.shape],
          strides: [1, down, across, 1],
          beginMask: 0,
          endMask: 0,
          ellipsisMask: 0,
          newAxisMask: 0,
          shrinkAxisMask: 0,
        },
      );
    });
  },
};

const pair = (value: number | [number, number]): [number, number] => (typeof value === 'number' ? [value, value] : value);
