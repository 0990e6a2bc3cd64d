import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { engineSettings } from '../../src/engines/settings.js';
import { looks } from '../doctor/looks.js';
import { type Call, changesFiles, changesKernel, opensForWriting, pathOf, type Trace, traced, whyNoTrace } from './traced.js';

t.setTimeout(240_000);
const skip = whyNoTrace() ?? false;

/** Where everybody may write and nothing is kept. */
const nowhere = /^\/dev\/(null|tty|pts\/\d+)$/;

/** nvidia-smi opens the driver's nodes to ask it, as every program must that does; so it is asked only where they are there. */
const asksDriver = ({ started }: Trace, { pid }: Call) => started.some((each) => each.pid === pid && each.argv[0] === 'nvidia-smi');

const lineOf = ({ name, args, result }: Call) => `${name}(${args}) = ${result}`;

/** Calls that write anywhere but in `folder`. */
const writesOutside = (trace: Trace, folder: string) =>
  trace.calls
    .filter((call) => opensForWriting(call) || changesFiles(call))
    .filter((call) => !nowhere.test(pathOf(call)) && !pathOf(call).startsWith(`${folder}/`))
    .filter((call) => !(asksDriver(trace, call) && /^\/dev\/nvidia/.test(pathOf(call))))
    .map(lineOf);

for (const args of [
  ['doctor', '--json'],
  ['doctor', '--fix', '--dry-run'],
  ['doctor', '--json', '--host', 'test/fixtures/hosts/nouveau-and-secure-boot'],
]) {
  t.test(`gpu-setup ${args.join(' ')} writes nothing, loads nothing and opens no device for writing`, { skip }, async (t) => {
    const folder = t.testdir({ data: {} });
    const data = join(folder, 'data');
    const trace = traced(args, join(folder, 'traces'), { GPU_SETUP_DATA_DIR: data });
    t.ok([0, 1].includes(trace.code!), `it ends with ${trace.code}`, { stderr: trace.stderr });
    t.ok(trace.calls.filter(({ name }) => /^open/.test(name)).length > 100, 'the trace has something to tell');

    t.same(trace.calls.filter(changesKernel).map(lineOf), [], 'no module is loaded, nothing is mounted');
    // No engine is installed under the new data folder, so that there is nothing to try and to remember.
    t.same(writesOutside(trace, '/nowhere'), [], 'nothing is written');
    t.same(readdirSync(data), []);
    const devices = trace.calls.filter((call) => opensForWriting(call) && /^\/dev\//.test(pathOf(call)) && !nowhere.test(pathOf(call)));
    t.same(devices.filter((call) => !asksDriver(trace, call)).map(lineOf), [], 'no device node is opened for writing');

    const ran = trace.calls.filter(({ name, result }) => name === 'execve' && result === '0').map((call) => basename(pathOf(call)));
    const changing =
      /^(modprobe|insmod|rmmod|depmod|kmod|nvidia-modprobe|apt.*|dpkg|dnf|update-initramfs|dracut|mkinitcpio|mknod|sudo|su|pip.*)$/;
    t.same(
      ran.filter((name) => changing.test(name)),
      [],
      'no program that changes something is run, not even by those that are',
    );
    const connects = trace.calls.filter(({ name, args: what }) => name === 'connect' && /AF_INET6?/.test(what));
    t.same(connects.map(lineOf), [], 'nobody is called on a network');
  });
}

t.test('the programs that it runs are those that it says', { skip }, async (t) => {
  const folder = t.testdir();
  const { started } = traced(['doctor', '--json'], join(folder, 'traces'), { GPU_SETUP_DATA_DIR: join(folder, 'data') });
  t.ok(started.length >= 5);
  const lines = started.map(({ argv }) => argv.join(' '));
  t.same(
    lines.filter((line) => !looks.some((look) => look.test(line))),
    [],
  );
  t.comment(`run: ${[...new Set(lines)].join(', ')}`);
});

t.test('another machine’s doctor runs no program at all', { skip }, async (t) => {
  const folder = t.testdir();
  const { started } = traced(['doctor', '--json', '--host', 'test/fixtures/hosts/healthy-server'], join(folder, 'traces'));
  t.same(started, []);
});

t.test('where an engine is installed, what its trial said may be kept beside it, and nothing elsewhere', { skip }, async (t) => {
  const { engineDirectory } = engineSettings(process.env);
  const trace = traced(['doctor', '--json', '--only', 'engine/'], join(t.testdir(), 'traces'));
  const own = trace.calls.filter(({ pid }) => pid === trace.calls.find(({ name }) => name === 'execve')?.pid);
  t.same(writesOutside({ ...trace, calls: own }, engineDirectory), []);
});
