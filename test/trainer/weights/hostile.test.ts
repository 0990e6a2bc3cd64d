import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { UserError } from '../../../src/errors.js';
import { openWeights } from '../../../src/trainer/weights/open-weights.js';
import { dictPickle, global, joined, number, pickle, tensor, text, tuple } from './pickle-of.js';
import { pythonWith } from './python-oracle.js';
import { type Given, zipOf } from './zip-of.js';

/** Opens bytes as a file and reads all of it. */
function readAll(folder: string, bytes: Uint8Array, name = 'weights.pth') {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const weights = openWeights(path);
  try {
    return new Map([...weights.tensors.values()].map((each) => [each.name, { shape: each.shape, bytes: Buffer.from(each.bytes()) }]));
  } finally {
    weights.close();
  }
}

/** That `bytes` are refused in one line that begins with the file's name and matches. */
function refused(t: Test, bytes: Uint8Array, expected: RegExp, what: string): void {
  const folder = t.testdir({});
  let error: unknown;
  try {
    readAll(folder, bytes);
  } catch (thrown) {
    error = thrown;
  }
  t.type(error, UserError, `${what}: refused`);
  if (!(error instanceof UserError)) return;
  t.equal(error.exitCode, 2);
  t.ok(error.message.startsWith(`\`${join(folder, 'weights.pth')}\``), `${what}: ${error.message}`);
  t.notMatch(error.message, /\n/);
  t.match(error.message, expected, what);
  t.same(readdirSync(folder), ['weights.pth'], 'nothing is written');
}

const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);
const zipped = (data: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}, more: readonly Given[] = []) =>
  zipOf([
    { name: 'archive/data.pkl', content: data },
    ...Object.entries(storages).map(([key, content]) => ({ name: `archive/data/${key}`, content })),
    ...more,
  ]);
const one = dictPickle({ w: tensor({ count: 2, shape: [2] }) });

t.test('what is sound is read: the cases below differ from it in one thing', async (t) => {
  const folder = t.testdir({});
  const read = (bytes: Uint8Array) => readAll(folder, bytes).get('w');
  const expected = { shape: [2], bytes: floats(1, 2) };
  t.same(read(zipped(one, { 0: floats(1, 2) })), expected);
  t.same(
    read(
      zipOf(
        [
          { name: 'data.pkl', content: one },
          { name: 'data/0', content: floats(1, 2), deflated: true },
        ],
        { comment: 'PK\x05\x06 in a comment' },
      ),
    ),
    expected,
  );
  const wide = [
    { name: 'archive/data.pkl', content: one, wide: true },
    { name: 'archive/data/0', content: floats(1, 2), wide: true },
  ];
  t.same(read(zipOf(wide, { wide: true })), expected, 'zip64');
  t.same(
    read(zipped(one, {}, [{ name: 'archive/data/0', content: floats(1, 2), crc: 0 }])),
    expected,
    'without a checksum, as PyTorch can write it',
  );
});

