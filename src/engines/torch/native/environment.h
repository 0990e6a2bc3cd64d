// What one environment of Node (the main thread, or one worker) owns: its tensors by handle, and the operators it has looked up.
#pragma once

#include <node_api.h>

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace gpu_setup {

struct Operator;

// Tensors by handle, and the bytes that lie behind them. Handles are small integers, and those of released tensors are given out again.
class Handles {
 public:
  uint32_t put(at::Tensor tensor);
  // Throws when the handle is none of ours.
  const at::Tensor& at(uint32_t handle) const;
  void release(uint32_t handle);

  size_t count() const { return slots_.size() - free_.size(); }
  // Bytes of distinct storages that a handle leads to, now and at most since the last `resetPeak`.
  size_t bytes() const { return bytes_; }
  size_t peakBytes() const { return peakBytes_; }
  void resetPeak() { peakBytes_ = bytes_; }

 private:
  struct Held {
    uint32_t handles;
    size_t bytes;
  };
  std::vector<at::Tensor> slots_;
  std::vector<uint32_t> free_;
  std::unordered_map<const void*, Held> storages_;
  size_t bytes_ = 0;
  size_t peakBytes_ = 0;
};

struct Environment {
  Environment();
  ~Environment();

  Handles handles;
  std::vector<std::unique_ptr<Operator>> operators;
  // Where new tensors are made.
  c10::Device device = c10::Device(c10::DeviceType::CPU);

  // The last tensor that an operator answered with: [dtype, rank, sides...], read by JavaScript without another call.
  static constexpr size_t kMaxRank = 16;
  int32_t* lastShape = nullptr;
  napi_ref lastShapeRef = nullptr;

  // Puts `tensor` into the table and its shape where JavaScript reads it.
  uint32_t answer(at::Tensor tensor);
};

Environment& environmentOf(napi_env env);

}  // namespace gpu_setup
