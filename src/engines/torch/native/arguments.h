// JavaScript values as C++ reads them.
#pragma once

#include "errors.h"

#include <node_api.h>

#include <cstdint>
#include <string>
#include <vector>

namespace gpu_setup {

inline napi_valuetype typeOf(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  check(env, napi_typeof(env, value, &type));
  return type;
}

inline bool isAbsent(napi_env env, napi_value value) {
  const auto type = typeOf(env, value);
  return type == napi_undefined || type == napi_null;
}

inline double numberOf(napi_env env, napi_value value) {
  double number = 0;
  if (napi_get_value_double(env, value, &number) != napi_ok) throw Failure("a number was expected");
  return number;
}

inline int64_t integerOf(napi_env env, napi_value value) {
  int64_t number = 0;
  if (napi_get_value_int64(env, value, &number) != napi_ok) throw Failure("an integer was expected");
  return number;
}

inline uint32_t handleOf(napi_env env, napi_value value) {
  uint32_t handle = 0;
  if (napi_get_value_uint32(env, value, &handle) != napi_ok) throw Failure("the handle of a tensor was expected");
  return handle;
}

inline bool flagOf(napi_env env, napi_value value) {
  bool flag = false;
  if (napi_get_value_bool(env, value, &flag) != napi_ok) throw Failure("true or false was expected");
  return flag;
}

std::string textOf(napi_env env, napi_value value);

// Calls `visit(element)` for every element of a JavaScript array.
template <class Visit>
void eachOf(napi_env env, napi_value array, Visit visit) {
  uint32_t length = 0;
  if (napi_get_array_length(env, array, &length) != napi_ok) throw Failure("an array was expected");
  for (uint32_t i = 0; i < length; i++) {
    napi_value element = nullptr;
    check(env, napi_get_element(env, array, i, &element));
    visit(element);
  }
}

std::vector<int64_t> integersOf(napi_env env, napi_value array);

inline napi_value toJavaScript(napi_env env, double number) {
  napi_value value = nullptr;
  check(env, napi_create_double(env, number, &value));
  return value;
}

inline napi_value toJavaScript(napi_env env, uint32_t number) {
  napi_value value = nullptr;
  check(env, napi_create_uint32(env, number, &value));
  return value;
}

inline napi_value toJavaScript(napi_env env, const std::string& text) {
  napi_value value = nullptr;
  check(env, napi_create_string_utf8(env, text.data(), text.size(), &value));
  return value;
}

inline void setProperty(napi_env env, napi_value object, const char* name, napi_value value) {
  check(env, napi_set_named_property(env, object, name, value));
}

// The arguments of a call: N at most, and how many there were.
template <size_t N>
struct Arguments {
  napi_value values[N];
  size_t count = N;
  Arguments(napi_env env, napi_callback_info info) { check(env, napi_get_cb_info(env, info, &count, values, nullptr, nullptr)); }
  napi_value operator[](size_t i) const { return values[i]; }
};

}  // namespace gpu_setup