t.test('a pickle that would run code is refused, named with its byte, and runs nothing', async (t) => {
  const marker = join(t.testdir({}), 'marker');
  const command = text(`touch ${marker}`);
  const attacks: Readonly<Record<string, [Uint8Array, RegExp]>> = {
    'os.system': [pickle(global('os', 'system'), tuple(command), 'R'), /at byte 2: it would call `os\.system`.*nothing of it was run/],
    'posix.system': [pickle(global('posix', 'system'), tuple(command), 'R'), /`posix\.system`/],
    'protocol 0': [joined("cos\nsystem\n(S'true'\ntR."), /at byte 0: it would call `os\.system`/],
    INST: [joined('(X\x04\x00\x00\x00trueios\nsystem\n.'), /`os\.system`/],
    OBJ: [pickle('(', global('subprocess', 'Popen'), command, 'o'), /`subprocess\.Popen`/],
    STACK_GLOBAL: [joined('\x80\x04', '\x8c\x05posix\x8c\x06system\x93', tuple(command), 'R.'), /`posix\.system`/],
    'builtins.eval': [pickle(global('builtins', 'eval'), tuple(text('1')), 'R'), /`builtins\.eval`/],
    '__builtin__.exec': [pickle(global('__builtin__', 'exec'), tuple(text('1')), 'R'), /`builtins\.exec`/],
    __import__: [pickle(global('builtins', '__import__'), tuple(text('os')), 'R'), /`builtins\.__import__`/],
    'a known name of an unknown module': [pickle(global('torch.hub', 'load'), tuple(text('a/b'), text('c')), 'R'), /`torch\.hub\.load`/],
    'numpy that runs': [
      pickle(global('numpy.testing._private.utils', 'runstring'), tuple(command, '}'), 'R'),
      /`numpy\.testing\._private\.utils\.runstring`/,
    ],
    'an unknown function': [pickle(global('helpful', 'function'), tuple(command), 'R'), /`helpful\.function`/],
    'getattr of a module': [pickle(global('builtins', 'getattr'), tuple(global('os', 'path'), text('join')), 'R'), /`os\.path`/],
    'getattr, then a call': [
      pickle(global('builtins', 'getattr'), tuple(global('helpful', 'Class'), text('method')), 'R', tuple(command), 'R'),
      /`helpful\.Class\.method`/,
    ],
    'getattr of what is known': [
      pickle(global('builtins', 'getattr'), tuple(global('collections', 'OrderedDict'), text('__init__')), 'R'),
      /`builtins\.getattr`/,
    ],
    'a call of a result': [
      pickle(global('functools', 'partial'), tuple(global('helpful', 'function')), 'R', ')R'),
      /calls something that is no function/,
    ],
    'BUILD with __setstate__': [
      pickle(global('helpful', 'Class'), ')\x81}', text('__setstate__'), global('helpful', 'function'), 'sb', command, 'b'),
      /`__setstate__`, by which it would run code/,
    ],
    'slots with __setstate__': [
      pickle(global('helpful', 'Class'), ')\x81', tuple('N', joined('}', text('__setstate__'), global('helpful', 'function'), 's')), 'b'),
      /`__setstate__`/,
    ],
    'BUILD of a function': [pickle(global('helpful', 'function'), '}b'), /gives a state to what has none/],
    'an extension': [pickle('\x82\x01'), /extension registry/],
    'in a dict beside tensors': [
      dictPickle({ w: tensor({ count: 2, shape: [2] }), x: joined(global('nt', 'system'), tuple(command), 'R') }),
      /`nt\.system`/,
    ],
    'as a hook of a tensor': [
      dictPickle({ w: joined(global('torch._utils', '_rebuild_tensor_v2'), tuple(global('pty', 'spawn'), 'R'), 'R') }),
      /`pty\.spawn`/,
    ],
    'through _rebuild_from_type_v2': [
      dictPickle({
        w: joined(global('torch._tensor', '_rebuild_from_type_v2'), tuple(global('helpful', 'function'), 'N', tuple(command), 'N'), 'R'),
      }),
      /a tensor of a kind that is not known/,
    ],
    'a name that a terminal obeys': [pickle(global('os', 'a\u001b[2Jb`'), ')R'), /`os\.a\\x1b\[2Jb'`/],
  };
  for (const [what, [bytes, expected]] of Object.entries(attacks)) {
    refused(t, bytes, expected, what);
    refused(t, zipped(bytes, { 0: floats(1, 2) }), expected, `${what}, in a zip`);
  }
  t.notOk(existsSync(marker));
});

t.test("Python's own pickles of objects that run code at loading", { skip: pythonWith('pickle') ? false : 'no Python' }, async (t) => {
  const script = `
import os, sys, pickle, types, functools
class Runs:
    def __init__(self, *how): self.how = how
    def __reduce__(self): return self.how
for protocol in range(6):
    for how in ((os.system, ('true',)), (eval, ('1',)), (exec, ('1',)), (getattr, (os, 'system')), (functools.reduce, (max, [1])), (Runs, (1,)), (dict, ([(1, Runs(os.system, ('true',)))],)), (os.getenv, ('HOME',))):
        try: data = pickle.dumps({'w': Runs(*how)}, protocol)
        except Exception: continue
        print(data.hex())
`;
  const { stdout } = spawnSync(pythonWith('pickle')!, ['-c', script], { encoding: 'utf8' });
  const pickles = stdout.trim().split('\n');
  t.ok(pickles.length >= 36, `${pickles.length} pickles`);
  for (const hex of pickles) refused(t, Buffer.from(hex, 'hex'), /nothing of it was run/, hex.slice(0, 60));
});

