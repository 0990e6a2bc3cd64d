import { existsSync } from 'node:fs';

/** Whether the kernel has an NVIDIA driver loaded, or Windows lends its own to this Linux (WSL). */
export const nvidiaDriverRuns = () => existsSync('/proc/driver/nvidia/version') || existsSync('/usr/lib/wsl/lib/libcuda.so.1');
