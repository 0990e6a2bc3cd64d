/** A path as the diagnosed machine sees it, whatever folder or archive it is really read from. */
export type HostPath = `/${string}`;

/** A program and its arguments; never a shell string. Runs with `LC_ALL=C`. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Milliseconds until it is killed; unless told 10 seconds for one that only looks, 5 minutes for one that changes. */
  readonly timeoutMs?: number;
  /** It asks whoever sits at the terminal, and gets that terminal; where nobody sits there it is not run. */
  readonly asks?: boolean;
}

/** `absent`: it is not there. `unavailable`: this host cannot say, and why. Never one for the other. */
export type NoAnswer = { readonly outcome: 'absent' } | { readonly outcome: 'unavailable'; readonly why: string };
export type Reading = NoAnswer | { readonly outcome: 'text'; readonly text: string };
export type Listing = NoAnswer | { readonly outcome: 'entries'; readonly names: readonly string[] };
export type Linked = NoAnswer | { readonly outcome: 'link'; readonly target: string };
/** What `stat` tells: permission bits as in `0o660`, ids, and the device number of a device node. */
export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'character-device' | 'block-device' | 'other';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly major?: number;
  readonly minor?: number;
}
export type Status = NoAnswer | ({ readonly outcome: 'status' } & FileStatus);
/** A file of whatever size, piece by piece. */
export interface Streamed {
  readonly outcome: 'bytes';
  readonly size: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}
export type Ran =
  | NoAnswer
  | { readonly outcome: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly outcome: 'timed-out'; readonly afterMs: number };

/** The one door to a machine: questions only. */
export interface Host {
  readonly origin: 'live' | 'root' | 'snapshot';
  /**
   * A regular file, whole up to 64 MiB, or its last `lastBytes` bytes: of a log the end is what matters.
   * `latin1` gives one character per byte, for the few files that are not text.
   */
  read(path: HostPath, encoding?: 'utf8' | 'latin1', lastBytes?: number): Promise<Reading>;
  /** A regular file of whatever size, for who needs it whole and cannot hold it: to be read to its end. */
  stream(path: HostPath): Promise<Streamed | NoAnswer>;
  /** The names in a directory, sorted. */
  list(directory: HostPath): Promise<Listing>;
  /** Where a symbolic link points, as written in it; `absent` where there is something else than a link. */
  readLink(path: HostPath): Promise<Linked>;
  /** Kind, permissions and device number, links followed. */
  stat(path: HostPath): Promise<Status>;
  /** Runs a program that only looks; `absent` when there is no such program. */
  ask(command: Command): Promise<Ran>;
}

/** A host that can be changed; only a step of a plan ever holds one. */
export interface MutableHost extends Host {
  /** Atomic: a temporary file beside it, fsync, rename. Without `mode` a file keeps its own; a new one gets 0o644. */
  write(path: HostPath, content: string | Uint8Array, mode?: number): Promise<void>;
  remove(path: HostPath): Promise<void>;
  /** A folder with something in it stays, and one that is not there is gone already. */
  removeEmptyDirectory(path: HostPath): Promise<void>;
  setMode(path: HostPath, mode: number): Promise<void>;
  /** Runs a program that changes something; both its streams come back as `stdout`. */
  execute(command: Command): Promise<Ran>;
}
