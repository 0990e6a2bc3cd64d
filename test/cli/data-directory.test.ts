import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { findDataDirectory } from '../../src/cli/data-directory.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { fetchDataSet } from '../../src/trainer/data/fetch/fetch-data-set.js';
import { readVoc } from '../../src/trainer/data/voc/read-voc.js';
import { archiveServer } from '../trainer/data/fetch/archive-server.js';
import { dataSetOf, tinyArchive } from '../trainer/data/fetch/tiny-voc.js';
import { testTerminal } from './test-terminal.js';

const makers = {
  shapes: async (directory: string) => directory,
  voc2007: async (directory: string) => join(directory, 'VOCdevkit/VOC2007'),
};
/** A person who chooses `value`, having been shown that among others. */
const chooses = (value: string): Partial<Terminal> => ({
  interactive: true,
  choose: async (_, choices) => choices.find((choice) => choice.value === value)!.value,
});

t.test('what is named is taken, else what lies in a usual place', async (t) => {
  const cwd = t.testdir();
  t.equal(await findDataDirectory(testTerminal({ cwd }), 'mine', false, makers), 'mine');
  mkdirSync(join(cwd, 'data/VOCdevkit'), { recursive: true });
  const terminal = testTerminal({ cwd });
  t.equal(await findDataDirectory(terminal, undefined, false, makers), join(cwd, 'data/VOCdevkit'));
  t.match(terminal.said.join(), 'data/VOCdevkit');
});

t.test('without a person it names both ways to come by one', async (t) => {
  await t.rejects(findDataDirectory(testTerminal({ cwd: t.testdir() }), undefined, false, makers), {
    name: 'UserError',
    exitCode: 6,
    message: /looked for `VOCdevkit`/,
    hint: /`--data DIR`.*`gpu-setup data fetch voc2007`.*`gpu-setup data make shapes`.*`--yes`/,
  });
});

t.test('a person is asked: fetch, draw, or neither', async (t) => {
  const cwd = t.testdir();
  const answer = (value: string) => findDataDirectory(testTerminal({ cwd, ...chooses(value) }), undefined, false, makers);
  t.equal(await answer('voc2007'), join(cwd, 'data/VOCdevkit/VOC2007'));
  t.equal(await answer('shapes'), join(cwd, 'data/shapes'));
  await t.rejects(answer('none'), { name: 'UserError', exitCode: 2, hint: /--data/ });
});

t.test('`--yes` draws `shapes` and asks nobody', async (t) => {
  const cwd = t.testdir();
  t.equal(await findDataDirectory(testTerminal({ cwd }), undefined, true, makers), join(cwd, 'data/shapes'));
});

t.test('what was fetched can be trained on, and is found the next time', async (t) => {
  const cwd = t.testdir();
  const { content, row } = await tinyArchive(cwd, 'trainval', ['000001', '000002']);
  const server = await archiveServer(t, content);
  const options = { dataSet: dataSetOf([{ ...row, hosts: [server.url] }]), split: 'trainval', onEvent: () => undefined };
  const directory = await findDataDirectory(testTerminal({ cwd, ...chooses('voc2007') }), undefined, false, {
    ...makers,
    voc2007: async (into) => (await fetchDataSet({ ...options, directory: into, signal: new AbortController().signal })).directory,
  });
  t.equal((await readVoc({ directory, split: 'trainval' })).records.length, 2);
  t.equal(await findDataDirectory(testTerminal({ cwd }), undefined, false, makers), join(cwd, 'data/VOCdevkit'));
});
