import type { ComplexInputs, RealInputs } from '../../../tf.js';
import { kernel } from '../kernel.js';

export const complex = kernel<ComplexInputs>('Complex', (torch, { real, imag }) =>
  torch.call('complex', torch.cast(real, 'float32'), torch.cast(imag, 'float32')),
);

/** A copy: a view would keep the other half in memory. */
export const real = kernel<RealInputs>('Real', (torch, { input }) => torch.call('clone', torch.call('real', input)));
export const imag = kernel<RealInputs>('Imag', (torch, { input }) => torch.call('clone', torch.call('imag', input)));

/** Along the last dimension. */
export const fft = kernel<RealInputs>('FFT', (torch, { input }) => torch.call('fft_fft', input));
export const ifft = kernel<RealInputs>('IFFT', (torch, { input }) => torch.call('fft_ifft', input));
