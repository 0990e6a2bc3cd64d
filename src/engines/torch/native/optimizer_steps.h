// One step of an optimizer in one pass over its vectors: src/ops/sgd-step.ts and src/ops/adamw-step.ts say what they compute.
#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

namespace gpu_setup {

// Vectors [n] of float32: the new parameters and velocity [n], and the gradient's norm before it was clipped.
std::tuple<at::Tensor, at::Tensor, at::Tensor> sgdStep(
    const at::Tensor& parameters,
    const at::Tensor& gradient,
    const at::Tensor& velocity,
    const at::Tensor& decays,
    double learningRate,
    double momentum,
    double weightDecay,
    double clip);

// Vectors [n] of float32: the new parameters, first and second moments [n], and the gradient's norm before it was clipped.
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
    int64_t update);

}  // namespace gpu_setup
