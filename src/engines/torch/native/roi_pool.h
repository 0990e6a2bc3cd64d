// RoI max pooling: src/ops/roi-pool.ts says what it computes.
#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

namespace gpu_setup {

// features [B, H, W, C], boxes [N, 4] in pixels, boxIndices [N] int32: the maxima [N, size, size, C], and the cells that they came from
// (row * W + column, -1 for an empty bin), int32 of the same shape. A box whose index is no picture pools zeros.
std::tuple<at::Tensor, at::Tensor> roiPool(const at::Tensor& features, const at::Tensor& boxes, const at::Tensor& boxIndices, int64_t size, double scale);

// dy and argmax [N, size, size, C] to [batch, height, width, C].
at::Tensor roiPoolGrad(const at::Tensor& dy, const at::Tensor& argmax, const at::Tensor& boxIndices, int64_t batch, int64_t height, int64_t width);

}  // namespace gpu_setup
