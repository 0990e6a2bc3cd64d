#include "optimizer_steps.h"

#include "errors.h"
#include "vectorised.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>

#include <cmath>
#include <initializer_list>

namespace gpu_setup {

namespace {

// Long enough that a thread's start does not show.
constexpr int64_t grain = 32768;

void checkShapes(const at::Tensor& parameter, std::initializer_list<const at::Tensor*> others) {
  for (const at::Tensor* other : others)
    if (other->sizes() != parameter.sizes()) throw Failure("tensors of one shape are wanted");
}

// The parameter without gaps in memory, in whatever order its elements lie.
at::Tensor dense(const at::Tensor& parameter) {
  const at::Tensor single = parameter.to(at::kFloat);
  return single.is_non_overlapping_and_dense() ? single : single.contiguous();
}

// The values of `tensor` in the order in which those of `model` lie.
at::Tensor laidOutLike(const at::Tensor& tensor, const at::Tensor& model) {
  if (tensor.scalar_type() == at::kFloat && tensor.strides() == model.strides()) return tensor;
  return at::empty_like(model).copy_(tensor);
}

struct Sgd {
  float rate, momentum, decay, scale;
};

GPU_SETUP_VECTORISED void sgdRange(const float* p, const float* g, const float* v, float* newP, float* newV, int64_t begin, int64_t end, const Sgd& by) {
  for (int64_t i = begin; i < end; i++) {
    const float velocity = v[i] * by.momentum + (g[i] * by.scale + p[i] * by.decay);
    newV[i] = velocity;
    newP[i] = p[i] - velocity * by.rate;
  }
}

struct AdamW {
  float keepFirst, addFirst, keepSecond, addSecond, correctSecond, epsilon, rate, decay;
};

GPU_SETUP_VECTORISED void adamWRange(
    const float* p,
    const float* g,
    const float* m,
    const float* v,
    float* newP,
    float* newM,
    float* newV,
    int64_t begin,
    int64_t end,
    const AdamW& by) {
  for (int64_t i = begin; i < end; i++) {
    const float first = m[i] * by.keepFirst + g[i] * by.addFirst;
    const float second = v[i] * by.keepSecond + g[i] * g[i] * by.addSecond;
    newM[i] = first;
    newV[i] = second;
    newP[i] = p[i] - first / (__builtin_sqrtf(second * by.correctSecond) + by.epsilon) * by.rate - p[i] * by.decay;
  }
}

}  // namespace

std::tuple<at::Tensor, at::Tensor> sgdStep(
    const at::Tensor& parameter,
    const at::Tensor& gradient,
    const at::Tensor& velocity,
    double learningRate,
    double momentum,
    double weightDecay,
    double scale) {
  checkShapes(parameter, {&gradient, &velocity});
  if (!parameter.is_cpu()) {
    const at::Tensor next = velocity.mul(momentum).add(gradient, scale).add(parameter, weightDecay);
    return {parameter.sub(next, learningRate), next};
  }
  const at::Tensor p = dense(parameter), g = laidOutLike(gradient, p), v = laidOutLike(velocity, p);
  at::Tensor newP = at::empty_like(p), newV = at::empty_like(p);
  const Sgd by{static_cast<float>(learningRate), static_cast<float>(momentum), static_cast<float>(weightDecay), static_cast<float>(scale)};
  const float *fromP = p.data_ptr<float>(), *fromG = g.data_ptr<float>(), *fromV = v.data_ptr<float>();
  float *toP = newP.data_ptr<float>(), *toV = newV.data_ptr<float>();
  at::parallel_for(0, p.numel(), grain, [&](int64_t begin, int64_t end) { sgdRange(fromP, fromG, fromV, toP, toV, begin, end, by); });
  return {newP, newV};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> adamWStep(
    const at::Tensor& parameter,
    const at::Tensor& gradient,
    const at::Tensor& first,
    const at::Tensor& second,
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double scale,
    int64_t update) {
  checkShapes(parameter, {&gradient, &first, &second});
  const double correctSecond = 1 / (1 - std::pow(beta2, static_cast<double>(update)));
  const double rate = learningRate / (1 - std::pow(beta1, static_cast<double>(update)));
  if (!parameter.is_cpu()) {
    const at::Tensor m = first.mul(beta1).add(gradient, scale * (1 - beta1));
    const at::Tensor v = second.mul(beta2).addcmul(gradient, gradient, scale * scale * (1 - beta2));
    const at::Tensor moved = parameter.sub(m.div(v.mul(correctSecond).sqrt().add(epsilon)), rate);
    return {moved.sub(parameter, learningRate * weightDecay), m, v};
  }
  const at::Tensor p = dense(parameter), g = laidOutLike(gradient, p), m = laidOutLike(first, p), v = laidOutLike(second, p);
  at::Tensor newP = at::empty_like(p), newM = at::empty_like(p), newV = at::empty_like(p);
  const AdamW by{
      static_cast<float>(beta1),
      static_cast<float>(scale * (1 - beta1)),
      static_cast<float>(beta2),
      static_cast<float>(scale * scale * (1 - beta2)),
      static_cast<float>(correctSecond),
      static_cast<float>(epsilon),
      static_cast<float>(rate),
      static_cast<float>(learningRate * weightDecay)};
  const float *fromP = p.data_ptr<float>(), *fromG = g.data_ptr<float>(), *fromM = m.data_ptr<float>(), *fromV = v.data_ptr<float>();
  float *toP = newP.data_ptr<float>(), *toM = newM.data_ptr<float>(), *toV = newV.data_ptr<float>();
  at::parallel_for(0, p.numel(), grain, [&](int64_t begin, int64_t end) {
    adamWRange(fromP, fromG, fromM, fromV, toP, toM, toV, begin, end, by);
  });
  return {newP, newM, newV};
}

}  // namespace gpu_setup
