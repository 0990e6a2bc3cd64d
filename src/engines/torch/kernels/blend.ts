import { kernel } from '../kernel.js';

export const blend = kernel<{ a: unknown; b: unknown }, { readonly share: number }>('Blend', (torch, { a, b }, { share }) =>
  torch.call('lerp.Scalar', a, b, share),
);
