// Marks a function whose plain loops are to be compiled for each width of vectors, and chosen by what the processor has.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GPU_SETUP_VECTORISED __attribute__((optimize("O3", "no-math-errno"), target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#elif defined(__GNUC__) && !defined(__clang__)
#define GPU_SETUP_VECTORISED __attribute__((optimize("O3", "no-math-errno")))
#else
#define GPU_SETUP_VECTORISED
#endif
