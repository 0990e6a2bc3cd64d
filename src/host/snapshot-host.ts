import { readdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { UserError } from '../errors.js';
import type { Host, HostPath, NoAnswer, Ran } from './host.js';
import { locateInside, maxLinks } from './inside-root.js';
import { absent, unavailable } from './no-answer.js';
import { readBounded } from './read-bounded.js';
import { parseCommands, parseSnapshot, type RecordedCommand } from './snapshot-format.js';
import { streamFile } from './stream-file.js';

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
    let here = path;
    for (let links = 0; links < maxLinks; links++) {
      const answer = await ask(here);
      if (answer !== undefined) return answer;
      const elsewhere = afterFirstLink(here, snapshot.links);
      if (elsewhere === undefined) break;
      here = elsewhere;
    }
    // What was asked for itself may be recorded as missing; else where the links lead.
    const first = missing(path);
    return first === nobodyLooked ? missing(here) : first;
  };

  return {
    origin: 'snapshot',
    read: (path, encoding = 'utf8', lastBytes) =>
      through(path, async (inside) => {
        const here = await locate(root, inside);
        return here && readBounded(here.real, encoding, lastBytes);
      }),
    stream: (path) =>
      through(path, async (inside) => {
        const here = await locate(root, inside);
        return here && streamFile(here.real);
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
      // Links above the last name are followed; the last one is what is asked for.
      const parent = afterLinks(posix.dirname(path) as HostPath, snapshot.links);
      const link = posix.join(parent, posix.basename(path)) as HostPath;
      const target = snapshot.links[path] ?? snapshot.links[link] ?? (await linkIn(root, link));
      if (target !== undefined) return { outcome: 'link', target };
      return isNoLink.has(path) || (await locate(root, link)) ? absent : missing(path);
    },
    stat: (path) =>
      through(path, async (inside) => {
        const here = await locate(root, inside);
        const status = snapshot.status[inside] ?? (here && snapshot.status[here.inside]);
        if (status) return { outcome: 'status', ...status } as const;
        return here && unavailable('recorded without its permissions');
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
  // A snapshot comes from somebody else: a link in it must not have us read a file of this machine, nor a pipe hold us.
  const located = await locateInside(directory, `/${name}`, { follow: 'all' });
  const answer = located.outcome === 'located' ? await readBounded(located.real, 'utf8') : located;
  if (answer.outcome === 'text') return answer.text;
  if (otherwise !== undefined && answer.outcome === 'absent') return otherwise;
  const why = answer.outcome === 'absent' ? 'it is not there' : answer.why;
  throw new UserError(`\`${join(directory, name)}\` cannot be read: ${why}`, { hint: 'a snapshot is a folder with `snapshot.json`' });
}

/** Where something lies under `root`, real links followed inside it; undefined where nothing does. */
async function locate(root: string, path: HostPath): Promise<{ readonly inside: HostPath; readonly real: string } | undefined> {
  const located = await locateInside(root, path, { follow: 'all' });
  return located.outcome === 'located' ? located : undefined;
}

/** The target of a real link under `root`. */
async function linkIn(root: string, path: HostPath): Promise<string | undefined> {
  const located = await locateInside(root, path, { follow: 'parents' });
  if (located.outcome !== 'located') return undefined;
  return orUndefined(readlink(located.real));
}

/** The names directly under `directory` in `root/` and among `paths` that only `snapshot.json` knows. */
async function namesUnder(root: string, directory: HostPath, paths: readonly string[]): Promise<readonly string[]> {
  const here = await locate(root, directory);
  const names = new Set((here && (await orUndefined(readdir(here.real)))) ?? []);
  const prefix = directory === '/' ? '/' : `${directory}/`;
  for (const path of paths) if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split('/', 1)[0]!);
  return [...names].sort();
}

/** Undefined where there is nothing of that kind. */
async function orUndefined<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** `path` with every recorded link on its way followed. */
function afterLinks(path: HostPath, links: Readonly<Record<HostPath, string>>): HostPath {
  let here = path;
  for (let count = 0; count < maxLinks; count++) {
    const next = afterFirstLink(here, links);
    if (next === undefined) return here;
    here = next;
  }
  return here;
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
