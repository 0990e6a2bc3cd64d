import type { TorchBackend } from './backend.js';
import type { Handle } from './binding.js';
import type { Operand } from './kernel.js';

/** [B, H, W, C] as libtorch sees pictures, [B, C, H, W]: a view whose memory is channels-last, which its kernels take as it is. */
export const channelsFirst = (torch: TorchBackend, image: Operand | Handle): Handle => torch.call('permute', image, [0, 3, 1, 2]);

/** A gradient in the type of what it is the gradient of: with bf16 a map is stored in it while its gradient may come as float32, or the reverse. */
export const typedAs = (torch: TorchBackend, dy: Operand, x: Operand): Handle => torch.call('type_as', dy, x);

/** The way back; of a channels-last tensor a contiguous one. */
export const channelsLast = (torch: TorchBackend, image: Handle): Handle => torch.call('permute', image, [0, 2, 3, 1]);
