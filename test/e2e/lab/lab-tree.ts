import { createHash } from 'node:crypto';
import { exceptions } from '../test-plan.js';
import type { Lab } from './lab-system.js';
import { must } from './must.js';

/** What may differ after an undo, and why; apt's and our own files as in every test of this folder. */
export const labExceptions: readonly { readonly paths: RegExp; readonly why: string }[] = [
  { paths: /^\/(srv|sys)(\/|$)/, why: 'the stand-ins themselves: the archive, and what the kernel shows' },
  {
    paths: /^\/var\/lib\/dkms(\/mok\.(key|pub))?$/,
    why: 'the key that DKMS makes for itself when it first builds, and its package leaves',
  },
  { paths: /^\/boot\/initrd\.img-/, why: 'an image holds the times at which its files were copied: what is in it is compared instead' },
];

/** Everything that differs from the system the lab began from: paths, kinds, modes, contents, and what early boot images hold. */
export function labTree(lab: Lab): ReadonlyMap<string, string> {
  const tree = new Map(lab.tree([...exceptions, ...labExceptions.map(({ paths }) => paths)]));
  const images = must(lab, ['find', '/boot', '-name', 'initrd.img-*', '-type', 'f']).trim().split('\n');
  for (const image of images.filter(Boolean)) {
    must(lab, ['rm', '-rf', '/tmp/image']);
    must(lab, ['unmkinitramfs', image, '/tmp/image']);
    const contents = must(lab, ['find', '/tmp/image', '-type', 'f', '-exec', 'sha256sum', '{}', '+']);
    const sorted = contents
      .split('\n')
      .filter((line) => !/\/(modules\.\S+\.bin|ld\.so\.cache)$/.test(line))
      .sort();
    tree.set(image, createHash('sha256').update(sorted.join('\n')).digest('hex').slice(0, 16));
  }
  must(lab, ['rm', '-rf', '/tmp/image']);
  return tree;
}
