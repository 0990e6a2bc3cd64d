import type { _FusedMatMulAttrs, BatchMatMulAttrs } from '../../../tf.js';
import { activate } from '../activation.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';

/** A factor in the precision that is multiplied in, transposed by a view. */
function factor(torch: TorchBackend, x: Operand, transposed: boolean): Handle | Operand {
  const reduced = torch.reduced(x);
  return transposed ? torch.call('transpose.int', reduced, -2, -1) : reduced;
}

export const batchMatMul = kernel<{ a: unknown; b: unknown }, BatchMatMulAttrs>(
  'BatchMatMul',
  (torch, { a, b }, { transposeA, transposeB }) => {
    if (a.shape.length < 2 || b.shape.length < 2) throw new Error(`[${a.shape}] and [${b.shape}] are not both matrices`);
    const operator = a.shape.length === 2 && b.shape.length === 2 ? 'mm' : 'matmul';
    return torch.call(operator, factor(torch, a, transposeA), factor(torch, b, transposeB));
  },
);

export const fusedMatMul = kernel<{ a: unknown; b: unknown; bias: unknown; preluActivationWeights: unknown }, _FusedMatMulAttrs>(
  '_FusedMatMul',
  (torch, { a, b, bias, preluActivationWeights }, { transposeA, transposeB, ...activation }) => {
    const left = factor(torch, a, transposeA);
    const right = factor(torch, b, transposeB);
    const flat = a.shape.length === 2 && b.shape.length === 2;
    const product =
      flat && bias?.shape.length === 1
        ? torch.call('addmm', torch.reduced(bias), left, right)
        : torch.call(flat ? 'mm' : 'matmul', left, right);
    const sum = bias && !(flat && bias.shape.length === 1) ? torch.call('add.Tensor', product, bias) : product;
    return activate(torch, sum, activation, preluActivationWeights);
  },
);
