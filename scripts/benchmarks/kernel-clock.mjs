/**
 * Times every kernel of a backend in its own right: what a kernel calls in turn is taken off. True where a kernel has done its work when it
 * returns, as on the processor; on a GPU it is the time to hand it over.
 */
export class KernelClock {
  #spent = new Map();
  /** Of the kernels that are running, what was spent in those they called. */
  #inner = [];

  constructor(tf, backendName) {
    for (const config of tf.getKernelsForBackend(backendName)) {
      tf.unregisterKernel(config.kernelName, backendName);
      tf.registerKernel({ ...config, kernelFunc: (call) => this.#timed(config, call) });
    }
  }

  start() {
    this.#spent.clear();
  }

  /** The longest first. */
  perStep(steps) {
    return [...this.#spent]
      .map(([kernel, { calls, ms }]) => ({ kernel, calls: calls / steps, ms: ms / steps }))
      .sort((a, b) => b.ms - a.ms);
  }

  #timed({ kernelName, kernelFunc }, call) {
    this.#inner.push(0);
    const started = performance.now();
    try {
      return kernelFunc(call);
    } finally {
      const ms = performance.now() - started;
      const own = ms - this.#inner.pop();
      if (this.#inner.length > 0) this.#inner[this.#inner.length - 1] += ms;
      const spent = this.#spent.get(kernelName) ?? { calls: 0, ms: 0 };
      this.#spent.set(kernelName, { calls: spent.calls + 1, ms: spent.ms + own });
    }
  }
}
