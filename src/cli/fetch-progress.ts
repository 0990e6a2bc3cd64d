import { performance } from 'node:perf_hooks';
import { duration } from '../report/training-text.js';
import type { FetchEvent } from '../trainer/data/fetch/fetch-data-set.js';
import type { Terminal } from './terminal.js';

/** Says how a download gets on: at its first bytes, then every few seconds, with what is left at the speed so far. */
export function sayFetching(terminal: Terminal, everyMs = 5000): (event: FetchEvent) => void {
  let file: string | undefined;
  let began = { at: 0, there: 0 };
  let saidAt = 0;
  return (event) => {
    if (event.kind === 'failure') terminal.say(`${event.file}: ${event.line}`);
    else if (event.kind === 'unpacking') terminal.say(`${event.file}: size and SHA-256 are right, unpacking`);
    if (event.kind !== 'bytes') return;
    const now = performance.now();
    const { there, bytes } = event;
    const first = event.file !== file;
    if (first) {
      file = event.file;
      began = { at: now, there };
    } else if (now - saidAt < everyMs && there < bytes) return;
    saidAt = now;
    const speed = (1000 * (there - began.there)) / (now - began.at);
    const pace = !first && speed > 0 ? `, ${(speed / 1e6).toFixed(1)} MB/s, ${duration((bytes - there) / speed)} left` : '';
    terminal.say(`${file}: ${Math.floor((100 * there) / bytes)} % of ${Math.round(bytes / 1e6)} MB${pace}`);
  };
}
