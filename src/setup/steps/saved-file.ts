import { z } from 'zod';
import { UserError } from '../../errors.js';
import type { Host, HostPath, MutableHost } from '../../host/host.js';
import type { Json } from '../step.js';
import { hostPath } from './host-path.js';
import { missingFolders, removeFolders } from './made-folders.js';

/** A file as it was, in the journal: base64, so that one in whatever encoding comes back byte for byte. */
const saved = z.strictObject({
  /** Null: there was none. */
  content: z.strictObject({ base64: z.base64(), mode: z.number().int() }).nullable(),
  /** Folders that were not there either, deepest first. */
  folders: z.array(hostPath),
});

/** `path` as it is now. Throws where it is there and cannot be kept. */
export async function saveFile(host: Host, path: HostPath): Promise<Json> {
  // One character per byte.
  const [now, status] = [await host.read(path, 'latin1'), await host.stat(path)];
  if (now.outcome === 'absent') return { content: null, folders: await missingFolders(host, path) };
  if (now.outcome === 'unavailable' || status.outcome !== 'status') {
    const why = now.outcome === 'unavailable' ? now.why : 'its permissions cannot be read';
    throw new UserError(`Cannot back up \`${path}\`: ${why}`, { exitCode: 3 });
  }
  return { content: { base64: Buffer.from(now.text, 'latin1').toString('base64'), mode: status.mode }, folders: [] };
}

/** Puts back what `saveFile` kept. */
export async function restoreFile(host: MutableHost, path: HostPath, record: Json): Promise<void> {
  const { content, folders } = saved.parse(record);
  if (content) return host.write(path, Buffer.from(content.base64, 'base64'), content.mode);
  await host.remove(path);
  await removeFolders(host, folders);
}

/** What `saveFile` kept, one character per byte; null where there was no file. */
export function savedText(record: Json): string | null {
  const { content } = saved.parse(record);
  return content && Buffer.from(content.base64, 'base64').toString('latin1');
}
