#include "roi_pool.h"

#include "errors.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>

namespace gpu_setup {

namespace {

struct Bins {
  float side;
  int64_t start;
  int64_t length;
  // In single precision: whether a bin ends at a cell or in the next depends on it.
  Bins(float low, float high, float scale, int64_t size, int64_t cells) : length(cells) {
    start = static_cast<int64_t>(std::round(low * scale));
    const int64_t covered = std::max<int64_t>(static_cast<int64_t>(std::round(high * scale)) - start + 1, 1);
    side = static_cast<float>(covered) / static_cast<float>(size);
  }
  int64_t inside(int64_t cell) const { return std::min(std::max<int64_t>(cell + start, 0), length); }
  int64_t first(int64_t bin) const { return inside(static_cast<int64_t>(std::floor(static_cast<float>(bin) * side))); }
  int64_t end(int64_t bin) const { return inside(static_cast<int64_t>(std::ceil(static_cast<float>(bin + 1) * side))); }
};

}  // namespace

std::tuple<at::Tensor, at::Tensor> roiPool(const at::Tensor& features, const at::Tensor& boxes, const at::Tensor& boxIndices, int64_t size, double scale) {
  if (features.dim() != 4 || boxes.dim() != 2 || boxes.size(1) != 4) throw Failure("a map [B, H, W, C] and boxes [N, 4] are wanted");
  if (boxIndices.numel() != boxes.size(0)) throw Failure("every box wants the index of its picture");
  if (size < 1) throw Failure("size is at least 1");
  const int64_t count = boxes.size(0), batch = features.size(0), height = features.size(1), width = features.size(2), channels = features.size(3);
  // libtorch has no pooling of boxes for a device: the values come over.
  const at::Tensor map = features.to(at::kCPU, at::kFloat).contiguous(), places = boxes.to(at::kCPU, at::kFloat).contiguous(),
                   pictures = boxIndices.to(at::kCPU, at::kInt).contiguous();
  at::Tensor pooled = at::zeros({count, size, size, channels}, map.options());
  at::Tensor argmax = at::empty({count, size, size, channels}, map.options().dtype(at::kInt)).fill_(-1);
  const float *from = map.data_ptr<float>(), *xyxy = places.data_ptr<float>();
  const int32_t* picture = pictures.data_ptr<int32_t>();
  float* maxima = pooled.data_ptr<float>();
  int32_t* cells = argmax.data_ptr<int32_t>();
  at::parallel_for(0, count, 4, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; n++) {
      if (picture[n] < 0 || picture[n] >= batch) continue;
      const Bins columns(xyxy[4 * n], xyxy[4 * n + 2], static_cast<float>(scale), size, width);
      const Bins rows(xyxy[4 * n + 1], xyxy[4 * n + 3], static_cast<float>(scale), size, height);
      const float* source = from + picture[n] * height * width * channels;
      for (int64_t p = 0; p < size; p++) {
        for (int64_t q = 0; q < size; q++) {
          const int64_t to = ((n * size + p) * size + q) * channels;
          for (int64_t y = rows.first(p); y < rows.end(p); y++) {
            for (int64_t x = columns.first(q); x < columns.end(q); x++) {
              const float* values = source + (y * width + x) * channels;
              const auto cell = static_cast<int32_t>(y * width + x);
              for (int64_t c = 0; c < channels; c++) {
                const bool wins = cells[to + c] < 0 || values[c] > maxima[to + c];
                maxima[to + c] = wins ? values[c] : maxima[to + c];
                cells[to + c] = wins ? cell : cells[to + c];
              }
            }
          }
        }
      }
    }
  });
  return {pooled.to(features.device()), argmax.to(features.device())};
}

at::Tensor roiPoolGrad(const at::Tensor& dy, const at::Tensor& argmax, const at::Tensor& boxIndices, int64_t batch, int64_t height, int64_t width) {
  if (dy.dim() != 4 || dy.sizes() != argmax.sizes()) throw Failure("a gradient and its cells [N, P, P, C] are wanted");
  if (boxIndices.numel() != dy.size(0)) throw Failure("every box wants the index of its picture");
  const int64_t count = dy.size(0), bins = dy.size(1) * dy.size(2), channels = dy.size(3), area = height * width;
  const at::Tensor flowing = dy.to(at::kCPU, at::kFloat).contiguous(), places = argmax.to(at::kCPU, at::kInt).contiguous(),
                   pictures = boxIndices.to(at::kCPU, at::kInt).contiguous();
  at::Tensor gathered = at::zeros({batch, height, width, channels}, flowing.options());
  const float* from = flowing.data_ptr<float>();
  const int32_t *cells = places.data_ptr<int32_t>(), *picture = pictures.data_ptr<int32_t>();
  float* to = gathered.data_ptr<float>();
  // Boxes overlap, so threads share out the channels: no two write one value, and the order of sums stays.
  constexpr int64_t block = 16;
  at::parallel_for(0, (channels + block - 1) / block, 1, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * block, last = std::min(end * block, channels);
    for (int64_t n = 0; n < count; n++) {
      if (picture[n] < 0 || picture[n] >= batch) continue;
      float* map = to + picture[n] * area * channels;
      for (int64_t bin = 0; bin < bins; bin++) {
        const int64_t at = (n * bins + bin) * channels;
        for (int64_t c = first; c < last; c++)
          if (cells[at + c] >= 0 && cells[at + c] < area) map[cells[at + c] * channels + c] += from[at + c];
      }
    }
  });
  return gathered.to(dy.device());
}

}  // namespace gpu_setup
