import { readdirSync } from 'node:fs';
import t from 'tap';
import { checks } from '../../src/doctor/checks/index.js';
import { examine } from '../../src/doctor/examine.js';
import { factsOf } from '../../src/doctor/fact.js';
import type { Finding } from '../../src/doctor/finding.js';
import { machineOf } from '../../src/doctor/machine.js';
import { openHost } from '../../src/host/open-host.js';
import { doctorHtml } from '../../src/report/doctor-html.js';
import type { DoctorReport } from '../../src/report/doctor-report.js';
import { doctorText } from '../../src/report/doctor-text.js';
import { hostOf } from '../host/host-of.js';
import { elementsOf } from './elements-of.js';

const at = '2026-03-01 10:00 UTC';
async function reportOf(host: Awaited<ReturnType<typeof openHost>>): Promise<DoctorReport> {
  const facts = factsOf(host);
  return {
    version: '1.2.3',
    host: { origin: host.origin, path: 'x' },
    machine: await machineOf(facts),
    ...(await examine(facts, { checks })),
  };
}
const fixture = async (name: string) => reportOf(await openHost(`test/fixtures/hosts/${name}`));

const nasty = `<script>alert("1")</script>&'\u001b[31m\u202e`;

/** A report that is hostile wherever a machine has a say. */
function hostile(report: DoctorReport): DoctorReport {
  const findings = report.findings.map(
    (finding): Finding => ({
      ...finding,
      summary: nasty,
      evidence: [nasty, nasty],
      ...(finding.why && { why: nasty }),
      ...(finding.remedy && { remedy: { ...finding.remedy, summary: nasty, commands: [nasty] } }),
    }),
  );
  return {
    version: nasty,
    host: { origin: 'root', path: nasty },
    machine: {
      system: nasty,
      kernel: nasty,
      runsIn: nasty,
      driver: nasty,
      gpus: [{ address: nasty, vendor: nasty, device: nasty, driver: nasty }],
    },
    findings,
    firstBroken: findings.find(({ id }) => id === report.firstBroken?.id),
  };
}

t.test('the first broken link stands on top, with its evidence and the commands that cure it', async (t) => {
  const report = await fixture('unattended-upgrade');
  const page = doctorHtml(report, at);
  elementsOf(page);
  const top = page.slice(0, page.indexOf('The chain'));
  t.match(top, 'First broken link: libraries');
  t.match(top, report.firstBroken!.evidence[0]!.replaceAll('(', '&').split('&')[0]!);
  t.match(top, '<pre>sudo systemctl reboot</pre>');
  t.match(page, at);
  for (const { id } of report.findings) t.equal(page.split(`id="${id}"`).length, 2, `${id} stands in the tree once`);
});

t.test('what hangs on a blocker lies below it in the tree', async (t) => {
  const page = doctorHtml(await fixture('empty-vm'), at);
  const below = page.slice(page.indexOf('id="host/no-nvidia-gpu"'));
  const list = below.slice(below.indexOf('</details>'), below.indexOf('</ul></li>'));
  t.match(list, /<ul>.*id="driver\/nvidia-smi-fails"/s);
  t.match(page, /<span class="word">blocked<\/span>\d+ of its checks, listed below/);
});

t.test('every machine has a page that is whole, asks for nothing from elsewhere and runs nothing', async (t) => {
  for (const name of readdirSync('test/fixtures/hosts')) {
    const page = doctorHtml(await fixture(name), at);
    const counts = elementsOf(page);
    t.notOk(counts.has('script') || counts.has('img') || counts.has('link') || counts.has('iframe'), name);
    t.notMatch(page, /\bsrc=|@import|url\(|\bon\w+="|href="(?!#)/, name);
    t.notMatch(page, />[^<]*\b(undefined(?! symbol)|NaN)\b|\[object/, name);
    t.match(page, `Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"`);
    t.match(page, 'prefers-color-scheme:dark');
    t.ok(page.length < 200_000, `${name}: ${page.length} characters`);
  }
});

t.test('no text of a machine is markup, and none is obeyed by a terminal', async (t) => {
  const report = hostile(await fixture('unattended-upgrade'));
  const page = doctorHtml(report, at);
  t.notOk(elementsOf(page).has('script'));
  t.notMatch(page, /<script|[\u202e]|(?!\n)\p{Cc}/u);
  t.match(page, '&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;\\x1b[31m\\u202e');
  const text = doctorText(report, { style: (_, word) => word, columns: 80 });
  t.notMatch(text, /[\u202e]|(?!\n)\p{Cc}/u);
  t.match(text, 'First broken link: libraries');
});

t.test('a file of the machine that is markup is shown as what it is', async (t) => {
  const report = await reportOf(
    await hostOf(t, {
      files: {
        '/etc/os-release': 'PRETTY_NAME="<img src=x onerror=alert(1)>"\n',
        '/etc/apt/sources.list': 'deb file:/var/cuda-repo-<script>alert(1)</script> /\n',
        '/proc/sys/kernel/osrelease': '6.8.0\n',
        '/proc/version': 'Linux version 6.8.0\n',
      },
    }),
  );
  const page = doctorHtml(report, at);
  t.notMatch(page, /<img|<script|onerror=alert\(1\)>/);
  t.match(page, '&#60;script&#62;alert(1)');
});
