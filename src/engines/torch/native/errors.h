// No C++ exception may cross into Node, and no failure may end the process: everything becomes a JavaScript error.
#pragma once

#include <node_api.h>

#include <c10/util/Exception.h>

#include <new>
#include <stdexcept>
#include <string>

namespace gpu_setup {

// A failure of ours, told in words that are fit for the user.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// JavaScript has thrown already, and its exception waits.
struct Pending {};

// Turns the status of a Node-API call into an exception.
inline void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) throw Pending{};
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  throw Failure(info != nullptr && info->error_message != nullptr ? info->error_message : "a Node-API call failed");
}

// What an exception says, without libtorch's C++ trace.
std::string messageOf(const std::exception& error);

// Throws `message` in JavaScript.
void throwInJavaScript(napi_env env, const std::string& message) noexcept;

// Runs `body`; whatever it throws is thrown in JavaScript, after what `where()` says of it.
template <class Body, class Where>
napi_value guarded(napi_env env, Body body, Where where) noexcept {
  try {
    try {
      return body();
    } catch (const Pending&) {
      return nullptr;
    } catch (const std::exception& error) {
      throwInJavaScript(env, where() + messageOf(error));
    } catch (...) {
      throwInJavaScript(env, where() + "unknown failure in libtorch");
    }
  } catch (...) {
    // Not even the words could be put together.
    throwInJavaScript(env, "out of memory");
  }
  return nullptr;
}

template <class Body>
napi_value guarded(napi_env env, Body body) noexcept {
  return guarded(env, std::move(body), [] { return std::string(); });
}

}  // namespace gpu_setup
