import t from 'tap';
import { loadedText } from '../../src/report/weights-text.js';

const report = {
  path: 'f.pth',
  format: 'pytorch-zip' as const,
  family: 'torchvision, detection',
  taken: [{ name: 'backbone.stem.conv.weight', from: ['backbone.body.conv1.weight'] }],
  missing: [],
  leftOver: [],
  wrongShape: [],
  notes: [],
  classes: undefined,
};

t.test('what came of weights, on one screen whatever came of them', async (t) => {
  t.equal(loadedText(report), "weights: f.pth (names of torchvision, detection): 1 of the model's 1 tensors taken");
  const mixed = loadedText({
    ...report,
    missing: ['head.fc1.weight', 'head.fc1.bias', 'anchors'],
    leftOver: Array.from({ length: 300 }, (_, i) => `${i % 2 === 0 ? 'decoder' : 'encoder'}.layer${i}.weight`),
    wrongShape: Array.from({ length: 9 }, (_, i) => ({ name: `head.classes${i}`, from: [], has: [1024, 91], wants: [1024, 21] })),
    notes: ['a note with an \u001b[2J escape'],
  });
  t.equal(
    mixed,
    [
      "weights: f.pth (names of torchvision, detection): 1 of the model's 13 tensors taken",
      '  wrong shape, not taken:',
      ...Array.from({ length: 6 }, (_, i) => `    head.classes${i}: [1024, 91] there, the model wants [1024, 21]`),
      '    and 3 more',
      '  not in the file:',
      '    head.fc1 (weight, bias)',
      '    anchors',
      '  left over:',
      '    decoder: 150',
      '    encoder: 150',
      '  note: a note with an \\x1b[2J escape',
    ].join('\n'),
  );
});
