// An operator of ATen as JavaScript calls it: its schema says how each argument is read.
#pragma once

#include "environment.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

#include <string>
#include <vector>

namespace gpu_setup {

enum class Kind : uint8_t { tensor, tensors, optionalTensors, number, integer, real, flag, text, device, integers, reals, flags, unsupported };

struct Parameter {
  std::string name;
  Kind kind;
  // `undefined` and `null` stand for None.
  bool optional;
  // Left out at the end of a call.
  bool hasDefault;
  c10::IValue whenAbsent;
};

// Signatures that are called directly; all others go through the boxed call, which costs about half a microsecond more.
enum class Shortcut : uint8_t { none, one, two, three, twoAndNumber, oneAndNumber };

struct Operator {
  Operator(c10::OperatorHandle handle, std::string name);

  c10::OperatorHandle handle;
  std::string name;
  std::vector<Parameter> parameters;
  size_t required = 0;
  size_t results = 0;
  Shortcut shortcut = Shortcut::none;
};

// operator(name, overload): its number, for `call`.
napi_value lookUp(napi_env env, napi_callback_info info);
// call(number, ...arguments): a handle or value per result, in an array unless there is exactly one.
napi_value call(napi_env env, napi_callback_info info);

// A tensor in words: `float32 [2,3]`.
std::string describe(const at::Tensor& tensor);

}  // namespace gpu_setup
