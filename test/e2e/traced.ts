import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './gpu-setup.js';

/** One system call of one process. */
export interface Call {
  readonly pid: number;
  readonly name: string;
  /** As strace prints them. */
  readonly args: string;
  readonly result: string;
}

export interface Trace {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly Call[];
  /** The programs that gpu-setup itself started: their words, and the process. */
  readonly started: readonly { readonly pid: number; readonly argv: readonly string[] }[];
}

/** Calls that change something outside the process, or reach for it; `?` for those that some processors have not. */
const watched = [
  ...['open', 'openat', 'openat2', 'creat', 'execve', 'execveat', 'clone', 'clone3', 'fork', 'vfork'],
  ...['init_module', 'finit_module', 'delete_module', 'kexec_load', 'kexec_file_load', 'reboot', 'bpf', 'mount', 'umount2', 'pivot_root'],
  ...['mknod', 'mknodat', 'mkdir', 'mkdirat', 'rmdir', 'unlink', 'unlinkat', 'rename', 'renameat', 'renameat2', 'link', 'linkat'],
  ...['symlink', 'symlinkat', 'truncate', 'ftruncate', 'fallocate', 'chmod', 'fchmod', 'fchmodat', 'chown', 'fchown', 'lchown', 'fchownat'],
  ...[
    'utimensat',
    'setxattr',
    'lsetxattr',
    'fsetxattr',
    'removexattr',
    'swapon',
    'swapoff',
    'sethostname',
    'settimeofday',
    'clock_settime',
  ],
  ...['connect', 'bind', 'readlink', 'readlinkat', 'stat', 'lstat', 'newfstatat', 'statx', 'access', 'faccessat', 'faccessat2'],
];

/** Why nothing can be traced here; undefined where it can. */
export function whyNoTrace(): string | undefined {
  const { status, error } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { timeout: 30_000 });
  if (error) return 'strace is not installed';
  return status === 0 ? undefined : 'strace may not trace here';
}

/** Runs the built program under strace; `folder` gets the traces, one file for each process, so that no line is broken up. */
export function traced(args: readonly string[], folder: string, env: Readonly<Record<string, string>> = {}): Trace {
  mkdirSync(folder, { recursive: true });
  const trace = `trace=${watched.map((name) => `?${name}`).join(',')}`;
  const strace = ['-ff', '-qq', '-s', '4096', '-e', 'signal=none', '-e', trace, '-o', join(folder, 'trace')];
  // tap has every process of a test write down that it was there, by way of this variable.
  const command = ['env', '-u', 'NODE_OPTIONS', process.execPath, program, ...args];
  const { status, stdout, stderr, error } = spawnSync('strace', [...strace, ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 110_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  const calls = readdirSync(folder).flatMap((name) => callsIn(readFileSync(join(folder, name), 'utf8'), Number(name.split('.').at(-1))));
  return { code: status, stdout, stderr, calls, started: startedBy(calls) };
}

/** `openat(AT_FDCWD, "/etc/os-release", O_RDONLY|O_CLOEXEC) = 18` */
function callsIn(text: string, pid: number): readonly Call[] {
  return text.split('\n').flatMap((line) => {
    const [, name, args, result] = /^(\w+)\((.*)\)\s+= (.*)$/.exec(line) ?? [];
    return name ? [{ pid, name, args: args!, result: result! }] : [];
  });
}

function startedBy(calls: readonly Call[]): Trace['started'] {
  const births = calls.filter(({ name, result }) => /^(clone3?|v?fork)$/.test(name) && /^\d+/.test(result));
  const threads = new Set(births.filter(({ args }) => args.includes('CLONE_THREAD')).map(({ result }) => Number.parseInt(result, 10)));
  const first = calls.find(({ name, args }) => name === 'execve' && args.includes(JSON.stringify(program)))!.pid;
  const own = new Set([first]);
  for (const { pid, result } of births) if (own.has(pid) && threads.has(Number.parseInt(result, 10))) own.add(Number.parseInt(result, 10));
  const children = births.filter(({ pid, result }) => own.has(pid) && !threads.has(Number.parseInt(result, 10)));
  return children.flatMap(({ result }) => {
    const pid = Number.parseInt(result, 10);
    const run = calls.find((call) => call.pid === pid && call.name === 'execve' && call.result === '0');
    return run ? [{ pid, argv: wordsOf(run.args.slice(run.args.indexOf('['), run.args.lastIndexOf(']') + 1)) }] : [];
  });
}

/** `["gcc", "--version"]` */
const wordsOf = (list: string): readonly string[] => [...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word]) => word!);

/** The path that a call is about: its first string. */
export const pathOf = ({ args }: Call): string => /"((?:[^"\\]|\\.)*)"/.exec(args)?.[1] ?? '';

/** Whether it opens for more than reading. */
export const opensForWriting = ({ name, args }: Call): boolean =>
  name === 'creat' || (/^open/.test(name) && /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND/.test(args));

/** Whether it changes a name, a mode, a size or a time of something in a file system. */
export const changesFiles = ({ name, result }: Call): boolean =>
  !result.startsWith('-1') &&
  /^(mknod|mkdir|rmdir|unlink|rename|link|symlink|f?truncate|fallocate|f?chmod|[fl]?chown|utimens|[fl]?setxattr|removexattr|bind)/.test(
    name,
  );

/** Whether it changes the kernel. */
export const changesKernel = ({ name }: Call): boolean =>
  /^(f?init_module|delete_module|kexec|reboot|bpf|mount|umount2|pivot_root|swapo|sethostname|settimeofday|clock_settime)/.test(name);
