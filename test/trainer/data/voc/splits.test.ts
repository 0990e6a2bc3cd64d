import t from 'tap';
import { defaultSplits, listVocSplits } from '../../../../src/trainer/data/voc/splits.js';

t.test('the splits of a folder, without the lists of one class', async (t) => {
  const directory = t.testdir({
    Annotations: {},
    JPEGImages: {},
    ImageSets: {
      Main: { 'val.txt': 'a\n', 'train.txt': 'b\nc 1\n', 'cat_train.txt': 'b  1\nc -1\nd  0\n', 'empty.txt': '', 'notes.md': '' },
    },
  });
  t.same(await listVocSplits(directory), ['empty', 'train', 'val'], 'an empty one is not passed over unsaid');
});

t.test('split files may lie in ImageSets itself', async (t) => {
  t.same(await listVocSplits(t.testdir({ Annotations: {}, JPEGImages: {}, ImageSets: { 'all.txt': 'a\n' } })), ['all']);
});

t.test('which splits are meant when nobody says', async (t) => {
  t.same(defaultSplits(['test', 'train', 'trainval', 'val']), { train: 'train', val: 'val' });
  t.same(defaultSplits(['test', 'trainval']), { train: 'trainval', val: 'test' });
  t.same(defaultSplits(['train', 'trainval']), { train: 'train', val: undefined });
  t.same(defaultSplits(['trainval', 'val']), { train: 'trainval', val: undefined }, 'val lies within trainval');
  t.same(defaultSplits(['train', 'valid']), { train: 'train', val: 'valid' });
  t.same(defaultSplits(['all']), { train: 'all', val: undefined });
  t.same(defaultSplits([]), { train: undefined, val: undefined });
});
