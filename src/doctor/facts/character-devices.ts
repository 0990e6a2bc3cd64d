import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** `Character devices:` and below it `195 nvidia`, `508 nvidia-uvm`; block devices follow. Names to major numbers. */
export function parseCharacterDevices(text: string): ReadonlyMap<string, number> {
  const [characters = ''] = text.split('Block devices:', 1);
  return new Map([...characters.matchAll(/^\s*(\d+) (\S+)$/gm)].map(([, major, name]) => [name!, Number(major)]));
}

/** The numbers that drivers have for their nodes in the running kernel. */
export const characterDevices: Fact<ReadonlyMap<string, number>> = {
  name: 'characterDevices',
  async read(host) {
    const answer = await host.read('/proc/devices');
    if (answer.outcome === 'absent') return known(new Map(), '/proc/devices is not there');
    return answer.outcome === 'text' ? known(parseCharacterDevices(answer.text), '/proc/devices') : noFact('/proc/devices', answer);
  },
};
