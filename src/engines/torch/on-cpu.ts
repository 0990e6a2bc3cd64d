import * as tf from '../../tf.js';
import type { TorchBackend } from './backend.js';
import { kernel, type TorchKernel } from './kernel.js';

/** What a kernel is given: tensors, or lists of them, by name, or a list. */
type Inputs = Readonly<Record<string, tf.TensorInfo | readonly tf.TensorInfo[]>> | readonly tf.TensorInfo[];

/**
 * Runs TensorFlow.js' plain kernel of that name on the values of the inputs, which waits for the device. For strings, which libtorch has
 * none of, and for what `overValues` lists.
 */
export function onCpu(torch: TorchBackend, kernelName: string, inputs: Inputs, attrs: tf.NamedAttrMap): tf.TensorInfo | tf.TensorInfo[] {
  const found = tf.getKernel(kernelName, 'cpu');
  if (!found) throw new Error('strings are not computed with on the engine `torch`');
  const cpu = new tf.MathBackendCPU();
  // Or its first use advertises another backend.
  (cpu as unknown as { firstUse: boolean }).firstUse = false;
  const copied = ({ dataId, shape, dtype }: tf.TensorInfo) => cpu.makeTensorInfo(shape, dtype, torch.readSync(dataId) as never);
  const given = Array.isArray(inputs)
    ? inputs.map(copied)
    : Object.fromEntries(
        Object.entries(inputs as Exclude<Inputs, readonly unknown[]>).map(([name, input]) => [
          name,
          isList(input) ? input.map(copied) : copied(input),
        ]),
      );
  const made = found.kernelFunc({ inputs: given as never, attrs, backend: cpu });
  const brought = ({ dataId, shape, dtype }: tf.TensorInfo) => ({ dataId: torch.write(cpu.readSync(dataId), shape, dtype), shape, dtype });
  return Array.isArray(made) ? made.map(brought) : brought(made as tf.TensorInfo);
}

/** A kernel that reckons with values in JavaScript, be they strings or not. */
export const overValues = (kernelName: string): TorchKernel =>
  kernel<Record<string, unknown>>(kernelName, (torch, inputs, attrs) => onCpu(torch, kernelName, inputs as Inputs, attrs), {
    takesStrings: true,
    saysItself: true,
  });

const isList = (input: tf.TensorInfo | readonly tf.TensorInfo[]): input is readonly tf.TensorInfo[] => Array.isArray(input);
