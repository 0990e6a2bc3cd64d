import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OverlaySystem } from './overlay-system.js';

const control = (name: string, more = '') =>
  `Package: ${name}\nVersion: 1.0\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\n${more}Description: for a test\n`;

/** Packages of the test's own in an archive of its own, the only one that apt of `system` knows: it needs no network. */
export function addArchive(system: OverlaySystem, scratch: string): void {
  const packages = {
    'gs-probe-data': { control: control('gs-probe-data'), files: { 'usr/share/gs-probe/data': 'data\n' } },
    'gs-probe': {
      control: control('gs-probe', 'Depends: gs-probe-data\n'),
      files: { 'usr/bin/gs-probe': '#!/bin/sh\necho probe\n', 'etc/gs-probe.conf': 'level=1\n' },
      conffiles: '/etc/gs-probe.conf\n',
      // Long enough for a cut to fall into it.
      postinst: '#!/bin/sh\nset -e\nmkdir -p /var/lib/gs-probe\nsleep 0.3\necho configured > /var/lib/gs-probe/state\n',
      postrm:
        '#!/bin/sh\nset -e\nif [ "$1" = purge ]; then sleep 0.2; rm -f /var/lib/gs-probe/state; rmdir --ignore-fail-on-non-empty /var/lib/gs-probe || true; fi\n',
    },
  };
  let index = '';
  for (const [name, { files, ...scripts }] of Object.entries(packages)) {
    const folder = join(scratch, name);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    mkdirSync(join(folder, 'DEBIAN'), { recursive: true });
    for (const [script, text] of Object.entries(scripts))
      writeFileSync(join(folder, 'DEBIAN', script), text, { mode: script === 'control' || script === 'conffiles' ? 0o644 : 0o755 });
    spawnSync('dpkg-deb', ['--root-owner-group', '--build', folder, `${folder}.deb`]);
    const deb = readFileSync(`${folder}.deb`);
    system.write(`/srv/archive/${name}.deb`, deb);
    const { stdout } = system.run(['sha256sum', `/srv/archive/${name}.deb`]);
    index += `${scripts.control}Filename: ./${name}.deb\nSize: ${deb.length}\nSHA256: ${stdout.split(' ')[0]}\n\n`;
  }
  system.write('/srv/archive/Packages', index);
  system.run(['find', '/etc/apt/sources.list.d', '-type', 'f', '-delete']);
  system.write('/etc/apt/sources.list', 'deb [trusted=yes] file:/srv/archive ./\n');
}
