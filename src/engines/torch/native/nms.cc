#include "nms.h"

#include "errors.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

namespace gpu_setup {

namespace {

// In double precision, as the reference is: whether a box stays may depend on the last bit.
double iou(const float* a, const float* b) {
  const double width = std::min<double>(a[2], b[2]) - std::max<double>(a[0], b[0]);
  const double height = std::min<double>(a[3], b[3]) - std::max<double>(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const double both = width * height;
  const auto area = [](const float* box) { return (static_cast<double>(box[2]) - box[0]) * (static_cast<double>(box[3]) - box[1]); };
  return both / (area(a) + area(b) - both);
}

}  // namespace

at::Tensor batchedNms(const at::Tensor& boxes, const at::Tensor& scores, const at::Tensor& classes, double threshold, int64_t limit) {
  if (boxes.dim() != 2 || boxes.size(1) != 4) throw Failure("boxes [N, 4] are wanted");
  const int64_t count = boxes.size(0);
  if (scores.numel() != count || classes.numel() != count) throw Failure("every box wants a score and a class");
  // One box after the other: on the processor, wherever they come from.
  const at::Tensor places = boxes.to(at::kCPU, at::kFloat).contiguous(), values = scores.to(at::kCPU, at::kFloat).contiguous(),
                   labels = classes.to(at::kCPU, at::kInt).contiguous();
  const float *xyxy = places.data_ptr<float>(), *score = values.data_ptr<float>();
  const int32_t* label = labels.data_ptr<int32_t>();

  // NaN goes last: an order that contradicts itself would be undefined.
  std::vector<int32_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return score[a] > score[b] || (score[b] != score[b] && score[a] == score[a]); });

  std::map<int32_t, std::vector<int32_t>> keptOf;
  std::vector<int32_t> kept;
  for (const int32_t candidate : order) {
    if (static_cast<int64_t>(kept.size()) >= limit) break;
    auto& better = keptOf[label[candidate]];
    const bool stays = std::all_of(better.begin(), better.end(), [&](int32_t other) { return iou(xyxy + 4 * candidate, xyxy + 4 * other) <= threshold; });
    if (!stays) continue;
    better.push_back(candidate);
    kept.push_back(candidate);
  }
  at::Tensor indices = at::empty({static_cast<int64_t>(kept.size())}, places.options().dtype(at::kInt));
  std::copy(kept.begin(), kept.end(), indices.data_ptr<int32_t>());
  return indices.to(boxes.device());
}

}  // namespace gpu_setup
