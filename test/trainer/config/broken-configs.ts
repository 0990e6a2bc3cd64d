import { readFileSync } from 'node:fs';

const whole = readFileSync('configs/voc/faster_rcnn_compact.yaml', 'utf8');

/** The shipped recipe with one thing changed; what is to be changed must be there. */
function spoilt(from: string | RegExp, to: string): string {
  const text = whole.replace(from, to);
  if (text === whole) throw new Error(`the recipe has no ${from}`);
  return text;
}

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

/** A config that is wrong: its files, of which `config.yaml` is given to the program, and the one line that must be said of it. */
export interface Broken {
  readonly name: string;
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly said: RegExp;
  readonly hint?: RegExp;
}

const one = (name: string, text: string | Buffer, said: RegExp, hint?: RegExp): Broken => ({
  name,
  files: { 'config.yaml': text },
  said,
  ...(hint ? { hint } : {}),
});

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...'bcdefgh'.split('').map((key, i) => `${key}: &${key} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(', ')}]`),
];
const base = lineOf(whole, 'beta: 0.1111');

export const brokenConfigs: readonly Broken[] = [
  one(
    'a key that nobody knows',
    spoilt('  batch: 8', '  bacth: 8'),
    /config\.yaml:39: `training\.bacth`: there is no such setting/,
    /did you mean `batch`\?/,
  ),
  one('a key at the top', `${whole}optimiser: {}\n`, /config\.yaml:\d+: `optimiser`: there is no such setting/),
  one('a key of another type', spoilt('stem: 64', 'depth: 50'), /config\.yaml:8: `model\.backbone\.depth`: `compact` has no such setting/),
  one(
    'a key deep in a list',
    spoilt('{ channels: 96, blocks: 2 }', '{ channels: 96, block: 2 }'),
    /config\.yaml:10: `model\.backbone\.stages\.0\.block`/,
    /did you mean `blocks`\?/,
  ),
  one('a word for a number', spoilt('epochs: 40', 'epochs: many'), /config\.yaml:40: `training\.epochs`: `many`: expected a number/),
  one('a number for a mapping', spoilt(/augment: \{.*\}/, 'augment: 3'), /config\.yaml:\d+: `data\.augment`: `3`: expected a mapping/),
  one('half an epoch', spoilt('epochs: 40', 'epochs: 0.5'), /config\.yaml:40: `training\.epochs`: `0\.5`: expected a whole number/),
  one('below what is possible', spoilt('batch: 8', 'batch: 0'), /config\.yaml:39: `training\.batch`: `0`: expected number to be >=1/),
  one('not a number', spoilt('peak: 0.002', 'peak: .nan'), /config\.yaml:\d+: `training\.schedule\.peak`: `NaN`: expected/),
  one(
    'yes for a switch',
    spoilt('boxPerClass: false', 'boxPerClass: no'),
    /config\.yaml:28: `model\.head\.boxPerClass`: `no`: expected `true` or `false`/,
  ),
  one(
    'a backbone that there is not',
    spoilt('type: compact', 'type: resnett'),
    /config\.yaml:7: `model\.backbone\.type`: no backbone is called `resnett`/,
    /did you mean `resnet`\? there is `compact`, `resnet`, `vgg16`/,
  ),
  one(
    'a detector that there is not',
    spoilt('type: faster_rcnn', 'type: yolo'),
    /config\.yaml:4: `model\.type`: no detector is called `yolo`/,
    /there is `faster_rcnn`/,
  ),
  one(
    'an optimizer without a type',
    spoilt('{ type: adamw, ', '{ '),
    /config\.yaml:\d+: `training\.optimizer\.type`: is missing/,
    /`adamw`, `sgd`/,
  ),
  one(
    'something is missing',
    spoilt(/ {2}neck:.*\n/, ''),
    /config\.yaml:4: `model\.neck`: is missing|config\.yaml:3: `model\.neck`: is missing/,
  ),
  one(
    'none of the alternatives',
    spoilt('anchors: { fit: 9 }', 'anchors: nine'),
    /config\.yaml:\d+: `model\.rpn\.anchors`: `nine` is none of what may stand here/,
    /expected a mapping or a list/,
  ),
  one(
    'the nearest of the alternatives',
    spoilt('anchors: { fit: 9 }', 'anchors: { fit: 900 }'),
    /config\.yaml:\d+: `model\.rpn\.anchors\.fit`: `900`: expected number to be <=64/,
  ),
  one(
    'a word that is no choice',
    spoilt('  augment:', '  resize: torchvison\n  augment:'),
    /config\.yaml:\d+: `data\.resize`: `torchvison`: expected/,
    /did you mean `torchvision`\?/,
  ),
  one('a key that stands twice', spoilt('  batch: 8', '  batch: 8\n  batch: 9'), /config\.yaml:40: `batch` stands in line 39 already/),
  one('tabs', spoilt('  batch: 8', '\tbatch: 8'), /config\.yaml:\d+: .*[Tt]ab/),
  one('a bracket that is not closed', spoilt('[{ channels: 96', '[[{ channels: 96'), /config\.yaml:\d+: /),
  one('a list', '- model\n- data\n', /config\.yaml:1: a config is a mapping of settings/),
  one('nothing', '', /config\.yaml:1: a config is a mapping of settings/),
  one('two documents', `${whole}---\n${whole}`, /config\.yaml:\d+: .*document/i),
  one('aliases that blow up', `${bomb.join('\n')}\n`, /config\.yaml:\d+: more than 20000 values once every alias is followed/),
  one('an alias of itself', 'a: &a\n  b: *a\n', /config\.yaml:\d+: /),
  one('an alias of nothing', 'a: *b\n', /config\.yaml:1: .*b/),
  one('code', 'model: !!js/function "function () {}"\n', /config\.yaml:1: .*(tag|Tag)/),
  one('ten thousand brackets', `model: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`, /config\.yaml:1: more than 64 levels deep/),
  one('half a megabyte', `# ${'x'.repeat(500_000)}\n${whole}`, /config\.yaml: \d+ bytes; a config has at most 262144/),
  one('no text', Buffer.from([0xff, 0xfe, 0x6d, 0x00, 0x80]), /config\.yaml: not a text in UTF-8/),
  one('zeros', 'model: \0\0\0', /config\.yaml: not a text/),
  one('a key that is a list', '[a, b]: c\n', /config\.yaml:1: `.*` is not the name of a setting/),
  one('a key that would change objects', '__proto__: {a: 1}\n', /config\.yaml:1: `__proto__` is not the name of a setting/),
  {
    name: 'a base that is not there',
    files: { 'config.yaml': '_base_: lost.yaml\n' },
    said: /config\.yaml:1: `_base_`: no config at `lost\.yaml`/,
  },
  {
    name: 'a base that is a folder',
    files: { 'config.yaml': '_base_:\n  - .\n' },
    said: /config\.yaml:2: `_base_`: no config at `.*`: it is not a file/,
  },
  { name: 'a base that is a number', files: { 'config.yaml': '_base_: 3\n' }, said: /config\.yaml:1: `_base_`: not the path of a config/ },
  {
    name: 'configs that build on each other',
    files: { 'config.yaml': '_base_: one.yaml\n', 'one.yaml': '\n_base_: [two.yaml]\n', 'two.yaml': '_base_: one.yaml\n' },
    said: /two\.yaml:1: `_base_`: the configs build on each other in a circle: `one\.yaml` -> `two\.yaml` -> `one\.yaml`/,
  },
  {
    name: 'a mistake in a base',
    files: { 'config.yaml': '_base_: below.yaml\ntraining: { batch: 2 }\n', 'below.yaml': spoilt('beta: 0.1111', 'betta: 0.1111') },
    said: new RegExp(`below\\.yaml:${base}: \`model\\.rpn\\.betta\``),
    hint: /did you mean `beta`\?/,
  },
  {
    name: 'another type over the settings of the one below',
    files: { 'config.yaml': '_base_: below.yaml\nmodel:\n  backbone: { type: resnet, depth: 18 }\n', 'below.yaml': whole },
    said: /below\.yaml:8: `model\.backbone\.stem`: `resnet` has no such setting/,
    hint: /`type: resnet` is said in config\.yaml:3; `_delete_: true` beside it/,
  },
];
