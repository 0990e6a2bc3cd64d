#include "operator.h"

#include "arguments.h"
#include "errors.h"

#include <ATen/core/jit_type.h>
#include <c10/core/InferenceMode.h>

#include <cmath>
#include <sstream>

namespace gpu_setup {

namespace {

constexpr size_t kMaxArguments = 24;

// `c10::optional` or `std::optional`, whichever this libtorch uses.
template <class T>
struct OptionalOf;
template <template <class> class Optional, class T>
struct OptionalOf<Optional<T>> {
  template <class U>
  using type = Optional<U>;
};
using FoundSchema = decltype(std::declval<c10::Dispatcher>().findSchema(std::declval<c10::OperatorName>()));
using OptionalTensor = typename OptionalOf<FoundSchema>::template type<at::Tensor>;

Kind kindOf(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::TensorType:
      return Kind::tensor;
    case c10::TypeKind::NumberType:
      return Kind::number;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
      return Kind::integer;
    case c10::TypeKind::FloatType:
      return Kind::real;
    case c10::TypeKind::BoolType:
      return Kind::flag;
    case c10::TypeKind::StringType:
      return Kind::text;
    case c10::TypeKind::DeviceObjType:
      return Kind::device;
    case c10::TypeKind::ListType: {
      const auto& element = type->containedType(0);
      if (element->kind() == c10::TypeKind::OptionalType) return kindOf(element->containedType(0)) == Kind::tensor ? Kind::optionalTensors : Kind::unsupported;
      switch (kindOf(element)) {
        case Kind::tensor:
          return Kind::tensors;
        case Kind::integer:
          return Kind::integers;
        case Kind::real:
          return Kind::reals;
        case Kind::flag:
          return Kind::flags;
        default:
          return Kind::unsupported;
      }
    }
    default:
      return Kind::unsupported;
  }
}

Parameter parameterOf(const c10::Argument& argument) {
  const auto& type = argument.type();
  const bool optional = type->kind() == c10::TypeKind::OptionalType;
  const Kind kind = kindOf(optional ? type->containedType(0) : type);
  const auto& whenAbsent = argument.default_value();
  return {argument.name(), kind, optional, static_cast<bool>(whenAbsent), whenAbsent ? *whenAbsent : c10::IValue()};
}

Shortcut shortcutOf(const std::vector<Parameter>& parameters, const c10::FunctionSchema& schema) {
  if (schema.is_mutable() || schema.returns().size() != 1 || schema.returns()[0].type()->kind() != c10::TypeKind::TensorType) return Shortcut::none;
  if (parameters.size() > 3) return Shortcut::none;
  size_t tensors = 0;
  for (const auto& parameter : parameters) {
    if (parameter.optional) return Shortcut::none;
    if (parameter.kind == Kind::tensor) tensors += 1;
  }
  const bool endsInNumber = !parameters.empty() && parameters.back().kind == Kind::number;
  if (tensors == parameters.size()) return tensors == 1 ? Shortcut::one : tensors == 2 ? Shortcut::two : tensors == 3 ? Shortcut::three : Shortcut::none;
  if (endsInNumber && tensors == 2 && parameters.size() == 3) return Shortcut::twoAndNumber;
  if (endsInNumber && tensors == 1 && parameters.size() == 2) return Shortcut::oneAndNumber;
  return Shortcut::none;
}

// Whole numbers stay whole: a float would turn an int32 tensor into float32.
at::Scalar scalarOf(napi_env env, napi_value value) {
  if (typeOf(env, value) == napi_boolean) return at::Scalar(flagOf(env, value));
  const double number = numberOf(env, value);
  if (std::trunc(number) == number && std::abs(number) < 9e15 && !(number == 0 && std::signbit(number))) return at::Scalar(static_cast<int64_t>(number));
  return at::Scalar(number);
}

c10::IValue valueOf(napi_env env, const Environment& environment, const Parameter& parameter, napi_value value) {
  if (parameter.optional && isAbsent(env, value)) return c10::IValue();
  switch (parameter.kind) {
    case Kind::tensor:
      return environment.handles.at(handleOf(env, value));
    case Kind::tensors: {
      c10::List<at::Tensor> tensors;
      eachOf(env, value, [&](napi_value element) { tensors.push_back(environment.handles.at(handleOf(env, element))); });
      return tensors;
    }
    case Kind::optionalTensors: {
      c10::List<OptionalTensor> tensors;
      eachOf(env, value, [&](napi_value element) {
        tensors.push_back(isAbsent(env, element) ? OptionalTensor() : OptionalTensor(environment.handles.at(handleOf(env, element))));
      });
      return tensors;
    }
    case Kind::number:
      return scalarOf(env, value);
    case Kind::integer:
      return integerOf(env, value);
    case Kind::real:
      return numberOf(env, value);
    case Kind::flag:
      return flagOf(env, value);
    case Kind::text:
      return textOf(env, value);
    case Kind::device:
      return c10::Device(textOf(env, value));
    case Kind::integers: {
      // A single number stands for a list of one, as in `int[1] dim`.
      if (typeOf(env, value) == napi_number) return c10::List<int64_t>({integerOf(env, value)});
      c10::List<int64_t> list;
      eachOf(env, value, [&](napi_value element) { list.push_back(integerOf(env, element)); });
      return list;
    }
    case Kind::reals: {
      c10::List<double> list;
      eachOf(env, value, [&](napi_value element) { list.push_back(numberOf(env, element)); });
      return list;
    }
    case Kind::flags: {
      c10::List<bool> list;
      eachOf(env, value, [&](napi_value element) { list.push_back(flagOf(env, element)); });
      return list;
    }
    case Kind::unsupported:
      break;
  }
  throw Failure("the type of `" + parameter.name + "` has no form in JavaScript");
}

napi_value arrayOf(napi_env env, size_t length) {
  napi_value array = nullptr;
  check(env, napi_create_array_with_length(env, length, &array));
  return array;
}

napi_value resultOf(napi_env env, Environment& environment, c10::IValue&& value) {
  if (value.isTensor()) {
    at::Tensor tensor = std::move(value).toTensor();
    if (tensor.defined()) return toJavaScript(env, environment.answer(std::move(tensor)));
    napi_value absent = nullptr;
    check(env, napi_get_undefined(env, &absent));
    return absent;
  }
  if (value.isTensorList()) {
    const auto tensors = std::move(value).toTensorVector();
    napi_value array = arrayOf(env, tensors.size());
    for (size_t i = 0; i < tensors.size(); i++) check(env, napi_set_element(env, array, i, toJavaScript(env, environment.answer(tensors[i]))));
    return array;
  }
  if (value.isInt()) return toJavaScript(env, static_cast<double>(value.toInt()));
  if (value.isDouble()) return toJavaScript(env, value.toDouble());
  if (value.isBool()) return toJavaScript(env, static_cast<double>(value.toBool()));
  throw Failure("the result has no form in JavaScript");
}

napi_value callDirectly(napi_env env, Environment& environment, const Operator& op, const napi_value* arguments) {
  const auto tensor = [&](size_t i) -> const at::Tensor& { return environment.handles.at(handleOf(env, arguments[i])); };
  using Tensor = const at::Tensor&;
  using Number = const at::Scalar&;
  at::Tensor result;
  switch (op.shortcut) {
    case Shortcut::one:
      result = op.handle.typed<at::Tensor(Tensor)>().call(tensor(0));
      break;
    case Shortcut::two:
      result = op.handle.typed<at::Tensor(Tensor, Tensor)>().call(tensor(0), tensor(1));
      break;
    case Shortcut::three:
      result = op.handle.typed<at::Tensor(Tensor, Tensor, Tensor)>().call(tensor(0), tensor(1), tensor(2));
      break;
    case Shortcut::twoAndNumber:
      result = op.handle.typed<at::Tensor(Tensor, Tensor, Number)>().call(tensor(0), tensor(1), scalarOf(env, arguments[2]));
      break;
    case Shortcut::oneAndNumber:
      result = op.handle.typed<at::Tensor(Tensor, Number)>().call(tensor(0), scalarOf(env, arguments[1]));
      break;
    case Shortcut::none:
      break;
  }
  return toJavaScript(env, environment.answer(std::move(result)));
}

napi_value callBoxed(napi_env env, Environment& environment, const Operator& op, const napi_value* arguments, size_t count) {
  c10::Stack stack;
  stack.reserve(op.parameters.size());
  for (size_t i = 0; i < op.parameters.size(); i++) {
    const auto& parameter = op.parameters[i];
    const bool absent = i >= count || (parameter.hasDefault && typeOf(env, arguments[i]) == napi_undefined);
    if (!absent) {
      try {
        stack.push_back(valueOf(env, environment, parameter, arguments[i]));
      } catch (const Failure& failure) {
        throw Failure("`" + parameter.name + "`: " + failure.what());
      }
    } else if (parameter.hasDefault) {
      stack.push_back(parameter.whenAbsent);
    } else if (parameter.optional) {
      stack.emplace_back();
    } else {
      throw Failure("`" + parameter.name + "` is missing");
    }
  }
  op.handle.callBoxed(&stack);
  if (stack.size() == 1) return resultOf(env, environment, std::move(stack[0]));
  napi_value array = arrayOf(env, stack.size());
  for (size_t i = 0; i < stack.size(); i++) check(env, napi_set_element(env, array, i, resultOf(env, environment, std::move(stack[i]))));
  return array;
}

// The operator and its operands in words, for a message. It must hold for arguments that are wrong.
std::string operandsOf(napi_env env, const Environment& environment, const Operator& op, const napi_value* arguments, size_t count) {
  std::ostringstream text;
  text << op.name << '(';
  bool first = true;
  const auto add = [&](napi_value value) {
    uint32_t handle = 0;
    if (napi_get_value_uint32(env, value, &handle) != napi_ok) return;
    try {
      text << (first ? "" : ", ") << describe(environment.handles.at(handle));
      first = false;
    } catch (const Failure&) {
      // A handle that leads nowhere is what the message is about.
    }
  };
  for (size_t i = 0; i < count && i < op.parameters.size(); i++) {
    if (op.parameters[i].kind == Kind::tensor) add(arguments[i]);
    if (op.parameters[i].kind == Kind::tensors) {
      uint32_t length = 0;
      if (napi_get_array_length(env, arguments[i], &length) != napi_ok) continue;
      for (uint32_t e = 0; e < length && e < 8; e++) {
        napi_value element = nullptr;
        if (napi_get_element(env, arguments[i], e, &element) == napi_ok) add(element);
      }
    }
  }
  text << "): ";
  return text.str();
}

}  // namespace

