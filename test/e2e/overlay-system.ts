import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { program } from './gpu-setup.js';

/**
 * A whole system with its own apt, dpkg and files, in which anything may be changed: this one's under an overlay, in a mount
 * namespace that goes when the test does. What is written lies in memory.
 */
export interface OverlaySystem {
  /** The system's root, as seen from outside. */
  readonly root: string;
  /** The same, as seen from where `mount` works. */
  readonly base: string;
  write(path: string, text: string | Uint8Array, mode?: number): void;
  run(argv: readonly string[], env?: Readonly<Record<string, string>>): { code: number | null; stdout: string; stderr: string };
  /** Mounts something of this machine at a path of the system, with `mount`'s own options: `['--bind', '/usr/bin/node']`. */
  mount(options: readonly string[], path: string): void;
  /** The built program inside, as root, without a terminal. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  /** What `start` starts, for who starts it in a manner of his own. */
  argv(args: readonly string[]): readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The same on a pseudo-terminal, whose other end are the child's own streams. */
  startOnTerminal(args: readonly string[]): ChildProcess;
  /** Any other program inside; its stdin ends when the test does. */
  spawn(argv: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  /** Programs at work in the system, by their process ids. */
  processes(): readonly { readonly pid: number; readonly name: string; readonly ofARun: boolean }[];
  /** Every path that differs from the system under the overlay, with kind, mode and content; `leaveOut` are beginnings of paths. */
  tree(leaveOut: readonly RegExp[]): ReadonlyMap<string, string>;
  close(): Promise<void>;
}

export interface OverlayOptions {
  /** The folder of the system under the overlay; this machine's own without. */
  readonly lower?: string;
  /** How the program is called inside. */
  readonly argv?: readonly string[];
  /** No network but the system's own. */
  readonly isolated?: boolean;
  /** How much may be written. */
  readonly size?: string;
}

const base = mkdtempSync(join(tmpdir(), 'overlay-'));
process.on('exit', () => {
  try {
    rmdirSync(base);
  } catch {
    // The last namespace may still be on its way out; an empty folder is all that stays.
  }
});

const setUp = `
set -e
mount -t tmpfs -o "size=$3" tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
if [ "$2" = / ]; then mount --rbind /dev "$1/root/dev"; fi
if [ "$4" = isolated ]; then chroot "$1/root" ip link set lo up; fi
echo ready
exec cat > /dev/null
`;

/** Undefined where this machine lets nobody mount (a container, no root), or has no apt. */
export async function overlaySystem({
  lower = '/',
  argv: command = [process.execPath, program],
  isolated = false,
  size = '512m',
}: OverlayOptions = {}): Promise<OverlaySystem | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const spaces = ['--mount', '--propagation', 'private', ...(isolated ? ['--net'] : [])];
  const holder = spawn('unshare', [...spaces, 'sh', '-c', setUp, 'sh', base, lower, size, isolated ? 'isolated' : 'shared'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ready = await new Promise<boolean>((resolve) => {
    holder.stdout.once('data', () => resolve(true));
    holder.once('error', () => resolve(false));
    holder.once('exit', () => resolve(false));
  });
  if (!ready) return undefined;
  // A test that fails before it closes its system must still come to its end.
  for (const each of [holder, holder.stdin as Socket, holder.stdout as Socket]) each.unref();
  const space = `/proc/${holder.pid}/root${base}`;
  const root = join(space, 'root');
  const enter = [`--mount=/proc/${holder.pid}/ns/mnt`, `--net=/proc/${holder.pid}/ns/net`];
  const inside = (argv: readonly string[]) => [...enter, 'chroot', join(base, 'root'), ...argv];
  const environment = { PATH: '/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', NO_COLOR: '1' };
  const enterWith = (argv: readonly string[], env: Readonly<Record<string, string>>, input: 'ignore' | 'pipe') =>
    spawn('nsenter', inside(argv), { stdio: [input, 'pipe', 'pipe'], env: { ...environment, ...env } });
  return {
    root,
    base: join(base, 'root'),
    write(path, text, mode = 0o644) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text, { mode });
    },
    run(argv, env = {}) {
      const { status, stdout, stderr } = spawnSync('nsenter', inside(argv), {
        encoding: 'utf8',
        env: { ...environment, ...env },
        timeout: 600_000,
      });
      return { code: status, stdout, stderr };
    },
    mount(options, path) {
      const { status, stderr } = spawnSync('nsenter', [...enter, 'mount', ...options, join(base, 'root', path)], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`Cannot mount ${options.join(' ')} at ${path}: ${stderr}`);
    },
    start: (args, env = {}) => enterWith([...command, ...args], env, 'ignore'),
    argv: (args) => ['nsenter', ...inside([...command, ...args])],
    environment,
    startOnTerminal: (args) =>
      // The words are ours, without a blank or a quote: script(1) knows no list of arguments.
      spawn(
        'script',
        [
          '--quiet',
          '--return',
          '--command',
          `stty cols 100 rows 40; exec ${['nsenter', ...inside([...command, ...args])].join(' ')}`,
          '/dev/null',
        ],
        {
          stdio: ['pipe', 'pipe', 'pipe'],
          env: { ...environment, TERM: 'xterm-256color', COLUMNS: '100', LINES: '40' },
        },
      ),
    spawn: (argv, env = {}) => enterWith(argv, env, 'pipe'),
    processes: () => processesIn(`/proc/${holder.pid}/ns/mnt`),
    tree: (leaveOut) => treeOf({ upper: join(space, 'upper'), merged: root, lower }, leaveOut),
    close: () =>
      new Promise((resolve) => {
        holder.ref();
        holder.once('exit', () => resolve());
        holder.stdin.end();
      }),
  };
}

