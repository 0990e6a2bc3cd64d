// The operators that ATen lacks, under `gpu_setup::` in libtorch's own dispatcher: JavaScript calls them like all others, by their schema.
#pragma once

namespace gpu_setup {

// Registers them once per process. Throws when another copy of this addon has done so.
void registerOperators();

}  // namespace gpu_setup
