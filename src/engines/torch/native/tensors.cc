#include "tensors.h"

#include "arguments.h"
#include "environment.h"
#include "errors.h"
#include "operator.h"

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

#include <cstring>
#include <memory>

namespace gpu_setup {

namespace {

at::ScalarType scalarTypeOf(napi_env env, napi_value value) {
  const int64_t number = integerOf(env, value);
  if (number < 0 || number >= static_cast<int64_t>(at::ScalarType::NumOptions)) throw Failure("there is no type of number " + std::to_string(number));
  return static_cast<at::ScalarType>(number);
}

// Contiguous, in this machine's own memory, of this type.
at::Tensor readable(const at::Tensor& tensor, at::ScalarType type) {
  return tensor.to(at::TensorOptions().device(c10::kCPU).dtype(type)).contiguous();
}

napi_value bufferOf(napi_env env, const at::Tensor& tensor) {
  void* data = nullptr;
  napi_value buffer = nullptr;
  const size_t bytes = tensor.numel() * tensor.element_size();
  check(env, napi_create_arraybuffer(env, bytes, &data, &buffer));
  if (bytes > 0) std::memcpy(data, tensor.data_ptr(), bytes);
  return buffer;
}

// One `readLater` on its way.
struct Reading {
  at::Tensor tensor;
  at::ScalarType type;
  at::Tensor answer;
  std::string failure;
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;
};

void readOnThread(napi_env, void* data) {
  auto& reading = *static_cast<Reading*>(data);
  try {
    const c10::InferenceMode noGradients;
    reading.answer = readable(reading.tensor, reading.type);
  } catch (const std::exception& error) {
    reading.failure = messageOf(error);
  } catch (...) {
    reading.failure = "unknown failure in libtorch";
  }
}

void finishReading(napi_env env, napi_status status, void* data) {
  const std::unique_ptr<Reading> reading(static_cast<Reading*>(data));
  napi_value result = nullptr;
  if (status == napi_ok && reading->failure.empty()) result = guarded(env, [&] { return bufferOf(env, reading->answer); });
  if (result != nullptr) {
    napi_resolve_deferred(env, reading->deferred, result);
  } else {
    napi_value error = nullptr;
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (pending) {
      napi_get_and_clear_last_exception(env, &error);
    } else {
      napi_value message = nullptr;
      const std::string text = reading->failure.empty() ? "reading was cancelled" : "read: " + reading->failure;
      napi_create_string_utf8(env, text.data(), text.size(), &message);
      napi_create_error(env, nullptr, message, &error);
    }
    napi_reject_deferred(env, reading->deferred, error);
  }
  napi_delete_async_work(env, reading->work);
}

}  // namespace

napi_value create(napi_env env, napi_callback_info info) {
  std::string where = "create";
  return guarded(
      env,
      [&] {
        const Arguments<3> arguments(env, info);
        napi_typedarray_type kind;
        size_t length = 0;
        void* data = nullptr;
        if (napi_get_typedarray_info(env, arguments[0], &kind, &length, &data, nullptr, nullptr) != napi_ok) throw Failure("a typed array was expected");
        const auto shape = integersOf(env, arguments[1]);
        const auto type = scalarTypeOf(env, arguments[2]);
        const c10::InferenceMode noGradients;
        auto& environment = environmentOf(env);
        // A copy is wanted: the array stays the caller's.
        at::Tensor tensor = at::empty(shape, at::TensorOptions().dtype(type));
        where += "(" + describe(tensor) + ")";
        const size_t widths[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
        const size_t bytes = length * widths[kind];
        if (bytes != tensor.nbytes()) throw Failure("the array has " + std::to_string(bytes) + " bytes");
        if (bytes > 0) std::memcpy(tensor.data_ptr(), data, bytes);
        if (!environment.device.is_cpu()) tensor = tensor.to(environment.device);
        return toJavaScript(env, environment.answer(std::move(tensor)));
      },
      [&] { return where + ": "; });
}

napi_value read(napi_env env, napi_callback_info info) {
  std::string where = "read";
  return guarded(
      env,
      [&] {
        const Arguments<2> arguments(env, info);
        const c10::InferenceMode noGradients;
        const at::Tensor& tensor = environmentOf(env).handles.at(handleOf(env, arguments[0]));
        return bufferOf(env, readable(tensor, scalarTypeOf(env, arguments[1])));
      },
      [&] { return where + ": "; });
}

napi_value readLater(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const Arguments<2> arguments(env, info);
    auto reading = std::make_unique<Reading>();
    reading->tensor = environmentOf(env).handles.at(handleOf(env, arguments[0]));
    reading->type = scalarTypeOf(env, arguments[1]);
    napi_value promise = nullptr;
    check(env, napi_create_promise(env, &reading->deferred, &promise));
    check(env, napi_create_async_work(env, nullptr, toJavaScript(env, std::string("gpu-setup:read")), readOnThread, finishReading, reading.get(), &reading->work));
    check(env, napi_queue_async_work(env, reading->work));
    reading.release();
    return promise;
  });
}

napi_value release(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    const Arguments<1> arguments(env, info);
    environmentOf(env).handles.release(handleOf(env, arguments[0]));
    return nullptr;
  });
}

napi_value describeTensor(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const Arguments<1> arguments(env, info);
    const at::Tensor& tensor = environmentOf(env).handles.at(handleOf(env, arguments[0]));
    napi_value shape = nullptr;
    check(env, napi_create_array_with_length(env, tensor.dim(), &shape));
    for (int64_t i = 0; i < tensor.dim(); i++) check(env, napi_set_element(env, shape, i, toJavaScript(env, static_cast<double>(tensor.size(i)))));
    napi_value contiguous = nullptr;
    check(env, napi_get_boolean(env, tensor.is_contiguous(), &contiguous));
    napi_value object = nullptr;
    check(env, napi_create_object(env, &object));
    setProperty(env, object, "dtype", toJavaScript(env, static_cast<double>(tensor.scalar_type())));
    setProperty(env, object, "shape", shape);
    setProperty(env, object, "contiguous", contiguous);
    setProperty(env, object, "bytes", toJavaScript(env, static_cast<double>(tensor.has_storage() ? tensor.storage().nbytes() : 0)));
    return object;
  });
}

napi_value memory(napi_env env, napi_callback_info) {
  return guarded(env, [&] {
    const auto& handles = environmentOf(env).handles;
    napi_value object = nullptr;
    check(env, napi_create_object(env, &object));
    setProperty(env, object, "tensors", toJavaScript(env, static_cast<double>(handles.count())));
    setProperty(env, object, "bytes", toJavaScript(env, static_cast<double>(handles.bytes())));
    setProperty(env, object, "peakBytes", toJavaScript(env, static_cast<double>(handles.peakBytes())));
    return object;
  });
}

}  // namespace gpu_setup
