/**
 * Counts what a TAP 14 stream says, line by line. A result counts once: a subtest counts itself only where nothing inside it did,
 * or where it failed though nothing inside it failed (a crash, a wrong plan, a time-out).
 */
export class TapTally {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** Of the outermost results: {name, ok, skip, lines, passed, failed, skipped}. */
  files = [];

  #levels = [];
  #lines = [];
  #yaml = undefined;

  /** @param {(file: object) => void} [onFile] told of each outermost result as it ends */
  constructor(onFile) {
    this.onFile = onFile;
  }

  line(text) {
    const indent = text.length - text.trimStart().length;
    const diagnostic = text.trim() === '---' && indent % 4 === 2;
    // What follows an outermost result only says how the file was run.
    if (this.#yaml !== 2 && !(diagnostic && indent === 2)) this.#lines.push(text);
    if (this.#yaml !== undefined) {
      // A diagnostic may quote anything, `not ok 1` included.
      if (text.trim() === '...' && indent === this.#yaml) this.#yaml = undefined;
      return;
    }
    if (diagnostic) {
      this.#yaml = indent;
      return;
    }
    const result = /^(?: {4})*(not )?ok \d+(?: -)?(.*)$/.exec(text);
    if (!result || indent % 4 !== 0) return;
    this.#result(indent / 4, result[1] === undefined, result[2]);
  }

  #result(depth, ok, rest) {
    const [, description, directive, reason] =
      /^(.*?)(?:\s+#\s*(skip|todo)\b\s*(.*))?$/i.exec(rest.replace(/\s+# time=\S+\s*(\{)?\s*$/, '')) ?? [];
    const skip = directive !== undefined;
    const inside = this.#levels.splice(depth + 1).reduce(add, nothing());
    const sum = { ...inside };
    // tap calls a file without a single test a skip; nothing measured is a failure.
    const empty = skip && /no tests found/i.test(reason ?? '');
    if ((!ok && !skip) || empty) sum.failed += inside.failed === 0 ? 1 : 0;
    else if (skip) sum.skipped += 1;
    else if (inside.passed + inside.failed + inside.skipped === 0) sum.passed += 1;
    while (this.#levels.length <= depth) this.#levels.push(nothing());
    this.#levels[depth] = add(this.#levels[depth], sum);
    if (depth > 0) return;
    this.passed += sum.passed;
    this.failed += sum.failed;
    this.skipped += sum.skipped;
    const file = { name: (description ?? '').trim(), ok: ok && !empty, skip, reason, lines: this.#lines, ...sum };
    this.#lines = [];
    this.#levels = [];
    this.files.push(file);
    this.onFile?.(file);
  }
}

const nothing = () => ({ passed: 0, failed: 0, skipped: 0 });
const add = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped });
