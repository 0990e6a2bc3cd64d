import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmdirSync, writeFileSync } from 'node:fs';
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
  write(path: string, text: string | Uint8Array, mode?: number): void;
  run(argv: readonly string[], env?: Readonly<Record<string, string>>): { code: number | null; stdout: string; stderr: string };
  /** The built program inside, as root, without a terminal. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  /** What `start` starts, for who starts it in a manner of his own. */
  argv(args: readonly string[]): readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The same on a pseudo-terminal, whose other end are the child's own streams. */
  startOnTerminal(args: readonly string[]): ChildProcess;
  /** Every path that differs from this machine's, with kind, mode and content; `leaveOut` are beginnings of paths. */
  tree(leaveOut: readonly RegExp[]): ReadonlyMap<string, string>;
  close(): Promise<void>;
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
mount -t tmpfs -o size=512m tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
echo ready
exec cat > /dev/null
`;

/** Undefined where this machine lets nobody mount (a container, no root), or has no apt. */
export async function overlaySystem(): Promise<OverlaySystem | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', setUp, 'sh', base], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ready = await new Promise<boolean>((resolve) => {
    holder.stdout.once('data', () => resolve(true));
    holder.once('error', () => resolve(false));
    holder.once('exit', () => resolve(false));
  });
  if (!ready) return undefined;
  const space = `/proc/${holder.pid}/root${base}`;
  const root = join(space, 'root');
  const inside = (argv: readonly string[]) => [`--mount=/proc/${holder.pid}/ns/mnt`, 'chroot', join(base, 'root'), ...argv];
  const environment = { PATH: '/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', NO_COLOR: '1' };
  return {
    root,
    write(path, text, mode = 0o644) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text, { mode });
    },
    run(argv, env = {}) {
      const { status, stdout, stderr } = spawnSync('nsenter', inside(argv), {
        encoding: 'utf8',
        env: { ...environment, ...env },
        timeout: 120_000,
      });
      return { code: status, stdout, stderr };
    },
    start: (args, env = {}) =>
      spawn('nsenter', inside([process.execPath, program, ...args]), {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...environment, ...env },
      }),
    argv: (args) => ['nsenter', ...inside([process.execPath, program, ...args])],
    environment,
    startOnTerminal: (args) =>
      // The words are ours, without a blank or a quote: script(1) knows no list of arguments.
      spawn(
        'script',
        [
          '--quiet',
          '--return',
          '--command',
          `stty cols 100 rows 40; exec ${['nsenter', ...inside([process.execPath, program, ...args])].join(' ')}`,
          '/dev/null',
        ],
        {
          stdio: ['pipe', 'pipe', 'pipe'],
          env: { ...environment, TERM: 'xterm-256color', COLUMNS: '100', LINES: '40' },
        },
      ),
    tree: (leaveOut) => treeOf(join(space, 'upper'), root, leaveOut),
    close: () =>
      new Promise((resolve) => {
        holder.once('exit', () => resolve());
        holder.stdin.end();
      }),
  };
}

/** What the overlay holds: a copy that equals the original counts as none. */
function treeOf(upper: string, merged: string, leaveOut: readonly RegExp[]): ReadonlyMap<string, string> {
  const tree = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const name of readdirSync(join(upper, folder))) {
      const path = join(folder, name);
      if (leaveOut.some((pattern) => pattern.test(path))) continue;
      const now = fingerprint(join(merged, path), path);
      if (now !== fingerprint(path, path)) tree.set(path, now);
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
        .map((each) => each.trim())
        .filter(Boolean)
        .sort()
        .join('\n\n')
    : bytes;
  return `file ${mode} ${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
}
