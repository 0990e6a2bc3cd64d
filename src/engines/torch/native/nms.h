// Greedy non-maximum suppression within each class: src/ops/batched-nms.ts says what it computes.
#pragma once

#include <ATen/core/Tensor.h>

namespace gpu_setup {

// boxes [N, 4] (x1 y1 x2 y2), scores [N], classes [N] int32: indices [K] int32 of those that stay, the best first.
at::Tensor batchedNms(const at::Tensor& boxes, const at::Tensor& scores, const at::Tensor& classes, double threshold, int64_t limit);

}  // namespace gpu_setup