Operator::Operator(c10::OperatorHandle given, std::string called) : handle(std::move(given)), name(std::move(called)) {
  const auto& schema = handle.schema();
  for (const auto& argument : schema.arguments()) parameters.push_back(parameterOf(argument));
  for (size_t i = 0; i < parameters.size(); i++)
    if (!parameters[i].hasDefault) required = i + 1;
  results = schema.returns().size();
  shortcut = shortcutOf(parameters, schema);
}

std::string describe(const at::Tensor& tensor) {
  std::ostringstream text;
  switch (tensor.scalar_type()) {
    case at::kFloat:
      text << "float32";
      break;
    case at::kInt:
      text << "int32";
      break;
    case at::kBool:
      text << "bool";
      break;
    case at::kComplexFloat:
      text << "complex64";
      break;
    case at::kBFloat16:
      text << "bfloat16";
      break;
    case at::kLong:
      text << "int64";
      break;
    default:
      text << c10::toString(tensor.scalar_type());
  }
  text << " [";
  for (int64_t i = 0; i < tensor.dim(); i++) text << (i == 0 ? "" : ",") << tensor.size(i);
  text << ']';
  return text.str();
}

napi_value lookUp(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    const Arguments<2> arguments(env, info);
    const std::string name = textOf(env, arguments[0]);
    const std::string overload = arguments.count > 1 && !isAbsent(env, arguments[1]) ? textOf(env, arguments[1]) : "";
    const auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    if (!found) throw Failure("this libtorch has no operator `" + name + (overload.empty() ? "" : "." + overload) + "`");
    auto& operators = environmentOf(env).operators;
    operators.push_back(std::make_unique<Operator>(*found, name));
    return toJavaScript(env, static_cast<uint32_t>(operators.size() - 1));
  });
}

napi_value call(napi_env env, napi_callback_info info) {
  napi_value arguments[kMaxArguments + 1];
  size_t count = kMaxArguments + 1;
  const Operator* op = nullptr;
  Environment* environment = nullptr;
  return guarded(
      env,
      [&] {
        check(env, napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr));
        environment = &environmentOf(env);
        const uint32_t number = handleOf(env, arguments[0]);
        if (number >= environment->operators.size()) throw Failure("there is no operator number " + std::to_string(number));
        op = environment->operators[number].get();
        count -= 1;
        if (count > op->parameters.size()) throw Failure("it takes " + std::to_string(op->parameters.size()) + " arguments and was given " + std::to_string(count));
        const c10::InferenceMode noGradients;
        const bool direct = op->shortcut != Shortcut::none && count == op->parameters.size();
        return direct ? callDirectly(env, *environment, *op, arguments + 1) : callBoxed(env, *environment, *op, arguments + 1, count);
      },
      [&] { return op == nullptr ? std::string() : operandsOf(env, *environment, *op, arguments + 1, count); });
}

}  // namespace gpu_setup
