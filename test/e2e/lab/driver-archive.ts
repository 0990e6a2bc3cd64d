import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DriverPackage } from './driver-packages.js';
import type { Lab } from './lab-system.js';
import { must } from './must.js';

const archive = '/srv/archive';

/** Adds packages to the archive that the lab knows as `http://deb.debian.org/debian`, and writes its lists anew. */
export function publish(lab: Lab, packages: readonly DriverPackage[], codename = 'bookworm'): void {
  for (const each of packages) pack(lab, each);
  const sections = new Map<string, string[]>();
  for (const folder of ['pool', 'drivers']) {
    const names = lab.run(['ls', `${archive}/${folder}`]).code === 0 ? readdirSync(join(lab.root, archive, folder)).sort() : [];
    for (const name of names) {
      const path = `${archive}/${folder}/${name}`;
      const control = must(lab, ['dpkg-deb', '--field', path]).trim();
      const component = /^Section: (\S+)\//m.exec(control)?.[1] ?? 'main';
      const bytes = readFileSync(join(lab.root, path));
      const entry = `${control}\nFilename: ${folder}/${name}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
      sections.set(component, [...(sections.get(component) ?? []), entry]);
    }
  }
  const lists = ['main', 'contrib', 'non-free', 'non-free-firmware', 'restricted'].map((component) => {
    const text = (sections.get(component) ?? []).join('\n');
    const path = `${component}/binary-amd64/Packages`;
    lab.write(`${archive}/dists/${codename}/${path}`, text);
    return { component, line: ` ${sha256(text)} ${Buffer.byteLength(text)} ${path}` };
  });
  lab.write(
    `${archive}/dists/${codename}/Release`,
    `Origin: Debian\nSuite: stable\nCodename: ${codename}\nDate: ${new Date().toUTCString()}\nArchitectures: amd64\nComponents: ${lists.map(({ component }) => component).join(' ')}\nSHA256:\n${lists.map(({ line }) => line).join('\n')}\n`,
  );
}

/** Builds one .deb with dpkg-deb, unless it is there. */
function pack(
  lab: Lab,
  { name, version, component, architecture, fields, files, programs = {}, scripts = {}, conffiles = [] }: DriverPackage,
): void {
  const deb = `${archive}/drivers/${name}_${version}_${architecture}.deb`;
  if (statSync(join(lab.root, deb), { throwIfNoEntry: false })) return;
  const folder = '/srv/build/deb';
  const more = Object.entries(fields).map(([field, value]) => `${field}: ${value}\n`);
  lab.write(
    `${folder}/DEBIAN/control`,
    `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\nSection: ${component}/misc\nMaintainer: nobody <nobody@example.org>\n${more.join('')}Description: stands in for a package of the NVIDIA driver\n`,
  );
  for (const [path, text] of Object.entries(files)) lab.write(`${folder}/${path}`, text);
  for (const [path, text] of Object.entries(programs)) lab.write(`${folder}/${path}`, text, 0o755);
  for (const [script, text] of Object.entries(scripts)) lab.write(`${folder}/DEBIAN/${script}`, text, 0o755);
  if (conffiles.length > 0) lab.write(`${folder}/DEBIAN/conffiles`, `${conffiles.join('\n')}\n`);
  must(lab, ['mkdir', '-p', `${archive}/drivers`]);
  must(lab, ['dpkg-deb', '--root-owner-group', '-Zgzip', '-z1', '--build', folder, deb]);
  must(lab, ['rm', '-r', folder]);
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
