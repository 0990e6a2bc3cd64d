import type {
  BroadCastToAttrs,
  BroadcastArgsInputs,
  BroadcastToInputs,
  ExpandDimsAttrs,
  IdentityInputs,
  ReshapeAttrs,
  TileAttrs,
  TransposeAttrs,
} from '../../../tf.js';
import { backend_util, util } from '../../../tf.js';
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

export const broadcastTo = kernel<BroadcastToInputs, BroadCastToAttrs>('BroadcastTo', (torch, { x }, { shape }) =>
  torch.call('clone', torch.call('expand', x, shape)),
);

/** The shape that two shapes broadcast to. It hangs on their values, so JavaScript reckons it. */
export const broadcastArgs = kernel<BroadcastArgsInputs>('BroadcastArgs', (torch, { s0, s1 }) => {
  const [a, b] = [Array.from(torch.numbersOf(s0)), Array.from(torch.numbersOf(s1))];
  return torch.constant(backend_util.assertAndGetBroadcastShape(a, b), 'int32');
});
