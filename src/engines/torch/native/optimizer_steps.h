// One step of an optimizer for one parameter, in one pass: src/ops/sgd-step.ts and src/ops/adamw-step.ts say what they compute. All
// tensors have one shape; what comes out is laid out in memory like the parameter.
#pragma once

#include <ATen/core/Tensor.h>

#include <tuple>

namespace gpu_setup {

// The new parameter and velocity.
std::tuple<at::Tensor, at::Tensor> sgdStep(
    const at::Tensor& parameter,
    const at::Tensor& gradient,
    const at::Tensor& velocity,
    double learningRate,
    double momentum,
    double weightDecay,
    double scale);

// The new parameter, first and second moment.
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
    int64_t update);

}  // namespace gpu_setup
