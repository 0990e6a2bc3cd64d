import type { Finding } from '../doctor/finding.js';

const words = { clear: 'ok', blocked: 'blocked', 'not-applicable': 'n/a', undetermined: 'unknown', crashed: 'crashed' } as const;

/** How a finding ended, in one word: what was found says how bad it is. */
export const statusWord = ({ status, severity }: Pick<Finding, 'status' | 'severity'>) => (status === 'found' ? severity! : words[status]);
