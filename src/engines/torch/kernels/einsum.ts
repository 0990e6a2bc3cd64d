import type { EinsumAttrs } from '../../../tf.js';
import { backend_util } from '../../../tf.js';
import { kernel, type Operand } from '../kernel.js';

/** Checked as everywhere in TensorFlow.js: one or two tensors, and no axis twice in one of them. */
export const einsum = kernel<Operand[], EinsumAttrs>(
  'Einsum',
  (torch, inputs, { equation }) => {
    const tensors = inputs as unknown as Operand[];
    const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, tensors.length);
    backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as never);
    return torch.call(
      'einsum',
      equation,
      tensors.map((tensor) => torch.plain(tensor)),
    );
  },
  { saysItself: true },
);
