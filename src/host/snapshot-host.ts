import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { UserError } from '../errors.js';
import type { Host, HostPath, NoAnswer, Ran } from './host.js';
import { locateInside } from './inside-root.js';
import { absent, noAnswerOf, unavailable } from './no-answer.js';
import { parseCommands, parseSnapshot, type RecordedCommand } from './snapshot-format.js';

const nobodyLooked = unavailable('not recorded in this snapshot');

/** A machine as a snapshot folder remembers it; throws a `UserError` where `directory` holds none or a broken one. */
export async function snapshotHost(directory: string): Promise<Host> {
  const snapshot = parseSnapshot(await readPart(directory, 'snapshot.json'), join(directory, 'snapshot.json'));
  const commands = parseCommands(await readPart(directory, 'commands.json', '[]'), join(directory, 'commands.json'));
  const root = join(directory, 'root');

  const isAbsent = new Set(snapshot.absent);
  const isNoLink = new Set(snapshot.notLinks);
  const answers = new Map(commands.map((command) => [command.argv.join('\0'), command]));
  const missing = (path: HostPath): NoAnswer => {
    if (isAbsent.has(path)) return absent;
    const why = snapshot.unavailable[path];
    if (why !== undefined) return unavailable(why);
    return isUnder(snapshot.complete, path) ? absent : nobodyLooked;
  };
  /** Asks about the path itself first; where nothing is recorded of it, about what the recorded links on its way lead to. */
  const through = async <T>(path: HostPath, ask: (path: HostPath) => Promise<T | undefined>): Promise<T | NoAnswer> => {
    const here = await ask(path);
    if (here !== undefined) return here;
    const elsewhere = afterFirstLink(path, snapshot.links);
    return elsewhere === undefined ? missing(path) : through(elsewhere, ask);
  };

  return {
    origin: 'snapshot',
    read: (path, encoding = 'utf8') =>
      through(path, async (inside) => {
        const real = await realPath(root, inside, 'all');
        if (real === undefined) return undefined;
        try {
          return { outcome: 'text', text: await readFile(real, encoding) } as const;
        } catch (error) {
          return noAnswerOf(error);
        }
      }),
    list: (path) =>
      through(path, async (inside) => {
        const recorded = snapshot.directories[inside];
        if (recorded) return { outcome: 'entries', names: [...recorded].sort() } as const;
        if (!isUnder(snapshot.complete, inside)) return undefined;
        const names = await namesUnder(root, inside, [...Object.keys(snapshot.links), ...Object.keys(snapshot.status)]);
        return names.length > 0 ? ({ outcome: 'entries', names } as const) : undefined;
      }),
    readLink: async (path) => {
      const target = snapshot.links[path];
      if (target !== undefined) return { outcome: 'link', target };
      const parent = posix.dirname(path) as HostPath;
      const elsewhere = afterFirstLink(parent, snapshot.links);
      const moved = elsewhere && snapshot.links[posix.join(elsewhere, posix.basename(path)) as HostPath];
      if (moved !== undefined) return { outcome: 'link', target: moved };
      return isNoLink.has(path) ? absent : missing(path);
    },
    stat: (path) =>
      through(path, async (inside) => {
        const status = snapshot.status[inside];
        if (status) return { outcome: 'status', ...status } as const;
        return (await realPath(root, inside, 'all')) === undefined ? undefined : unavailable('recorded without its permissions');
      }),
    ask: async ({ program, args }) => {
      const recorded = answers.get([program, ...args].join('\0'));
      if (recorded) return ranOf(recorded);
      return snapshot.programsComplete && !commands.some(({ argv, outcome }) => argv[0] === program && outcome !== 'absent')
        ? absent
        : nobodyLooked;
    },
  };
}

async function readPart(directory: string, name: string, otherwise?: string): Promise<string> {
  try {
    return await readFile(join(directory, name), 'utf8');
  } catch (error) {
    if (otherwise !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw new UserError(`\`${join(directory, name)}\` cannot be read`, {
      hint: 'a snapshot is a folder with `snapshot.json`',
      cause: error,
    });
  }
}

async function realPath(root: string, path: HostPath, follow: 'all' | 'parents'): Promise<string | undefined> {
  const located = await locateInside(root, path, { follow });
  return located.outcome === 'located' ? located.real : undefined;
}

/** The names directly under `directory` in `root/` and among `paths` that only `snapshot.json` knows. */
async function namesUnder(root: string, directory: HostPath, paths: readonly string[]): Promise<readonly string[]> {
  const names = new Set<string>();
  const real = await realPath(root, directory, 'all');
  if (real !== undefined) for (const name of await readdir(real).catch(() => [])) names.add(name);
  const prefix = directory === '/' ? '/' : `${directory}/`;
  for (const path of paths) if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split('/', 1)[0]!);
  return [...names].sort();
}

/** `path` with its first recorded link followed; undefined where it has none. */
function afterFirstLink(path: HostPath, links: Readonly<Record<HostPath, string>>): HostPath | undefined {
  const names = path.split('/').slice(1);
  for (let count = 1; count <= names.length; count++) {
    const link = `/${names.slice(0, count).join('/')}` as HostPath;
    const target = links[link];
    if (target === undefined) continue;
    return posix.resolve(posix.dirname(link), target, ...names.slice(count)) as HostPath;
  }
  return undefined;
}

const isUnder = (directories: readonly HostPath[], path: HostPath) =>
  directories.some((directory) => directory === '/' || path === directory || path.startsWith(`${directory}/`));

function ranOf({ outcome = 'exited', code = 0, stdout = '', stderr = '', why = '', ms }: RecordedCommand): Ran {
  switch (outcome) {
    case 'absent':
      return absent;
    case 'unavailable':
      return unavailable(why);
    case 'timed-out':
      return { outcome, afterMs: ms };
    case 'exited':
      return { outcome, code, stdout, stderr };
  }
}
