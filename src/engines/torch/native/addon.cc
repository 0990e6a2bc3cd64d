// The addon's functions. Each environment (worker threads too) has tensors and operators of its own; nothing here is global.
#include "arguments.h"
#include "environment.h"
#include "errors.h"
#include "library.h"
#include "operator.h"
#include "settings.h"
#include "tensors.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace gpu_setup {
namespace {

// Feature maps come and go at every operator. Left to itself, malloc gives the larger ones back to the system each time, and the page
// faults of the next one cost a sixth of a convolution's time (a map of 14 MB, measured).
void keepFreedMemory() {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

void forget(napi_env env, void* data, void*) {
  auto* environment = static_cast<Environment*>(data);
  if (environment->lastShapeRef != nullptr) napi_delete_reference(env, environment->lastShapeRef);
  delete environment;
}

napi_value initialise(napi_env env, napi_value exports) {
  return guarded(env, [&] {
    registerOperators();
    keepFreedMemory();
    auto* environment = new Environment();
    check(env, napi_set_instance_data(env, environment, forget, nullptr));

    void* data = nullptr;
    napi_value buffer = nullptr;
    const size_t length = 2 + Environment::kMaxRank;
    check(env, napi_create_arraybuffer(env, length * sizeof(int32_t), &data, &buffer));
    napi_value lastShape = nullptr;
    check(env, napi_create_typedarray(env, napi_int32_array, length, buffer, 0, &lastShape));
    environment->lastShape = static_cast<int32_t*>(data);
    check(env, napi_create_reference(env, buffer, 1, &environment->lastShapeRef));
    setProperty(env, exports, "lastShape", lastShape);

    const struct {
      const char* name;
      napi_callback function;
    } functions[] = {
        {"operator", lookUp},          {"call", call},
        {"create", create},            {"read", read},
        {"readLater", readLater},      {"release", release},
        {"describe", describeTensor},  {"memory", memory},
        {"versions", versions},        {"loadLibrary", loadLibrary},
        {"setThreads", setThreads},    {"setDevice", setDevice},
        {"setDeterministic", setDeterministic}, {"setTf32", setTf32},
    };
    for (const auto& [name, function] : functions) {
      napi_value value = nullptr;
      check(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value));
      setProperty(env, exports, name, value);
    }
    return exports;
  });
}

}  // namespace
}  // namespace gpu_setup

NAPI_MODULE_INIT() { return gpu_setup::initialise(env, exports); }
