import type { Host } from '../host/host.js';

/** A variable of the environment that the doctor was started in; undefined where it is not set or nobody can say. */
export async function environmentVariable(host: Host, name: string): Promise<string | undefined> {
  const answer = await host.ask({ program: 'printenv', args: [name] });
  return answer.outcome === 'exited' && answer.code === 0 ? answer.stdout.trim() || undefined : undefined;
}