t.test('what a pickle makes of classes that are not known is inert, and tensors beside it are read', async (t) => {
  const folder = t.testdir({});
  const entries = {
    namespace: joined(global('argparse', 'Namespace'), ')\x81}', text('lr'), 'G?\xb9\x99\x99\x99\x99\x99\x9ab'.slice(0, 9), 'sb'),
    config: joined(global('mmcv.utils.config', 'ConfigDict'), ')\x81', text('a'), 'Ns'),
    method: joined(global('builtins', 'getattr'), tuple(global('mmengine.logging.history_buffer', 'HistoryBuffer'), text('min')), 'R'),
    old: joined(global('copy_reg', '_reconstructor'), tuple(global('yacs.config', 'CfgNode'), global('__builtin__', 'dict'), '}'), 'R'),
    w: tensor({ count: 2, shape: [2] }),
  };
  t.same([...readAll(folder, zipped(dictPickle(entries), { 0: floats(1, 2) })).keys()], ['w']);
});

t.test('a file that claims what it does not have', async (t) => {
  const big = 25_000_000_000;
  const claims: Readonly<Record<string, [Uint8Array, RegExp]>> = {
    '100 GB in a zip': [
      zipped(dictPickle({ w: tensor({ count: big, shape: [big] }) }), { 0: floats(1, 2) }),
      /claim 100\.0 GB, there are 8 bytes/,
    ],
    '100 GB through a view': [
      zipped(dictPickle({ w: tensor({ count: 2, shape: [big], strides: [0] }) }), { 0: floats(1, 2) }),
      /its tensors claim more than .*`w` alone 100\.0 GB/,
    ],
    'a hundred thousand views': [
      zipped(
        dictPickle(
          Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`w${i}`, tensor({ count: 2, shape: [1_000_000], strides: [0] })])),
        ),
        { 0: floats(1, 2) },
      ),
      /its tensors claim more than/,
    ],
    'a view beyond its storage': [
      zipped(dictPickle({ w: tensor({ count: 2, shape: [3] }) }), { 0: floats(1, 2) }),
      /of shape \[3\] goes beyond the 8 bytes of its storage/,
    ],
    'an offset beyond it': [zipped(dictPickle({ w: tensor({ count: 2, shape: [1], offset: 2 }) }), { 0: floats(1, 2) }), /goes beyond/],
    'a shape whose product is not a number': [
      zipped(dictPickle({ w: tensor({ count: 2, shape: [2 ** 40, 2 ** 40] }) }), { 0: floats(1, 2) }),
      /sound shape/,
    ],
    'a negative side': [zipped(dictPickle({ w: tensor({ count: 2, shape: [-1] }) }), { 0: floats(1, 2) }), /sound shape/],
    'a negative stride': [zipped(dictPickle({ w: tensor({ count: 2, shape: [2], strides: [-1] }) }), { 0: floats(1, 2) }), /sound shape/],
    'a storage that is not there': [zipped(one), /no entry `archive\/data\/0`/],
    'a storage of another length': [zipped(one, { 0: floats(1) }), /claim 8 bytes, there are 4 bytes/],
    'a storage of an unknown kind': [
      zipped(dictPickle({ w: tensor({ count: 2, shape: [2], storage: 'EvilStorage' }) })),
      /unknown type `EvilStorage`/,
    ],
    'a storage in a plain pickle': [one, /a pickle without the storage `0`/],
    'bytes that are not there': [joined('\x80\x04B\xff\xff\xff\x7f.'), /cut off: 2147483647 bytes should follow, there are 1/],
    'bytes of 8 bytes of length': [joined('\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff.'), /cut off/],
    'a frame that is not there': [joined('\x80\x04\x95\xff\xff\x00\x00\x00\x00\x00\x00.'), /cut off: a frame/],
    'a huge integer': [joined('\x80\x02\x8b\xff\xff\xff\x7f.'), /an integer of 2147483647 bytes/],
    'no tensor': [pickle('}', text('epoch'), 'K\x01s'), /it holds no tensor/],
  };
  for (const [what, [bytes, expected]] of Object.entries(claims)) refused(t, bytes, expected, what);
});

