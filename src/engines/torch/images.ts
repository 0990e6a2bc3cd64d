import type { TorchBackend } from './backend.js';
import type { Handle } from './binding.js';
import type { Operand } from './kernel.js';

/** [B, H, W, C] as libtorch sees pictures, [B, C, H, W]: a view whose memory is channels-last, which its kernels take as it is. */
export const channelsFirst = (torch: TorchBackend, image: Operand | Handle): Handle => torch.call('permute', image, [0, 3, 1, 2]);

/** The way back; of a channels-last tensor a contiguous one. */
export const channelsLast = (torch: TorchBackend, image: Handle): Handle => torch.call('permute', image, [0, 2, 3, 1]);
