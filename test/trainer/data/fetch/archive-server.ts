import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** How the server treats one request; the next request takes the next one of the list, and the last is for all that follow. */
export type Manner =
  | { readonly kind: 'well' }
  /** Sends so many bytes of the answer, and ends the connection when `cut` is called. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Sends so many bytes and then nothing. */
  | { readonly kind: 'stall'; readonly after: number }
  /** Accepts the connection and never answers. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'status'; readonly status: number }
  /** Knows no ranges. */
  | { readonly kind: 'whole' };

export interface ArchiveServer {
  /** The folder that holds the files. */
  readonly url: string;
  /** `Range` and `If-Range` of each request, in order. */
  readonly requests: readonly { readonly range: string | undefined; readonly ifRange: string | undefined }[];
  /** For when the client has what was sent: earlier, its own buffers would go with the connection. */
  cut(): void;
  /** Another version of the file from now on. */
  replace(content: Uint8Array, tag: string): void;
}

/** A real HTTP server on 127.0.0.1 that serves `content` under any name, until the test ends. */
export async function archiveServer(t: Test, content: Uint8Array, manners: readonly Manner[] = [{ kind: 'well' }]): Promise<ArchiveServer> {
  const requests: { range: string | undefined; ifRange: string | undefined }[] = [];
  const held: ServerResponse[] = [];
  let current = { content, tag: '"one"' };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { range, 'if-range': ifRange } = request.headers;
    const manner = manners[Math.min(requests.length, manners.length - 1)]!;
    requests.push({ range, ifRange: ifRange as string | undefined });
    if (manner.kind === 'hang') return;
    if (manner.kind === 'status') {
      response.writeHead(manner.status).end();
      return;
    }
    const asked = /^bytes=(\d+)-$/.exec(range ?? '')?.[1];
    const partial = asked !== undefined && manner.kind !== 'whole' && (ifRange === undefined || ifRange === current.tag);
    const from = partial ? Number(asked) : 0;
    const body = current.content.subarray(from);
    const total = current.content.byteLength;
    response.writeHead(partial ? 206 : 200, {
      etag: current.tag,
      'content-length': body.byteLength,
      ...(partial ? { 'content-range': `bytes ${from}-${total - 1}/${total}` } : {}),
    });
    if (manner.kind === 'cut') {
      response.write(body.subarray(0, manner.after));
      held.push(response);
    } else if (manner.kind === 'stall') response.write(body.subarray(0, manner.after));
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/files/`,
    requests,
    cut() {
      for (const response of held.splice(0)) response.destroy();
    },
    replace(fresh, tag) {
      current = { content: fresh, tag };
    },
  };
}