t.test('zips that lie, and zip bombs', async (t) => {
  const pkl: Given = { name: 'archive/data.pkl', content: one };
  const storage: Given = { name: 'archive/data/0', content: floats(1, 2) };
  const zeros = Buffer.alloc(200_000_000);
  const bombs: Readonly<Record<string, [Uint8Array, RegExp]>> = {
    'a bomb by its sizes': [
      zipOf([pkl, { ...storage, content: zeros, deflated: true }]),
      /claim to unpack to 200\.0 MB: it is refused as a zip bomb/,
    ],
    'a bomb that hides its size': [
      zipOf([pkl, { ...storage, content: zeros, deflated: true, size: 8 }]),
      /unpacks to more than the 8 bytes it claims: it is refused as a zip bomb/,
    ],
    'entries that share bytes': [
      zipOf([pkl, storage, { name: 'archive/data/1', content: '', at: 0, localName: 'x', packed: 8, size: 8 }]),
      /not where the list of entries says/,
    ],
    'entries that overlap': [
      zipOf([{ ...pkl, size: one.length + 40, packed: one.length + 40 }, storage]),
      /overlap: it is refused as a zip bomb/,
    ],
    'a wrong checksum': [zipOf([pkl, { ...storage, crc: 1 }]), /`archive\/data\/0`: its bytes are not those that were written/],
    'a wrong checksum of the pickle': [zipOf([{ ...pkl, crc: 1 }, storage]), /`archive\/data\.pkl`: its bytes are not those/],
    'a wrong checksum of what is deflated': [zipOf([pkl, { ...storage, deflated: true, crc: 1 }]), /its bytes are not those/],
    'two entries of one name': [zipOf([pkl, storage, storage]), /two entries called `archive\/data\/0`/],
    'a name that leaves': [
      zipOf([pkl, storage, { name: '../../etc/cron.d/x', content: 'x' }]),
      /`\.\.\/\.\.\/etc\/cron\.d\/x` would lie outside/,
    ],
    'an absolute name': [zipOf([pkl, storage, { name: '/etc/passwd', content: 'x' }]), /would lie outside/],
    'a name of Windows': [zipOf([pkl, storage, { name: 'a\\..\\b', content: 'x' }]), /would lie outside/],
    'another name inside': [zipOf([{ ...pkl, localName: 'archive/data.pkx' }, storage]), /not where the list of entries says/],
    encrypted: [zipOf([{ ...pkl, flags: 1 }, storage]), /is encrypted/],
    'an unknown method': [zipOf([{ ...pkl, method: 12 }, storage]), /packed by method 12/],
    'rubbish for deflated': [zipOf([pkl, { ...storage, method: 8 }]), /cannot be unpacked|no sound sizes|unpacks to/],
    'an entry beyond the end': [zipOf([pkl, { ...storage, packed: 1e6, size: 1e6 }]), /go beyond the end/],
    'no pickle': [zipOf([storage]), /not a checkpoint of PyTorch/],
    'two pickles': [zipOf([pkl, { ...pkl, name: 'other/data.pkl' }]), /not a checkpoint of PyTorch/],
    TorchScript: [zipOf([pkl, storage, { name: 'archive/constants.pkl', content: one }]), /TorchScript/],
    'an unknown byte order': [zipOf([pkl, storage, { name: 'archive/byteorder', content: 'middle' }]), /`middle` is neither/],
  };
  for (const [what, [bytes, expected]] of Object.entries(bombs)) refused(t, bytes, expected, what);
  const whole = zipped(one, { 0: floats(1, 2) });
  for (let length = 4; length < whole.length; length += 3) refused(t, whole.subarray(0, length), /./, `cut off after ${length} bytes`);
});

