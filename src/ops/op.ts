import {
  type GradConfig,
  getGradient,
  getKernel,
  type KernelConfig,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
  tidy,
  unregisterGradient,
} from '../tf.js';

/** An op that TensorFlow.js lacks. An engine may bring a fast kernel of the same name; the reference is what it must equal. */
export interface Op {
  readonly kernelName: string;
  /** The op in plain terms: correct on every backend, fast on none. */
  reference(inputs: Record<string, Tensor>, attributes: Record<string, unknown>): Tensor[];
  readonly gradient?: GradConfig;
  /** A gradient that goes through this op and takes the place of TensorFlow.js' own. */
  readonly betterGradient?: GradConfig;
}

/** Registers the gradients of `ops`, and their references as kernels of `backendName` where it has none of its own. */
export function registerOps(ops: readonly Op[], backendName: string): void {
  for (const op of ops) {
    if (op.gradient && !getGradient(op.kernelName)) registerGradient(op.gradient);
    if (op.betterGradient) replaceGradient(op.betterGradient);
    if (getKernel(op.kernelName, backendName)) continue;
    const config: KernelConfig = {
      kernelName: op.kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        const made = tidy(() => op.reference(inputs as Record<string, Tensor>, (attrs ?? {}) as Record<string, unknown>)) as TensorInfo[];
        return made.length === 1 ? made[0]! : made;
      },
    };
    registerKernel(config);
  }
}

function replaceGradient(gradient: GradConfig): void {
  const present = getGradient(gradient.kernelName);
  if (present === gradient) return;
  if (present) unregisterGradient(gradient.kernelName);
  registerGradient(gradient);
}
