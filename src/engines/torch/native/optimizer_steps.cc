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

at::Tensor plain(const at::Tensor& tensor) { return tensor.to(at::kFloat).contiguous(); }

void checkLengths(const at::Tensor& parameters, std::initializer_list<const at::Tensor*> others) {
  if (parameters.dim() != 1) throw Failure("vectors are wanted");
  for (const at::Tensor* other : others)
    if (other->dim() != 1 || other->size(0) != parameters.size(0)) throw Failure("vectors of one length are wanted");
}

// What the gradient is multiplied by so that its norm is at most `clip`; NaN where the norm is none, so that everything shows it.
float clipFactor(const at::Tensor& norm, double clip) {
  const double factor = clip / static_cast<double>(norm.item<float>());
  return static_cast<float>(factor > 1 ? 1 : factor);
}

// The same on a device, without a wait for it.
at::Tensor clipFactorThere(const at::Tensor& norm, double clip) { return norm.reciprocal().mul(clip).clamp_max(1); }

struct Sgd {
  float rate, momentum, decay, factor;
};

GPU_SETUP_VECTORISED void sgdRange(
    const float* p, const float* g, const float* v, const float* d, float* newP, float* newV, int64_t begin, int64_t end, const Sgd& by) {
  for (int64_t i = begin; i < end; i++) {
    const float velocity = v[i] * by.momentum + (g[i] * by.factor + p[i] * d[i] * by.decay);
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
    const float* d,
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
    newP[i] = p[i] - first / (__builtin_sqrtf(second * by.correctSecond) + by.epsilon) * by.rate - p[i] * d[i] * by.decay;
  }
}

}  // namespace

std::tuple<at::Tensor, at::Tensor, at::Tensor> sgdStep(
    const at::Tensor& parameters,
    const at::Tensor& gradient,
    const at::Tensor& velocity,
    const at::Tensor& decays,
    double learningRate,
    double momentum,
    double weightDecay,
    double clip) {
  checkLengths(parameters, {&gradient, &velocity, &decays});
  const at::Tensor norm = gradient.to(at::kFloat).norm();
  if (!parameters.is_cpu()) {
    const at::Tensor decayed = gradient.mul(clipFactorThere(norm, clip)).add(parameters.mul(decays), weightDecay);
    const at::Tensor next = velocity.mul(momentum).add(decayed);
    return {parameters.sub(next, learningRate), next, norm};
  }
  const at::Tensor p = plain(parameters), g = plain(gradient), v = plain(velocity), d = plain(decays);
  at::Tensor newP = at::empty_like(p), newV = at::empty_like(v);
  const Sgd by{static_cast<float>(learningRate), static_cast<float>(momentum), static_cast<float>(weightDecay), clipFactor(norm, clip)};
  const float *fromP = p.data_ptr<float>(), *fromG = g.data_ptr<float>(), *fromV = v.data_ptr<float>(), *fromD = d.data_ptr<float>();
  float *toP = newP.data_ptr<float>(), *toV = newV.data_ptr<float>();
  at::parallel_for(0, p.size(0), grain, [&](int64_t begin, int64_t end) { sgdRange(fromP, fromG, fromV, fromD, toP, toV, begin, end, by); });
  return {newP, newV, norm};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor> adamWStep(
    const at::Tensor& parameters,
    const at::Tensor& gradient,
    const at::Tensor& first,
    const at::Tensor& second,
    const at::Tensor& decays,
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double clip,
    int64_t update) {
  checkLengths(parameters, {&gradient, &first, &second, &decays});
  const at::Tensor norm = gradient.to(at::kFloat).norm();
  const double correctSecond = 1 / (1 - std::pow(beta2, static_cast<double>(update)));
  const double rate = learningRate / (1 - std::pow(beta1, static_cast<double>(update)));
  if (!parameters.is_cpu()) {
    const at::Tensor clipped = gradient.mul(clipFactorThere(norm, clip));
    const at::Tensor m = first.mul(beta1).add(clipped, 1 - beta1);
    const at::Tensor v = second.mul(beta2).addcmul(clipped, clipped, 1 - beta2);
    const at::Tensor moved = parameters.sub(m.div(v.mul(correctSecond).sqrt().add(epsilon)), rate);
    return {moved.sub(parameters.mul(decays), learningRate * weightDecay), m, v, norm};
  }
  const at::Tensor p = plain(parameters), g = plain(gradient), m = plain(first), v = plain(second), d = plain(decays);
  at::Tensor newP = at::empty_like(p), newM = at::empty_like(m), newV = at::empty_like(v);
  const double factor = clipFactor(norm, clip);
  const AdamW by{
      static_cast<float>(beta1),
      static_cast<float>(factor * (1 - beta1)),
      static_cast<float>(beta2),
      static_cast<float>(factor * factor * (1 - beta2)),
      static_cast<float>(correctSecond),
      static_cast<float>(epsilon),
      static_cast<float>(rate),
      static_cast<float>(learningRate * weightDecay)};
  const float *fromP = p.data_ptr<float>(), *fromG = g.data_ptr<float>(), *fromM = m.data_ptr<float>(), *fromV = v.data_ptr<float>(),
              *fromD = d.data_ptr<float>();
  float *toP = newP.data_ptr<float>(), *toM = newM.data_ptr<float>(), *toV = newV.data_ptr<float>();
  at::parallel_for(0, p.size(0), grain, [&](int64_t begin, int64_t end) {
    adamWRange(fromP, fromG, fromM, fromV, fromD, toP, toM, toV, begin, end, by);
  });
  return {newP, newM, newV, norm};
}

}  // namespace gpu_setup
