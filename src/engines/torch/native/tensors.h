// Tensors in and out of JavaScript.
#pragma once

#include <node_api.h>

namespace gpu_setup {

// create(values, shape, dtype): the handle of a copy of a typed array's bytes, as a tensor of that ScalarType.
napi_value create(napi_env env, napi_callback_info info);
// read(handle, dtype): the bytes of a tensor, made contiguous and of that ScalarType, in a new ArrayBuffer.
napi_value read(napi_env env, napi_callback_info info);
// readLater(handle, dtype): a promise of the same, which waits for the device on another thread.
napi_value readLater(napi_env env, napi_callback_info info);
// release(handle)
napi_value release(napi_env env, napi_callback_info info);
// describe(handle): {dtype, shape, contiguous, bytes}
napi_value describeTensor(napi_env env, napi_callback_info info);
// memory(): {tensors, bytes, peakBytes}
napi_value memory(napi_env env, napi_callback_info info);

}  // namespace gpu_setup
