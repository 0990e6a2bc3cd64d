#include "library.h"

#include "errors.h"
#include "nms.h"
#include "optimizer_steps.h"
#include "roi_align.h"
#include "roi_pool.h"

#include <torch/library.h>

#include <dlfcn.h>

namespace gpu_setup {

namespace {

torch::Library* makeLibrary() {
  // Node unloads an addon with the last thread that uses it; the dispatcher would be left with functions that are gone.
  Dl_info here{};
  if (dladdr(reinterpret_cast<void*>(&makeLibrary), &here) == 0 || dlopen(here.dli_fname, RTLD_NOW | RTLD_NODELETE) == nullptr)
    throw Failure("the addon cannot be kept in memory");
  auto* library = new torch::Library(torch::Library::DEF, "gpu_setup", {}, __FILE__, __LINE__);
  library->def("roi_align(Tensor features, Tensor boxes, Tensor box_indices, int size, float scale, int samples) -> Tensor", &roiAlign);
  library->def(
      "roi_align_grad(Tensor dy, Tensor boxes, Tensor box_indices, int size, float scale, int samples, int batch, int height, int width) -> Tensor",
      &roiAlignGrad);
  library->def("roi_pool(Tensor features, Tensor boxes, Tensor box_indices, int size, float scale) -> (Tensor, Tensor)", &roiPool);
  library->def("roi_pool_grad(Tensor dy, Tensor argmax, Tensor box_indices, int batch, int height, int width) -> Tensor", &roiPoolGrad);
  library->def("nms(Tensor boxes, Tensor scores, Tensor classes, float threshold, int limit) -> Tensor", &batchedNms);
  library->def(
      "sgd_step(Tensor parameter, Tensor gradient, Tensor velocity, float learning_rate, float momentum, float weight_decay, float scale) -> "
      "(Tensor, Tensor)",
      &sgdStep);
  library->def(
      "adamw_step(Tensor parameter, Tensor gradient, Tensor first, Tensor second, float learning_rate, float beta1, float beta2, float epsilon, "
      "float weight_decay, float scale, int update) -> (Tensor, Tensor, Tensor)",
      &adamWStep);
  return library;
}

}  // namespace

void registerOperators() {
  // Lives as long as the process, whichever of its threads loads the addon first.
  static const torch::Library* const library = makeLibrary();
  static_cast<void>(library);
}

}  // namespace gpu_setup
