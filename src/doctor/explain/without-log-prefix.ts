/** What loggers put before a message, in the order in which they put it. */
const prefixes: readonly RegExp[] = [
  // docker compose: `trainer-1  | …`
  /^[\w.-]+ +\| /,
  // ISO 8601: journalctl -o short-iso, rsyslog, CI
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?:? /,
  // syslog: `Nov 23 06:31:02.123456 `
  /^[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)? /,
  // … and what follows a date there: `host kernel: `, `host program[812]: `
  /^[\w.-]+ (?:kernel|[\w@./:-]+\[\d+\]): ?/,
  /^kernel: ?/,
  /^<\d{1,3}>/,
  // dmesg: `[    4.220113] `, `[Mon Nov 23 09:00:00 2026] `, with the thread of a kernel that prints callers
  /^\[[ \d.]+\](?:\[ *[TC]\d+\])? ?/,
  /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} [\d:]{8} \d{4}\] ?/,
];
const dated = 3;

/** A line of a log without the date, host and program before the message. */
export function withoutLogPrefix(line: string): string {
  let rest = line;
  let hasDate = false;
  for (const [index, prefix] of prefixes.entries()) {
    // A host and a program are only a prefix behind a date: `nvidia-smi[1]: ` alone may be the message.
    if (index === dated && !hasDate) continue;
    const found = prefix.exec(rest)?.[0];
    if (found === undefined) continue;
    if (index === dated - 1 || index === dated - 2) hasDate = true;
    rest = rest.slice(found.length);
  }
  return rest;
}
