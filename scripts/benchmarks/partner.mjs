import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that answers every line of JSON on its stdin with one on its stdout, and greets with one. */
export class Partner {
  #child;
  #waiting = [];
  #stderr = '';
  #ended;

  /** @param {Record<string, string | undefined>} env added to ours; undefined removes */
  constructor(argv, env) {
    const environment = Object.fromEntries(Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== undefined));
    this.#child = spawn(argv[0], argv.slice(1), { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
    // What it says after it has ended is in stderr, and a question to it is refused below.
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
    const fail = (why) => {
      this.#ended = new Error(why);
      for (const { reject } of this.#waiting) reject(this.#ended);
    };
    this.#child.on('error', ({ message }) => fail(message));
    this.#child.on('close', (code, signal) => fail(this.#stderr.trim().split('\n').at(-1) || `it ended with ${signal ?? `exit ${code}`}`));
    this.greeting = this.#answer();
    this.greeting.catch(() => undefined);
  }

  /** Its answer; rejects with its last words when it ends instead. */
  ask(question) {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return this.#answer();
  }

  end() {
    this.#child.kill();
  }

  #answer() {
    return new Promise((resolve, reject) => {
      if (this.#ended) reject(this.#ended);
      else this.#waiting.push({ resolve, reject });
    });
  }
}
