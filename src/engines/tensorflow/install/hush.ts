/** The addon's file in the engine's folder. */
export const hushFile = 'hush.node';

/** What the addon offers; both do nothing when called twice. */
export interface Hush {
  /** From now on what is written to stderr is lost. */
  hush(): void;
  /** Back to normal. */
  speak(): void;
}

/**
 * TensorFlow's libraries log while they are being loaded, before anything that could be called can turn it off and
 * whatever TF_CPP_MIN_LOG_LEVEL says. This addon takes stderr away meanwhile, which Node alone cannot.
 */
export const hushSource = `#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

static int kept = -1;

static napi_value Hush(napi_env env, napi_callback_info info) {
  if (kept >= 0) return nullptr;
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return nullptr;
  kept = fcntl(2, F_DUPFD_CLOEXEC, 3);
  if (kept >= 0) dup2(nowhere, 2);
  close(nowhere);
  return nullptr;
}

static napi_value Speak(napi_env env, napi_callback_info info) {
  if (kept < 0) return nullptr;
  dup2(kept, 2);
  close(kept);
  kept = -1;
  return nullptr;
}

static napi_value Init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "hush", NAPI_AUTO_LENGTH, Hush, nullptr, &function);
  napi_set_named_property(env, exports, "hush", function);
  napi_create_function(env, "speak", NAPI_AUTO_LENGTH, Speak, nullptr, &function);
  napi_set_named_property(env, exports, "speak", function);
  return exports;
}

NAPI_MODULE(hush, Init)
`;
