// What libtorch is told once: threads, device, precision; and what it says of itself.
#pragma once

#include <node_api.h>

namespace gpu_setup {

// versions(): {built, library, threads, cuda}
napi_value versions(napi_env env, napi_callback_info info);
// loadLibrary(path): loads a library of libtorch that registers more kernels, such as libtorch_cuda.so.
napi_value loadLibrary(napi_env env, napi_callback_info info);
// setThreads(count)
napi_value setThreads(napi_env env, napi_callback_info info);
// setDevice('cpu' | 'cuda:0')
napi_value setDevice(napi_env env, napi_callback_info info);
// setDeterministic(boolean)
napi_value setDeterministic(napi_env env, napi_callback_info info);
// setTf32(boolean): whether a GPU may multiply float32 in TF32.
napi_value setTf32(napi_env env, napi_callback_info info);

}  // namespace gpu_setup
