import type { FlipLeftRightInputs, MirrorPadAttrs, MirrorPadInputs, ReverseAttrs, ReverseInputs } from '../../../tf.js';
import { util } from '../../../tf.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';

export const reverse = kernel<ReverseInputs, ReverseAttrs>('Reverse', (torch, { x }, { dims }) =>
  x.shape.length === 0 ? torch.share(x) : torch.call('flip', x, util.parseAxisParam(dims, x.shape)),
);

export const flipLeftRight = kernel<FlipLeftRightInputs>('FlipLeftRight', (torch, { image }) => torch.call('flip', image, [2]));

/** Along every axis, which libtorch's own padding does for the last three and only without the edge. */
export const mirrorPad = kernel<MirrorPadInputs, MirrorPadAttrs>('MirrorPad', (torch, { x }, { paddings, mode }) => {
  const edge = mode === 'reflect' ? 0 : 1;
  const made = paddings.reduce<Operand | Handle>((so, [before, after], axis) => {
    if (before === 0 && after === 0) return so;
    const length = x.shape[axis]!;
    const mirrored = (at: number) => (at < 0 ? -at - edge : at >= length ? 2 * (length - 1) - at + edge : at);
    const places = Array.from({ length: before + length + after }, (_, i) => mirrored(i - before));
    return torch.call('index_select', so, axis, torch.constant(places, 'int32'));
  }, x);
  return made === x ? torch.share(x) : (made as Handle);
});
