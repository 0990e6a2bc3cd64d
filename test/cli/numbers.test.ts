import t from 'tap';
import { part, positiveInteger, positiveNumber, seedNumber } from '../../src/cli/numbers.js';

const never = ['', ' ', 'NaN', 'nan', 'Infinity', '-1', '0x10', '1e999', '1_000', '3 minutes', 'abc', '1e3x', '-0.5'];

t.test('what is no decimal number, or outside of the range, is wrong usage', async (t) => {
  for (const [parse, others] of [
    [positiveNumber, ['0', '-0', '0.0']],
    [positiveInteger, ['0', '1.5', '1e-1', '9007199254740993']],
    [part, ['1.01', '2']],
    [seedNumber, ['0.5', '4294967296']],
  ] as const)
    for (const text of [...never, ...others]) t.throws(() => parse(text), { code: 'commander.invalidArgument' }, `${parse.name} ${text}`);
});

t.test('numbers as people write them', async (t) => {
  t.same(['0.5', '.5', '5', '5.', '1e2', '+3'].map(positiveNumber), [0.5, 0.5, 5, 5, 100, 3]);
  t.same(['1', '1e3', '12'].map(positiveInteger), [1, 1000, 12]);
  t.same(['0', '1', '0.25'].map(part), [0, 1, 0.25]);
  t.same(['0', '4294967295'].map(seedNumber), [0, 4294967295]);
});
