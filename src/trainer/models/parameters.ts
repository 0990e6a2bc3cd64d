import { UserError } from '../../errors.js';
import * as tf from '../../tf.js';
import type { Random } from '../random.js';

/** How a parameter starts. `fan-in`: normal with deviation sqrt(gain / fan in) (He et al., 2015). */
export type Initial =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'values'; readonly values: Float32Array }
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'fan-in'; readonly gain: number };

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Weight decay is for filters and matrices, not for biases and the scales of a norm. */
  readonly decays: boolean;
  readonly variable: tf.Variable;
}

/** The numbers of a model, in the order of their making: what is trained, and what is only kept, running statistics and frozen layers. */
export class Parameters {
  readonly trainable: Parameter[] = [];
  readonly statistics: Parameter[] = [];
  readonly #random: Random;
  #frozen = false;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A variable to train, or to keep as it is where a frozen part is being made. */
  weight(name: string, shape: readonly number[], initial: Initial): tf.Variable {
    return this.#frozen ? this.#add(this.statistics, name, shape, initial, false) : this.#add(this.trainable, name, shape, initial, true);
  }

  /** A running statistic, or another number that is not trained. */
  statistic(name: string, shape: readonly number[], value: number): tf.Variable {
    return this.#add(this.statistics, name, shape, { kind: 'constant', value }, false);
  }

  /** Makes a part none of whose weights is trained, if so asked. */
  frozen<Part>(frozen: boolean, make: () => Part): Part {
    const before = this.#frozen;
    this.#frozen ||= frozen;
    try {
      return make();
    } finally {
      this.#frozen = before;
    }
  }

  get all(): readonly Parameter[] {
    return [...this.trainable, ...this.statistics];
  }

  get count(): number {
    return this.trainable.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /** The values of all, by name. */
  async values(): Promise<Map<string, { shape: readonly number[]; data: Float32Array }>> {
    const values = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    for (const { name, shape, variable } of this.all) values.set(name, { shape, data: (await variable.data()) as Float32Array });
    return values;
  }

  /** Takes values by name; a missing one or another shape is the user's wrong checkpoint. */
  load(values: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>, from: string): void {
    for (const { name, shape, variable } of this.all) {
      const value = values.get(name);
      if (!value) throw new UserError(`\`${from}\` has no \`${name}\``, { hint: 'it belongs to another model' });
      if (value.shape.join() !== shape.join()) {
        throw new UserError(`\`${from}\` has \`${name}\` of shape [${value.shape}], the model wants [${shape}]`, {
          hint: 'it belongs to another model',
        });
      }
      assign(variable, tf.tensor(value.data.slice(), [...shape], 'float32'));
    }
  }

  dispose(): void {
    for (const { variable } of this.all) variable.dispose();
  }

  #add(list: Parameter[], name: string, shape: readonly number[], initial: Initial, trainable: boolean): tf.Variable {
    const data = new Float32Array(sizeOf(shape));
    if (initial.kind === 'constant') data.fill(initial.value);
    else if (initial.kind === 'values') data.set(initial.values);
    else {
      const fanIn = sizeOf(shape.slice(0, -1));
      const deviation = initial.kind === 'normal' ? initial.deviation : Math.sqrt(initial.gain / fanIn);
      for (let i = 0; i < data.length; i++) data[i] = this.#random.normal() * deviation;
    }
    const start = tf.tensor(data, [...shape], 'float32');
    // The name stays ours: TensorFlow.js insists on unique ones for all time.
    const variable = tf.variable(start, trainable);
    start.dispose();
    list.push({ name, shape, decays: trainable && shape.length > 1, variable });
    return variable;
  }
}

/** Puts `value` into `variable` and disposes it. */
export function assign(variable: tf.Variable, value: tf.Tensor): void {
  variable.assign(value);
  value.dispose();
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
