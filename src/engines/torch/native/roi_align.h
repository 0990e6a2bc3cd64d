// RoIAlign, half-pixel aligned: src/ops/roi-align.ts says what it computes.
#pragma once

#include <ATen/core/Tensor.h>

namespace gpu_setup {

// features [B, H, W, C], boxes [N, 4] in pixels, boxIndices [N] int32: [N, size, size, C]. A box whose index is no picture pools zeros.
at::Tensor roiAlign(const at::Tensor& features, const at::Tensor& boxes, const at::Tensor& boxIndices, int64_t size, double scale, int64_t samples);

// dy [N, size, size, C] to [batch, height, width, C].
at::Tensor roiAlignGrad(
    const at::Tensor& dy,
    const at::Tensor& boxes,
    const at::Tensor& boxIndices,
    int64_t size,
    double scale,
    int64_t samples,
    int64_t batch,
    int64_t height,
    int64_t width);

}  // namespace gpu_setup
