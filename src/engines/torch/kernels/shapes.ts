import type { ExpandDimsAttrs, IdentityInputs, ReshapeAttrs, TileAttrs, TransposeAttrs } from '../../../tf.js';
import { util } from '../../../tf.js';
import { kernel } from '../kernel.js';

export const identity = kernel<IdentityInputs>('Identity', (torch, { x }) => torch.share(x), { takesStrings: true });

export const reshape = kernel<{ x: unknown }, ReshapeAttrs>(
  'Reshape',
  (torch, { x }, { shape }) => {
    const full = util.inferFromImplicitShape(shape, util.sizeFromShape(x.shape));
    if (util.sizeFromShape(full) !== util.sizeFromShape(x.shape)) throw new Error(`[${x.shape}] cannot become [${full}]`);
    return torch.share(x, full);
  },
  { takesStrings: true },
);

export const expandDims = kernel<{ input: unknown }, ExpandDimsAttrs>(
  'ExpandDims',
  (torch, { input }, { dim }) => {
    const { shape } = input;
    if (dim < -(shape.length + 1) || dim > shape.length)
      throw new Error(`dimension ${dim} is not in [${-(shape.length + 1)}, ${shape.length}]`);
    return torch.share(input, shape.toSpliced(dim < 0 ? shape.length + 1 + dim : dim, 0, 1));
  },
  { takesStrings: true },
);

export const transpose = kernel<{ x: unknown }, TransposeAttrs>('Transpose', (torch, { x }, { perm }) => torch.call('permute', x, perm));

export const tile = kernel<{ x: unknown }, TileAttrs>('Tile', (torch, { x }, { reps }) => torch.call('repeat', x, reps));
