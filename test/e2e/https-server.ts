import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';

export interface HttpsServer {
  /** `https://localhost:4711` */
  readonly url: string;
  /** `http://localhost:4712`: the same, in the open. */
  readonly open: string;
  /** The certificate of the authority that vouches for it, in PEM. */
  readonly authority: string;
  /** What was asked for, each with its `Range`. */
  readonly asked: string[];
}

/** A server over TLS with an authority of its own, which `answer` speaks for; it ends with the test. */
export async function httpsServer(t: Test, answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<HttpsServer> {
  const folder = t.testdir({ 'leaf.cnf': 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' });
  const openssl = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=an authority of a test');
  openssl('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=localhost');
  openssl(
    'x509',
    '-req',
    '-in',
    'leaf.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'leaf.pem',
    '-days',
    '2',
    '-extfile',
    'leaf.cnf',
  );
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const asked: string[] = [];
  const noting = (request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.url} ${request.headers.range ?? 'all'}`);
    answer(request, response);
  };
  const servers = [createServer({ key: read('leaf.key'), cert: read('leaf.pem') }, noting), createHttp(noting)];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
        }),
    ),
  );
  t.teardown(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  return { url: `https://localhost:${ports[0]}`, open: `http://localhost:${ports[1]}`, authority: read('ca.pem'), asked };
}
