import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { drawShapes } from '../../../../src/trainer/data/shapes/draw-shapes.js';
import { makeShapes } from '../../../../src/trainer/data/shapes/make-shapes.js';
import { readVoc } from '../../../../src/trainer/data/voc/read-voc.js';
import { randomOf } from '../../../../src/trainer/random.js';

/** Every file of a folder and its bytes. */
function contents(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => join(entry.parentPath, entry.name)).map((path) => [path.slice(directory.length), readFileSync(path, 'latin1')]),
  );
}

t.test('the set reads without complaint, and its splits are as told', async (t) => {
  const directory = join(t.testdir(), 'made');
  const made = await makeShapes({ directory, images: 20, seed: 3 });
  t.match(made, { made: true, images: 20, splits: { train: 12, val: 4, test: 4, trainval: 16 } });
  const ids = new Set<string>();
  for (const [split, count] of Object.entries(made.splits)) {
    const { records, complaints } = await readVoc({ directory, split, classes: made.classes });
    t.equal(records.length, count);
    t.same(complaints, []);
    t.ok(records.every(({ truth }) => truth.boxes.count > 0));
    if (split !== 'trainval') for (const { id } of records) ids.add(id);
  }
  t.equal(ids.size, 20, 'no picture in two splits');
  const { classes } = await readVoc({ directory, split: 'train' });
  t.same(classes, [...made.classes], 'sorted as the reader sorts them');
});

t.test('the same seed makes the same bytes, another one others; a picture does not depend on how many there are', async (t) => {
  const root = t.testdir();
  const make = async (name: string, images: number, seed: number) => {
    await makeShapes({ directory: join(root, name, 'shapes'), images, seed });
    return contents(join(root, name, 'shapes'));
  };
  const first = await make('a', 10, 1);
  const same = await make('b', 10, 1);
  const other = await make('c', 10, 2);
  const longer = await make('d', 12, 1);
  t.same(same, first);
  t.equal(first.size, 10 + 10 + 4 + 1);
  t.not(other.get('/JPEGImages/000001.jpg'), first.get('/JPEGImages/000001.jpg'));
  t.equal(longer.get('/JPEGImages/000010.jpg'), first.get('/JPEGImages/000010.jpg'));
});

t.test('a folder of its own is left or made anew, one of somebody else is not touched', async (t) => {
  const root = t.testdir({ theirs: { 'a.txt': 'mine' }, file: '', empty: {} });
  const directory = join(root, 'shapes');
  await makeShapes({ directory, images: 10, seed: 1 });
  const before = contents(directory);
  t.equal((await makeShapes({ directory, images: 10, seed: 1 })).made, false);
  t.same(contents(directory), before);
  t.equal((await makeShapes({ directory, images: 11, seed: 1 })).made, true);
  t.equal(readdirSync(join(directory, 'JPEGImages')).length, 11);

  await t.rejects(makeShapes({ directory: join(root, 'theirs'), images: 10, seed: 1 }), {
    name: 'UserError',
    message: /is not empty/,
    hint: /--out/,
  });
  await t.rejects(makeShapes({ directory: join(root, 'file'), images: 10, seed: 1 }), { name: 'UserError', message: /is a file/ });
  t.equal((await makeShapes({ directory: join(root, 'empty'), images: 10, seed: 1 })).made, true);
  writeFileSync(join(root, 'shapes/shapes.json'), '{"madeBy":"somebody else"}');
  t.equal((await makeShapes({ directory, images: 10, seed: 1 })).made, true);
  t.same(readdirSync(root).sort(), ['empty', 'file', 'shapes', 'theirs'], 'nothing half made is left');
});

t.test('told to stop, it leaves nothing behind', async (t) => {
  const root = t.testdir();
  const stop = new AbortController();
  const making = makeShapes({
    directory: join(root, 'shapes'),
    images: 10,
    seed: 1,
    signal: stop.signal,
    onPicture: (done) => done === 3 && stop.abort(),
  });
  await t.rejects(making, { name: 'AbortError' });
  t.same(readdirSync(root), []);
});

t.test('boxes lie in their pictures, and are cut off only at an edge', async (t) => {
  for (let seed = 0; seed < 20; seed++) {
    const { picture, shapes } = drawShapes(randomOf(seed));
    t.ok(shapes.length > 0);
    for (const { box, truncated } of shapes) {
      const [x1, y1, x2, y2] = box;
      t.ok(x1 >= 0 && y1 >= 0 && x2 <= picture.width && y2 <= picture.height && x2 - x1 >= 2 && y2 - y1 >= 2);
      if (truncated) t.ok(x1 === 0 || y1 === 0 || x2 === picture.width || y2 === picture.height);
    }
  }
});
