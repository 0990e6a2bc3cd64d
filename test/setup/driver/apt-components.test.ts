import t from 'tap';
import { type AptSourcesFile, parseAptSources } from '../../../src/doctor/facts/apt-sources.js';
import { missingComponents, withComponents } from '../../../src/setup/driver/apt-components.js';
import { distributions } from '../../../src/setup/tables/distributions.js';

const debian12 = distributions.find(({ id, versionId }) => id === 'debian' && versionId === '12')!;
const ubuntu = distributions.find(({ id, versionId }) => id === 'ubuntu' && versionId === '22.04')!;
const list = (text: string): AptSourcesFile => ({ path: '/etc/apt/sources.list', style: 'list', text });
const deb822 = (text: string): AptSourcesFile => ({ path: '/etc/apt/sources.list.d/debian.sources', style: 'sources', text });

t.test('components are added to the archive of the distribution, wherever it lies', async (t) => {
  const table: readonly (readonly [string, string])[] = [
    ['deb http://deb.debian.org/debian bookworm main', 'deb http://deb.debian.org/debian bookworm main contrib non-free non-free-firmware'],
    [
      'deb http://ftp.de.debian.org/debian/ bookworm main # mirror',
      'deb http://ftp.de.debian.org/debian/ bookworm main contrib non-free non-free-firmware # mirror',
    ],
    [
      'deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://mirror.example.org/pub/debian bookworm main',
      'deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://mirror.example.org/pub/debian bookworm main contrib non-free non-free-firmware',
    ],
  ];
  for (const [before, after] of table) {
    t.same(
      withComponents([list(`# first\n${before}\n`)], debian12),
      [{ path: '/etc/apt/sources.list', text: `# first\n${after}\n` }],
      before,
    );
    t.same(missingComponents([list(after)], debian12), [], after);
  }
});

t.test('what is not the archive stays as it is', async (t) => {
  for (const line of [
    '# deb http://deb.debian.org/debian bookworm main',
    'deb-src http://deb.debian.org/debian bookworm main',
    'deb http://deb.debian.org/debian bookworm-backports main',
    'deb http://deb.debian.org/debian trixie main',
    'deb [signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian bookworm stable',
    'deb [signed-by=/usr/share/keyrings/tailscale-archive-keyring.gpg] https://pkgs.tailscale.com/stable/debian bookworm main',
    'deb https://apt.example.org/debian.org/x bookworm main',
    'deb cdrom:[Debian GNU/Linux 12.0.0 _Bookworm_]/ bookworm main',
  ]) {
    t.same(withComponents([list(`${line}\n`)], debian12), [], line);
    t.same(missingComponents([list(`${line}\n`)], debian12), debian12.components, line);
  }
});

t.test('a component that another line offers is not offered twice', async (t) => {
  const text = 'deb http://deb.debian.org/debian bookworm main\ndeb http://deb.debian.org/debian bookworm contrib non-free\n';
  t.same(missingComponents([list(text)], debian12), ['non-free-firmware']);
  t.match(withComponents([list(text)], debian12), [{ text: /main non-free-firmware\ndeb .* bookworm contrib non-free\n$/ }]);
});

t.test('deb822 paragraphs keep their comments, their order and the rest', async (t) => {
  const text = `# ours
Types: deb deb-src
URIs: http://deb.debian.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://deb.nodesource.com/node_20.x
Suites: nodistro
Components: main

Types: deb
Enabled: no
URIs: http://deb.debian.org/debian
Suites: bookworm
Components: main
`;
  const [changed] = withComponents([deb822(text)], debian12);
  t.equal(changed?.text, text.replace('Components: main\nSigned', 'Components: main contrib non-free non-free-firmware\nSigned'));
  t.same(withComponents([{ ...deb822(changed!.text) }], debian12), [], 'twice is as once');
});

t.test('Ubuntu has what it needs from the start', async (t) => {
  const text = 'deb http://de.archive.ubuntu.com/ubuntu/ jammy main restricted\ndeb http://de.archive.ubuntu.com/ubuntu/ jammy universe\n';
  t.same(missingComponents([list(text)], ubuntu), []);
  t.match(withComponents([list('deb http://ports.ubuntu.com/ubuntu-ports jammy main\n')], ubuntu), [{ text: /main restricted\n/ }]);
});

t.test('a multi-line field is one field', async (t) => {
  const text =
    'Types: deb\nURIs: http://deb.debian.org/debian\nSuites: bookworm\n bookworm-updates\nComponents: main contrib\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINB\n';
  t.same(
    parseAptSources(deb822(text)).map(({ suite }) => suite),
    ['bookworm', 'bookworm-updates'],
  );
});
