// Serves a folder as http://deb.debian.org/debian, from inside the lab: the only network that it has.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';

const root = process.argv[2];
// It ends with the test, however that ends.
process.stdin.resume().on('end', () => process.exit());

createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname)).replace(/^\/(debian|ubuntu)/, '');
  const status = statSync(join(root, path), { throwIfNoEntry: false });
  if (!status?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-length': status.size, 'last-modified': status.mtime.toUTCString() });
  createReadStream(join(root, path)).pipe(response);
}).listen(80, '127.0.0.1', () => process.stdout.write('listens\n'));
