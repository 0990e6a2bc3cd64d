import { type Fact, known } from '../fact.js';
import { noFact } from '../no-fact.js';

/** A distribution as os-release(5) names it. */
export interface OsRelease {
  /** `ubuntu`, `debian`, `rhel` */
  readonly id: string;
  /** What it descends from, closest first. */
  readonly idLike: readonly string[];
  readonly versionId: string | undefined;
  readonly codename: string | undefined;
  readonly pretty: string;
}

/** Reads `KEY=value` lines with shell quoting: `PRETTY_NAME="Ubuntu 24.04.1 LTS"`. */
export function parseOsRelease(text: string): OsRelease {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = line.match(/^\s*([A-Z0-9_]+)=(.*?)\s*$/) ?? [];
    if (key !== undefined && value !== undefined) fields.set(key, unquote(value));
  }
  const id = fields.get('ID') || 'linux';
  return {
    id,
    idLike: (fields.get('ID_LIKE') ?? '').split(/\s+/).filter(Boolean),
    versionId: fields.get('VERSION_ID') || undefined,
    codename: fields.get('VERSION_CODENAME') || fields.get('UBUNTU_CODENAME') || undefined,
    pretty: fields.get('PRETTY_NAME') || fields.get('NAME') || id,
  };
}

function unquote(value: string): string {
  const quote = value[0];
  const quoted = value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote);
  const inner = quoted ? value.slice(1, -1) : value;
  return quote === "'" ? inner : inner.replace(/\\([\\"$`])/g, '$1');
}

/** Which distribution this is. */
export const osRelease: Fact<OsRelease> = {
  name: 'osRelease',
  async read(host) {
    const etc = await host.read('/etc/os-release');
    if (etc.outcome === 'text') return known(parseOsRelease(etc.text), '/etc/os-release');
    const usr = await host.read('/usr/lib/os-release');
    return usr.outcome === 'text' ? known(parseOsRelease(usr.text), '/usr/lib/os-release') : noFact('/etc/os-release', etc);
  },
};
