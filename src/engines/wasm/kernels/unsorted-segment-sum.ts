import { type TypedArray, type UnsortedSegmentSumAttrs, type UnsortedSegmentSumInputs, util } from '../../../tf.js';
import { kernelOf, type WasmKernel } from '../memory.js';

/**
 * Sums the rows of x [R, ...] that have the same id into [numSegments, ...]: the gradient of `gather`.
 * A row whose id is outside of the segments is left out, as everywhere in TensorFlow.
 */
export const unsortedSegmentSum: WasmKernel = {
  name: 'UnsortedSegmentSum',
  make: () =>
    kernelOf<UnsortedSegmentSumInputs, UnsortedSegmentSumAttrs>(({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }) => {
      const rest = x.shape.slice(segmentIds.shape.length);
      const width = util.sizeFromShape(rest);
      const out = backend.makeOutput([numSegments, ...rest], x.dtype === 'bool' ? 'int32' : x.dtype);
      const sums: TypedArray = backend.typedArrayFromHeap(out);
      const rows: TypedArray = backend.typedArrayFromHeap(x);
      const ids: TypedArray = backend.typedArrayFromHeap(segmentIds);
      sums.fill(0);
      for (let row = 0; row < ids.length; row++) {
        const id = ids[row]!;
        if (id < 0 || id >= numSegments) continue;
        const [from, to] = [row * width, id * width];
        for (let i = 0; i < width; i++) sums[to + i]! += rows[from + i]!;
      }
      return out;
    }),
};
