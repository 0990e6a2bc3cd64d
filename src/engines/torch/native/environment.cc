#include "environment.h"

#include "errors.h"
#include "operator.h"

namespace gpu_setup {

Environment::Environment() = default;
Environment::~Environment() = default;

uint32_t Handles::put(at::Tensor tensor) {
  if (tensor.defined() && tensor.has_storage()) {
    const auto& storage = tensor.storage();
    auto [found, isNew] = storages_.try_emplace(storage.unsafeGetStorageImpl(), Held{0, storage.nbytes()});
    found->second.handles += 1;
    if (isNew) {
      bytes_ += found->second.bytes;
      peakBytes_ = std::max(peakBytes_, bytes_);
    }
  }
  if (free_.empty()) {
    slots_.push_back(std::move(tensor));
    return static_cast<uint32_t>(slots_.size() - 1);
  }
  const uint32_t handle = free_.back();
  free_.pop_back();
  slots_[handle] = std::move(tensor);
  return handle;
}

const at::Tensor& Handles::at(uint32_t handle) const {
  if (handle >= slots_.size() || !slots_[handle].defined()) throw Failure("there is no tensor with handle " + std::to_string(handle));
  return slots_[handle];
}

void Handles::release(uint32_t handle) {
  const at::Tensor& tensor = at(handle);
  if (tensor.has_storage()) {
    const auto found = storages_.find(tensor.storage().unsafeGetStorageImpl());
    if (found != storages_.end() && --found->second.handles == 0) {
      bytes_ -= found->second.bytes;
      storages_.erase(found);
    }
  }
  slots_[handle].reset();
  free_.push_back(handle);
}

uint32_t Environment::answer(at::Tensor tensor) {
  const auto sizes = tensor.sizes();
  lastShape[0] = static_cast<int32_t>(tensor.scalar_type());
  lastShape[1] = static_cast<int32_t>(sizes.size());
  for (size_t i = 0; i < sizes.size() && i < kMaxRank; i++) lastShape[2 + i] = static_cast<int32_t>(sizes[i]);
  return handles.put(std::move(tensor));
}

Environment& environmentOf(napi_env env) {
  void* data = nullptr;
  check(env, napi_get_instance_data(env, &data));
  return *static_cast<Environment*>(data);
}

}  // namespace gpu_setup
