#include "errors.h"

namespace gpu_setup {

std::string messageOf(const std::exception& error) {
  if (const auto* torch = dynamic_cast<const c10::Error*>(&error)) {
    std::string text = torch->what_without_backtrace();
    // Some messages carry a trace in their text.
    for (const char* trace : {"\nException raised from", "\n\nCUDA kernel errors might be"}) {
      const auto at = text.find(trace);
      if (at != std::string::npos) text.resize(at);
    }
    return text;
  }
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return "out of memory";
  return error.what();
}

void throwInJavaScript(napi_env env, const std::string& message) noexcept {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_error(env, nullptr, message.c_str());
}

}  // namespace gpu_setup
