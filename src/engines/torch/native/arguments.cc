#include "arguments.h"

namespace gpu_setup {

std::string textOf(napi_env env, napi_value value) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) throw Failure("a string was expected");
  std::string text(length, '\0');
  check(env, napi_get_value_string_utf8(env, value, text.data(), length + 1, &length));
  return text;
}

std::vector<int64_t> integersOf(napi_env env, napi_value array) {
  std::vector<int64_t> integers;
  eachOf(env, array, [&](napi_value element) { integers.push_back(integerOf(env, element)); });
  return integers;
}

}  // namespace gpu_setup
