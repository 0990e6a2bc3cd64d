/**
 * What a tensor is in a network, whoever named it: `stage2.block1.conv3`, `fpn.lateral1`, `box.classes`, and which part of it. Programs' names are brought to
 * roles (a file each), and roles to our names (ours.ts), so that neither side needs to know the other.
 */
export interface Role {
  /** The layer: counted from 1. */
  readonly layer: string;
  readonly part: 'weight' | 'bias' | 'norm.weight' | 'norm.bias' | 'norm.running_mean' | 'norm.running_var';
}

export const roleName = ({ layer, part }: Role): string => `${layer}:${part}`;

/** How a program calls a layer, and which it is. */
export interface Rule {
  readonly pattern: RegExp;
  layer(...numbers: number[]): string;
  /** Whether it is the norm behind the layer. */
  readonly norm: boolean;
}

/** A rule for names that match `pattern` and one of a layer's parts; its groups are numbers. */
export function rule(pattern: string, layer: (...numbers: number[]) => string, norm = false): Rule {
  return { pattern: new RegExp(`^${pattern}\\.(weight|bias|running_mean|running_var)$`), layer, norm };
}

export function roleOf(name: string, rules: readonly Rule[]): Role | undefined {
  for (const { pattern, layer, norm } of rules) {
    const found = pattern.exec(name);
    if (!found) continue;
    const part = found.at(-1)!;
    if (!norm && part.startsWith('running_')) return undefined;
    return { layer: layer(...found.slice(1, -1).map(Number)), part: (norm ? `norm.${part}` : part) as Role['part'] };
  }
  return undefined;
}
