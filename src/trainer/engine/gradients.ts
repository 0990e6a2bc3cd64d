import * as tf from '../../tf.js';

/** An op that was recorded, as TensorFlow.js' engine keeps it. */
interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  /** What its gradient needs of the forward pass; kept until it is disposed. */
  readonly saved?: readonly tf.Tensor[];
  /** Gradients of the outputs (null: none) to those of the inputs, each made when it is asked for. */
  readonly gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
}

/** The part of the engine's state that decides whether ops are recorded, and holds the record. */
interface Recording {
  activeTape: TapeNode[] | null;
  gradientDepth: number;
}

/**
 * The value of `f`, and its gradient with respect to each variable: undefined where it does not depend on it. What `tf.variableGrads` computes; but
 * that holds every activation and every activation's gradient until all is done, and this disposes each as soon as nothing needs it any
 * more, which takes less than half the memory. `f` is run in a `tidy`. Not to be called within another gradient.
 */
export function valueAndGradients(
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
): { value: tf.Scalar; gradients: (tf.Tensor | undefined)[] } {
  const { value, tape } = record(f);
  const dependent = dependentOn(variables, tape);
  const gradients = new Map<number, tf.Tensor>([[value.id, tf.onesLike(value)]]);
  try {
    for (let node = tape.pop(); node; node = tape.pop()) backThrough(node, dependent, gradients);
  } catch (error) {
    tf.dispose([value, ...gradients.values()]);
    throw error;
  } finally {
    disposeSaved(tape);
  }
  return { value, gradients: variables.map(({ id }) => gradients.get(id)) };
}

function record(f: () => tf.Scalar): { value: tf.Scalar; tape: TapeNode[] } {
  const state = tf.engine().state as unknown as Recording;
  if (state.gradientDepth > 0) throw new Error('a gradient within a gradient is not computed');
  const tape: TapeNode[] = [];
  state.activeTape = tape;
  state.gradientDepth = 1;
  try {
    return { value: tf.tidy(f), tape };
  } catch (error) {
    disposeSaved(tape);
    throw error;
  } finally {
    state.gradientDepth = 0;
    state.activeTape = null;
  }
}

/** Ids of all tensors that depend on a variable, the variables among them. */
function dependentOn(variables: readonly tf.Variable[], tape: readonly TapeNode[]): Set<number> {
  const ids = new Set(variables.map(({ id }) => id));
  for (const { inputs, outputs } of tape)
    if (Object.values(inputs).some(({ id }) => ids.has(id))) for (const { id } of outputs) ids.add(id);
  return ids;
}

/** Adds to `gradients` what flows from the outputs of a node to its inputs, then lets go of all that only this node needed. */
function backThrough(node: TapeNode, dependent: ReadonlySet<number>, gradients: Map<number, tf.Tensor>): void {
  const dys = node.outputs.map(({ id }) => gradients.get(id) ?? null);
  const inputs = Object.entries(node.inputs).filter(([, { id }]) => dependent.has(id));
  try {
    if (inputs.length === 0 || dys.every((dy) => dy === null)) return;
    const made = tf.tidy(() => gradientsOf(node, dys, inputs));
    for (const [index, [, { id }]] of inputs.entries()) {
      const before = gradients.get(id);
      const here = made[index]!;
      gradients.set(id, before ? tf.add(before, here) : here);
      if (before) tf.dispose([before, here]);
    }
  } finally {
    for (const { id } of node.outputs) {
      gradients.get(id)?.dispose();
      gradients.delete(id);
    }
    disposeSaved([node]);
  }
}

function gradientsOf(node: TapeNode, dys: (tf.Tensor | null)[], inputs: readonly (readonly [string, tf.Tensor])[]): tf.Tensor[] {
  if (!node.gradient) throw new Error(`there is no gradient of \`${node.kernelName}\``);
  // TensorFlow.js would make arrays of zeros, as large as the output, in JavaScript.
  const whole = dys.map((dy, index) => dy ?? zerosLike(node.outputs[index]!));
  const functions = node.gradient(whole);
  const made = new Set<tf.Tensor>(whole);
  return inputs.map(([name, { shape }]) => {
    const gradient = functions[name]?.();
    if (!gradient) throw new Error(`\`${node.kernelName}\` has no gradient for \`${name}\``);
    if (!tf.util.arraysEqual(gradient.shape, shape))
      throw new Error(`the gradient of \`${node.kernelName}\` for \`${name}\` has shape [${gradient.shape}], not [${shape}]`);
    // One that is handed on as it came, or serves two inputs, is to be disposed of more than once.
    const own = made.has(gradient) ? gradient.clone() : gradient;
    made.add(own);
    return own;
  });
}

const zerosLike = ({ shape, dtype }: tf.Tensor) => tf.fill(shape, 0, dtype as 'float32');

function disposeSaved(tape: readonly TapeNode[]): void {
  for (const { saved } of tape) if (saved) tf.dispose([...saved]);
}
