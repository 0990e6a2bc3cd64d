import { dictOf, type PickleValue, Tuple } from '../pickle/values.js';

export interface About {
  readonly facts: Readonly<Record<string, string>>;
  readonly classes: readonly string[] | undefined;
  readonly config: string | undefined;
}

const longest = 80;

/** What a checkpoint says of itself, beside its tensors: plain values of its dict and of `meta`, as OpenMMLab's and Detectron2's have them. */
export function aboutCheckpoint(root: PickleValue): About {
  const dict = dictOf(root);
  const meta = dictOf(dict?.get('meta'));
  const facts: Record<string, string> = {};
  for (const [key, value] of [...(dict?.entries ?? []), ...(meta?.entries ?? [])]) {
    if (typeof key !== 'string' || !/^\w{1,40}$/.test(key) || Object.keys(facts).length === 12) continue;
    if (
      typeof value === 'number' ||
      typeof value === 'boolean' ||
      (typeof value === 'string' && value.length <= longest && !value.includes('\n'))
    )
      facts[key] = String(value);
  }
  const data = dictOf(meta?.get('dataset_meta'));
  const classes = namesIn(meta?.get('CLASSES') ?? data?.get('classes') ?? data?.get('CLASSES') ?? meta?.get('classes'));
  const config = [meta?.get('config'), meta?.get('cfg')].find((text) => typeof text === 'string') as string | undefined;
  return { facts, classes, config };
}

function namesIn(value: PickleValue | undefined): readonly string[] | undefined {
  const items = Array.isArray(value) ? (value as readonly PickleValue[]) : value instanceof Tuple ? value.items : [];
  return items.length > 0 && items.every((item) => typeof item === 'string') ? (items as readonly string[]) : undefined;
}