t.test('nesting and cycles', async (t) => {
  const folder = t.testdir({});
  const deep = 200_000;
  refused(t, pickle(']'.repeat(deep), 'a'.repeat(deep - 1)), /more than 32 deep|no tensor/, 'lists in lists');
  refused(t, pickle('('.repeat(deep), 't'.repeat(deep)), /more than 32 deep|no tensor/, 'tuples in tuples');
  refused(t, pickle('}'.repeat(100), '0'.repeat(99)), /no tensor/, 'an empty dict');
  refused(t, pickle('(', '0'.repeat(3)), /takes a value where there is none|back to a mark/, 'too many taken');
  refused(t, pickle('h\x07'), /recalls value 7, which it never remembered/, 'a memo that is not there');
  refused(t, pickle('}q\x00', text('me'), 'h\x00s'), /no tensor/, 'a dict in itself');
  refused(t, pickle(']q\x00h\x00a'), /no tensor/, 'a list in itself');
  // Each dict holds the one before twice: 2 ** 30 ways to the first.
  const laughs = joined('}q\x00', ...Array.from({ length: 30 }, () => joined('q\x00}', text('a'), 'h\x00s', text('b'), 'h\x00s')));
  refused(t, pickle(laughs), /no tensor/, 'a billion ways');
  const cycle = pickle('}q\x00', text('me'), 'h\x00s', text('w'), tensor({ count: 2, shape: [2] }), 's');
  t.same([...readAll(folder, zipped(cycle, { 0: floats(1, 2) })).keys()], ['w'], 'a tensor in a dict that holds itself');
  refused(t, pickle('}'.repeat(2_000_001)), /more than 2000000 objects/, 'two million dicts');
});

t.test('what is no checkpoint is told what it is', async (t) => {
  refused(t, Buffer.alloc(0), /it is empty/, 'empty');
  refused(t, Buffer.from('<!DOCTYPE html><html>'), /it is a web page/, 'a page');
  refused(t, Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:…'), /pointer of Git LFS/, 'LFS');
  refused(t, Buffer.from('\x89HDF\r\n', 'latin1'), /HDF5/, 'HDF5');
  refused(t, Buffer.from([0x1f, 0x8b, 8]), /gzip/, 'gzip');
  refused(t, Buffer.concat([Buffer.from('sys_info\0'), Buffer.alloc(600)]), /a tar, the format of PyTorch before 0\.1\.10/, 'tar');
  refused(t, Buffer.from('\x00\x01\x02 what is this', 'latin1'), /neither a checkpoint of PyTorch/, 'rubbish');
  t.throws(() => openWeights(join(t.testdir({}), 'absent.pth')), /There is no file/);
  t.throws(() => openWeights(t.testdir({})), /is a folder/);
});

t.test('the format before 1.6', async (t) => {
  const magic = joined('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.');
  const system = pickle('}', text('little_endian'), '\x88s');
  const file = (object: Buffer, keys: Buffer, ...storages: Buffer[]) =>
    joined(magic, pickle('M\xe9\x03'), system, object, keys, ...storages);
  const keys = pickle(']', text('0'), 'a');
  const length = (count: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(count));
    return bytes;
  };
  t.same(readAll(t.testdir({}), file(one, keys, length(2), floats(1, 2))).get('w'), { shape: [2], bytes: floats(1, 2) });
  refused(t, file(one, keys, length(25_000_000_000), floats(1, 2)), /the storage `0` claims 100\.0 GB, there are 8 bytes/, '100 GB');
  refused(t, file(one, keys, length(1), floats(1, 2)), /claim 8 bytes of the storage `0`, there are 4 bytes/, 'less than the tensor needs');
  refused(t, file(one, pickle(']', text('1'), 'a'), length(2), floats(1, 2)), /which no tensor is of/, 'another name');
  refused(
    t,
    file(one, pickle(']', text('0'), 'a', text('0'), 'a'), length(2), floats(1, 2), length(2), floats(1, 2)),
    /twice/,
    'a name twice',
  );
  refused(t, file(one, pickle(']'), Buffer.alloc(0)), /does not hold the storage `0`/, 'no name');
  refused(t, joined(magic, pickle('K\x01'), system), /version 1 of PyTorch's old format/, 'another version');
  const whole = file(one, keys, length(2), floats(1, 2));
  for (let cut = 3; cut < whole.length; cut += 5) refused(t, whole.subarray(0, cut), /./, `cut off after ${cut} bytes`);
  t.equal(number(5).length, 5);
});
