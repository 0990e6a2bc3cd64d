#include "settings.h"

#include "arguments.h"
#include "environment.h"
#include "errors.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/csrc/api/include/torch/version.h>

#include <dlfcn.h>

namespace gpu_setup {

namespace {

napi_value nothing() { return nullptr; }

}  // namespace

napi_value versions(napi_env env, napi_callback_info) {
  return guarded(env, [&] {
    Dl_info where{};
    // The library that really runs, which may not be the one that was built against.
    dladdr(reinterpret_cast<void*>(&at::get_num_threads), &where);
    napi_value object = nullptr;
    check(env, napi_create_object(env, &object));
    setProperty(env, object, "built", toJavaScript(env, std::string(TORCH_VERSION)));
    setProperty(env, object, "library", toJavaScript(env, std::string(where.dli_fname != nullptr ? where.dli_fname : "")));
    setProperty(env, object, "threads", toJavaScript(env, static_cast<double>(at::get_num_threads())));
    napi_value cuda = nullptr;
    check(env, napi_get_boolean(env, at::hasCUDA(), &cuda));
    setProperty(env, object, "cuda", cuda);
    return object;
  });
}

napi_value loadLibrary(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const Arguments<1> arguments(env, info);
    const std::string path = textOf(env, arguments[0]);
    if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) throw Failure(dlerror());
    return nothing();
  });
}

napi_value setThreads(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const Arguments<1> arguments(env, info);
    const int64_t count = integerOf(env, arguments[0]);
    if (count < 1 || count > 4096) throw Failure("setThreads: " + std::to_string(count) + " is no count of threads");
    at::set_num_threads(static_cast<int>(count));
    return nothing();
  });
}

napi_value setDevice(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const Arguments<1> arguments(env, info);
    environmentOf(env).device = c10::Device(textOf(env, arguments[0]));
    return nothing();
  });
}

napi_value setDeterministic(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const Arguments<1> arguments(env, info);
    const bool deterministic = flagOf(env, arguments[0]);
    auto& context = at::globalContext();
    // Warn only: an op without a deterministic form runs all the same.
    context.setDeterministicAlgorithms(deterministic, /*warn_only=*/true);
    context.setDeterministicCuDNN(deterministic);
    context.setBenchmarkCuDNN(!deterministic);
    return nothing();
  });
}

napi_value setTf32(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const Arguments<1> arguments(env, info);
    const bool allowed = flagOf(env, arguments[0]);
    auto& context = at::globalContext();
    context.setAllowTF32CuBLAS(allowed);
    context.setAllowTF32CuDNN(allowed);
    return nothing();
  });
}

}  // namespace gpu_setup
