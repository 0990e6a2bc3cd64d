import type { LogSoftmaxAttrs, SoftmaxAttrs } from '../../../tf.js';
import { ScalarType } from '../binding.js';
import { kernel } from '../kernel.js';

export const softmax = kernel<{ logits: unknown }, SoftmaxAttrs>('Softmax', (torch, { logits }, { dim }) =>
  torch.call('softmax.int', logits, dim, ScalarType.float32),
);

export const logSoftmax = kernel<{ logits: unknown }, LogSoftmaxAttrs>('LogSoftmax', (torch, { logits }, { axis }) =>
  torch.call('log_softmax.int', logits, axis, ScalarType.float32),
);
