import { chain, type Finding, type Link } from '../doctor/finding.js';
import { countWords } from './count-words.js';
import { countsOf } from './doctor-document.js';
import { type DoctorReport, placeOf } from './doctor-report.js';
import { doctorStyle } from './doctor-style.js';
import { linkQuestions } from './link-questions.js';
import { html, type Markup } from './markup.js';
import { page } from './page.js';
import { printableReport } from './printable.js';
import { statusWord } from './status-word.js';

/** The page of `doctor --html`, made `at` a moment: the first broken link with its cure, then the chain as a tree. */
export function doctorHtml(report: DoctorReport, at: string): string {
  const shown = printableReport(report);
  const { version, findings } = shown;
  return page({
    title: `The doctor on ${shown.machine.system ?? 'a machine'}`,
    style: doctorStyle,
    sealed: true,
    body: html`<h1>What the doctor found</h1>
<p class="subtitle">gpu-setup ${version}, ${at}</p>
${firstBroken(shown)}
<p class="counts">${countWords(countsOf(findings)).join(' · ')}</p>
${machine(shown)}
<h2>The chain <small>each link hangs on those above it</small></h2>
<ol class="chain">${chain.flatMap((link) => linkItem(link, findings) ?? [])}</ol>`,
  });
}

function firstBroken({ firstBroken: finding, findings }: DoctorReport): Markup {
  if (finding)
    return html`<section class="card first"><h2>First broken link: ${finding.link}</h2>
<p>${finding.summary} <a class="id" href="#${finding.id}">${finding.id}</a></p>${detail(finding)}</section>`;
  const unseen = findings.filter(({ status }) => status === 'undetermined' || status === 'crashed').length;
  if (unseen === 0) return html`<section class="card first whole"><h2>No broken link</h2></section>`;
  return html`<section class="card first doubt"><h2>No broken link was found</h2><p>${unseen} of ${findings.length} checks could not look</p></section>`;
}

function machine({ machine: { system, kernel, runsIn, gpus, driver }, host }: DoctorReport): Markup {
  const gpuLines = gpus?.map(({ address, vendor, device, driver: owner }) => `${address} ${vendor}:${device} (${owner ?? 'no driver'})`);
  const facts: readonly (readonly [string, string])[] = [
    ['system', system ?? 'unknown'],
    ['kernel', kernel ?? 'none is running'],
    ['where', placeOf(host, runsIn) ?? 'unknown'],
    ['NVIDIA GPU', gpuLines ? gpuLines.join(', ') || 'none' : 'unknown'],
    ['NVIDIA driver', driver ?? 'none is loaded'],
  ];
  return html`<dl class="card facts">${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** One link with its checks, and below a blocker whatever hangs on it; undefined where nothing of it was looked at. */
function linkItem(link: Link, findings: readonly Finding[]): Markup | undefined {
  const all = findings.filter((finding) => finding.link === link);
  if (all.length === 0) return undefined;
  const here = all.filter(({ status }) => status !== 'blocked');
  const elsewhere = all.length - here.length;
  return html`<li class="${markOfLink(all)}"><h3>${link}<small>${linkQuestions[link]}</small></h3>
<ul>${here.map((finding) => findingItem(finding, findings))}${elsewhere > 0 ? html`<li class="dim"><span class="word">blocked</span>${elsewhere} of its checks, listed below what ${elsewhere === 1 ? 'it hangs' : 'they hang'} on</li>` : undefined}</ul></li>
`;
}

function findingItem(finding: Finding, findings: readonly Finding[]): Markup {
  const { id, status, severity, summary, evidence } = finding;
  const line = html`<span class="word">${statusWord(finding)}</span>${summary} <span class="id">${id}</span>`;
  const hanging = findings.filter(({ blockedBy }) => blockedBy === id);
  const below =
    hanging.length > 0
      ? html`<ul>${hanging.map((each) => html`<li class="dim" id="${each.id}"><span class="word">blocked</span>${each.title} <span class="id">${each.id}</span></li>`)}</ul>`
      : undefined;
  if (status === 'found')
    return html`<li class="${markOf(finding)}" id="${id}"><details class="card"${severity === 'note' ? undefined : { markup: ' open' }}><summary>${line}</summary>${detail(finding)}</details>${below}</li>`;
  return evidence.length > 0
    ? html`<li class="${markOf(finding)}" id="${id}"><details><summary>${line}</summary><pre class="seen">${evidence.join('\n')}</pre></details></li>`
    : html`<li class="${markOf(finding)}" id="${id}">${line}</li>`;
}

/** Why it matters, how we know, and what mends it. */
function detail({ why, evidence, remedy }: Finding): Markup {
  const needs = remedy && remedy.needs.length > 0 ? ` (needs ${remedy.needs.join(', ')})` : '';
  return html`<dl class="detail">${why ? html`<dt>why</dt><dd>${why}</dd>` : undefined}
${evidence.length > 0 ? html`<dt>seen</dt><dd><pre class="seen">${evidence.join('\n')}</pre></dd>` : undefined}
${remedy ? html`<dt>cure</dt><dd>${remedy.summary}${needs}${remedy.commands.map((command) => html`<pre>${command}</pre>`)}</dd>` : undefined}</dl>`;
}

const marks = { blocker: 'blocker', warning: 'warning', note: 'note-mark', ok: 'ok', crashed: 'blocker' } as const;
type Marked = keyof typeof marks;

function markOf(finding: Finding): string {
  const word = statusWord(finding);
  return word in marks ? marks[word as Marked] : 'dim';
}

/** The worst of a link's findings; a link of which everything is blocked or unknown is neither good nor bad. */
function markOfLink(findings: readonly Finding[]): string {
  const found = new Set(findings.map(markOf));
  return ['blocker', 'warning', 'note-mark', 'ok'].find((mark) => found.has(mark)) ?? 'dim';
}
