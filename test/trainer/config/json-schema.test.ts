import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import t from 'tap';
import { parse } from 'yaml';
import { shippedConfigs } from '../../../src/cli/find-config.js';
import { brokenConfigs } from './broken-configs.js';

const schema = JSON.parse(readFileSync('configs/schema/training.schema.json', 'utf8'));
const valid = new Ajv2020.default({ strict: false }).compile(schema);

t.test('the schema for editors takes every config that ships', async (t) => {
  for (const name of shippedConfigs()) {
    const config = parse(readFileSync(`configs/${name}.yaml`, 'utf8'));
    t.ok(valid(config), `${name}: ${JSON.stringify(valid.errors?.slice(0, 2))}`);
  }
  t.ok(valid({ _base_: ['a.yaml'], model: { backbone: { _delete_: true, type: 'resnet', depth: 18 } }, training: { batch: 2 } }));
});

t.test('and refuses what the program refuses of a single file', async (t) => {
  const judged = brokenConfigs.filter(
    ({ files, name }) =>
      Object.keys(files).length === 1 &&
      /^(a key that nobody|a key of another|a word for|half an|a backbone|a detector|something|none of)/.test(name),
  );
  t.ok(judged.length >= 8);
  for (const { name, files } of judged) t.notOk(valid(parse(String(files['config.yaml']))), name);
  t.notOk(valid({ _base_: 'a.yaml', training: { bacth: 2 } }), 'a typo in a config that builds on another');
});