/** Those of a mount namespace; a program that gpu-setup runs carries a variable that says so. */
function processesIn(space: string): ReturnType<OverlaySystem['processes']> {
  const ours = readlinkSync(space);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (readlinkSync(`/proc/${name}/ns/mnt`) !== ours) return [];
        const ofARun = readFileSync(`/proc/${name}/environ`, 'utf8').includes('GPU_SETUP_RUN=');
        return [{ pid: Number(name), name: readFileSync(`/proc/${name}/comm`, 'utf8').trim(), ofARun }];
      } catch {
        // It ended between two looks.
        return [];
      }
    });
}

/** What the overlay holds: a copy that equals the original counts as none. */
function treeOf(
  { upper, merged, lower }: { readonly upper: string; readonly merged: string; readonly lower: string },
  leaveOut: readonly RegExp[],
): ReadonlyMap<string, string> {
  const tree = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const name of readdirSync(join(upper, folder))) {
      const path = join(folder, name);
      if (leaveOut.some((pattern) => pattern.test(path))) continue;
      const now = fingerprint(join(merged, path), path);
      if (now !== fingerprint(join(lower, path), path)) tree.set(path, now);
      if (lstatSync(join(upper, path)).isDirectory()) walk(path);
    }
  };
  walk('/');
  return tree;
}

/** Kind, permissions and content; of dpkg's and apt's lists what they say, whose order is nobody's promise. */
function fingerprint(real: string, path: string): string {
  const stats = lstatSync(real, { throwIfNoEntry: false });
  if (!stats) return 'absent';
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isSymbolicLink()) return `link to ${readlinkSync(real)}`;
  if (stats.isDirectory()) return `folder ${mode}`;
  if (!stats.isFile()) return `other ${mode}`;
  const bytes = readFileSync(real);
  const content = /^\/var\/lib\/(dpkg\/status|apt\/extended_states)$/.test(path)
    ? bytes
        .toString('utf8')
        .split(/\n\n+/)
        // Which list of an archive was read last decides these two, also of packages that nobody touched.
        .map((each) => each.replace(/^(Priority|Section): .*\n/gm, '').trim())
        .filter(Boolean)
        .sort()
        .join('\n\n')
    : bytes;
  return `file ${mode} ${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
}
