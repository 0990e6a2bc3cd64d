#include "roi_align.h"

#include "errors.h"
#include "vectorised.h"

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace gpu_setup {

namespace {

// A sample's two neighbours along one axis, and their shares. One that lies more than a cell outside has none.
struct Neighbours {
  int64_t low = 0;
  int64_t high = 0;
  float lowShare = 0;
  float highShare = 0;
};

Neighbours neighboursOf(float place, int64_t length) {
  if (!(place >= -1 && place <= static_cast<float>(length))) return {};
  const float clamped = std::min(std::max(place, 0.f), static_cast<float>(length - 1));
  const auto low = static_cast<int64_t>(clamped);
  const float fraction = clamped - static_cast<float>(low);
  return {low, std::min(low + 1, length - 1), 1 - fraction, fraction};
}

// All samples of one box along one axis, `size * samples` of them.
void sampleAxis(float from, float to, float scale, int64_t size, int64_t samples, int64_t length, Neighbours* out) {
  const float start = from * scale - 0.5f;
  const float bin = (to * scale - 0.5f - start) / static_cast<float>(size);
  for (int64_t p = 0; p < size; p++)
    for (int64_t s = 0; s < samples; s++)
      out[p * samples + s] = neighboursOf(start + (static_cast<float>(p) + (static_cast<float>(s) + 0.5f) / static_cast<float>(samples)) * bin, length);
}

// One cell of the map that a bin reads, and its weight.
struct Tap {
  int64_t cell;
  float weight;
};

// The cells of bin (p, q), each once: neighbouring samples share cells. `taps` holds 4 * samples * samples.
int64_t tapsOf(const Neighbours* rows, const Neighbours* columns, int64_t samples, int64_t width, float share, Tap* taps) {
  int64_t count = 0;
  const auto add = [&](int64_t y, int64_t x, float weight) {
    if (weight == 0) return;
    const int64_t cell = y * width + x;
    for (int64_t t = 0; t < count; t++) {
      if (taps[t].cell != cell) continue;
      taps[t].weight += weight;
      return;
    }
    taps[count++] = {cell, weight};
  };
  for (int64_t i = 0; i < samples; i++) {
    for (int64_t j = 0; j < samples; j++) {
      const Neighbours& row = rows[i];
      const Neighbours& column = columns[j];
      add(row.low, column.low, row.lowShare * column.lowShare * share);
      add(row.low, column.high, row.lowShare * column.highShare * share);
      add(row.high, column.low, row.highShare * column.lowShare * share);
      add(row.high, column.high, row.highShare * column.highShare * share);
    }
  }
  return count;
}

GPU_SETUP_VECTORISED void gatherTaps(const float* map, const Tap* taps, int64_t count, int64_t channels, float* out) {
  for (int64_t c = 0; c < channels; c++) out[c] = 0;
  for (int64_t t = 0; t < count; t++) {
    const float* from = map + taps[t].cell * channels;
    const float weight = taps[t].weight;
    for (int64_t c = 0; c < channels; c++) out[c] += weight * from[c];
  }
}

GPU_SETUP_VECTORISED void scatterTaps(const float* from, const Tap* taps, int64_t count, int64_t stride, int64_t begin, int64_t end, float* map) {
  for (int64_t t = 0; t < count; t++) {
    float* to = map + taps[t].cell * stride;
    const float weight = taps[t].weight;
    for (int64_t c = begin; c < end; c++) to[c] += weight * from[c];
  }
}

struct Rois {
  const float* boxes;
  const int32_t* pictures;
  int64_t count;
  int64_t size;
  float scale;
  int64_t samples;
  int64_t batch;
  int64_t height;
  int64_t width;
};

// Calls `visit(roi, bin, taps, count)` for the bins of boxes [begin, end).
template <class Visit>
void eachBin(const Rois& rois, int64_t begin, int64_t end, Visit visit) {
  const int64_t along = rois.size * rois.samples;
  std::vector<Neighbours> rows(along), columns(along);
  std::vector<Tap> taps(4 * rois.samples * rois.samples);
  const float share = 1.f / static_cast<float>(rois.samples * rois.samples);
  for (int64_t n = begin; n < end; n++) {
    const float* box = rois.boxes + 4 * n;
    sampleAxis(box[0], box[2], rois.scale, rois.size, rois.samples, rois.width, columns.data());
    sampleAxis(box[1], box[3], rois.scale, rois.size, rois.samples, rois.height, rows.data());
    const bool known = rois.pictures[n] >= 0 && rois.pictures[n] < rois.batch;
    for (int64_t p = 0; p < rois.size; p++) {
      for (int64_t q = 0; q < rois.size; q++) {
        const int64_t count =
            known ? tapsOf(rows.data() + p * rois.samples, columns.data() + q * rois.samples, rois.samples, rois.width, share, taps.data()) : 0;
        visit(n, p * rois.size + q, taps.data(), count);
      }
    }
  }
}

at::Tensor plain(const at::Tensor& tensor, at::ScalarType type) { return tensor.to(type).contiguous(); }

void checkShapes(const at::Tensor& pooled, int64_t rank, const at::Tensor& boxes, const at::Tensor& boxIndices, int64_t size, int64_t samples) {
  if (pooled.dim() != rank || boxes.dim() != 2 || boxes.size(1) != 4) throw Failure("a map [B, H, W, C] and boxes [N, 4] are wanted");
  if (boxIndices.numel() != boxes.size(0)) throw Failure("every box wants the index of its picture");
  if (size < 1 || samples < 1) throw Failure("size and samples are at least 1");
}

// On devices other than the processor: the same weights as dense matrices per box, [N, size, length].
at::Tensor axisWeights(const at::Tensor& from, const at::Tensor& to, int64_t size, double scale, int64_t samples, int64_t length) {
  const auto options = from.options();
  const at::Tensor start = from.mul(scale).sub(0.5).unsqueeze(1);
  const at::Tensor bin = to.mul(scale).sub(0.5).unsqueeze(1).sub(start).div(static_cast<double>(size));
  const at::Tensor at = at::arange(size * samples, options).add(0.5).div(static_cast<double>(samples)).unsqueeze(0);
  const at::Tensor place = start.add(bin.mul(at));
  const at::Tensor inside = place.ge(-1).logical_and(place.le(static_cast<double>(length))).to(options.dtype());
  const at::Tensor clamped = place.clamp(0, static_cast<double>(length - 1)).unsqueeze(2);
  const at::Tensor cells = at::arange(length, options).view({1, 1, length});
  // A cell's share of a sample falls off linearly to zero at the next cell.
  const at::Tensor shares = clamped.sub(cells).abs().neg().add(1).clamp_min(0).mul(inside.unsqueeze(2));
  return shares.view({from.size(0), size, samples, length}).mean(2);
}

}  // namespace

at::Tensor roiAlign(const at::Tensor& features, const at::Tensor& boxes, const at::Tensor& boxIndices, int64_t size, double scale, int64_t samples) {
  checkShapes(features, 4, boxes, boxIndices, size, samples);
  const int64_t count = boxes.size(0), batch = features.size(0), height = features.size(1), width = features.size(2), channels = features.size(3);
  if (!features.is_cpu()) {
    const at::Tensor places = boxes.to(at::kFloat);
    const at::Tensor rows = axisWeights(places.select(1, 1), places.select(1, 3), size, scale, samples, height);
    const at::Tensor columns = axisWeights(places.select(1, 0), places.select(1, 2), size, scale, samples, width);
    at::Tensor pooled = at::zeros({count, size, size, channels}, features.options().dtype(at::kFloat));
    for (int64_t b = 0; b < batch; b++) {
      const at::Tensor here = boxIndices.eq(b).nonzero().squeeze(1);
      if (here.numel() == 0) continue;
      // [n, P, H] x [H, W * C], then [n, P, W] x [n, P, W, C].
      const at::Tensor map = features.select(0, b).to(at::kFloat);
      const at::Tensor tall = rows.index_select(0, here).matmul(map.reshape({height, width * channels})).view({-1, size, width, channels});
      pooled.index_copy_(0, here, columns.index_select(0, here).unsqueeze(1).matmul(tall));
    }
    return pooled;
  }
  const at::Tensor map = plain(features, at::kFloat), places = plain(boxes, at::kFloat), pictures = plain(boxIndices, at::kInt);
  at::Tensor pooled = at::empty({count, size, size, channels}, map.options());
  const Rois rois{places.data_ptr<float>(), pictures.data_ptr<int32_t>(), count, size, static_cast<float>(scale), samples, batch, height, width};
  const float* from = map.data_ptr<float>();
  float* to = pooled.data_ptr<float>();
  at::parallel_for(0, count, 4, [&](int64_t begin, int64_t end) {
    eachBin(rois, begin, end, [&](int64_t n, int64_t bin, const Tap* taps, int64_t taken) {
      const int64_t picture = std::max<int64_t>(rois.pictures[n], 0);
      gatherTaps(from + picture * height * width * channels * (taken > 0), taps, taken, channels, to + (n * size * size + bin) * channels);
    });
  });
  return pooled;
}

at::Tensor roiAlignGrad(
    const at::Tensor& dy,
    const at::Tensor& boxes,
    const at::Tensor& boxIndices,
    int64_t size,
    double scale,
    int64_t samples,
    int64_t batch,
    int64_t height,
    int64_t width) {
  checkShapes(dy, 4, boxes, boxIndices, size, samples);
  const int64_t count = boxes.size(0), channels = dy.size(3);
  if (!dy.is_cpu()) {
    const at::Tensor places = boxes.to(at::kFloat);
    const at::Tensor rows = axisWeights(places.select(1, 1), places.select(1, 3), size, scale, samples, height);
    const at::Tensor columns = axisWeights(places.select(1, 0), places.select(1, 2), size, scale, samples, width);
    const at::Tensor gathered = at::zeros({batch, height, width, channels}, dy.options().dtype(at::kFloat));
    for (int64_t b = 0; b < batch; b++) {
      const at::Tensor here = boxIndices.eq(b).nonzero().squeeze(1);
      if (here.numel() == 0) continue;
      const at::Tensor flowing = dy.index_select(0, here).to(at::kFloat);
      const at::Tensor wide = columns.index_select(0, here).unsqueeze(1).transpose(2, 3).matmul(flowing).reshape({-1, width * channels});
      const at::Tensor tall = rows.index_select(0, here).reshape({-1, height}).t().matmul(wide);
      gathered.select(0, b).copy_(tall.view({height, width, channels}));
    }
    return gathered;
  }
  const at::Tensor flowing = plain(dy, at::kFloat), places = plain(boxes, at::kFloat), pictures = plain(boxIndices, at::kInt);
  at::Tensor gathered = at::zeros({batch, height, width, channels}, flowing.options());
  const Rois rois{places.data_ptr<float>(), pictures.data_ptr<int32_t>(), count, size, static_cast<float>(scale), samples, batch, height, width};
  const float* from = flowing.data_ptr<float>();
  float* to = gathered.data_ptr<float>();
  // Boxes overlap, so threads share out the channels: no two write one value, and the order of sums stays.
  constexpr int64_t block = 16;
  at::parallel_for(0, (channels + block - 1) / block, 1, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * block, last = std::min(end * block, channels);
    eachBin(rois, 0, count, [&](int64_t n, int64_t bin, const Tap* taps, int64_t taken) {
      if (taken == 0) return;
      scatterTaps(from + (n * size * size + bin) * channels, taps, taken, channels, first, last, to + rois.pictures[n] * height * width * channels);
    });
  });
  return gathered;
}

}  // namespace gpu_setup
