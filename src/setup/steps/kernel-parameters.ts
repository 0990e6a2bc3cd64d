import { z } from 'zod';
import { UserError } from '../../errors.js';
import type { Command, Host } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { carryOut } from './carry-out.js';

type Tool = 'grubby' | 'kernelstub';

interface Params {
  readonly tool: Tool;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** A parameter of the kernel as one word: no blank, no quote, nothing that a boot loader's file would take for more. */
export const kernelParameter = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.:,=@/+-]*$/);

/** Adds parameters to the command line of every kernel and takes others away, where a program of the distribution keeps them. */
export const kernelParameters: StepKind<Params> = {
  kind: 'kernel-parameters',
  params: z.strictObject({ tool: z.enum(['grubby', 'kernelstub']), add: z.array(kernelParameter), remove: z.array(kernelParameter) }),
  describe: ({ tool, add, remove }) => ({
    summary: [
      ...(add.length > 0 ? [`Add ${add.join(' ')} to the kernel's command line`] : []),
      ...(remove.length > 0 ? [`${add.length > 0 ? 'take' : 'Take'} ${remove.join(' ')} off the kernel's command line`] : []),
    ].join(', '),
    commands: commandsOf(tool, add, remove),
    files: [],
    risk: 'reversible',
    needs: ['root'],
    undo: { words: 'Put back what was there before', commands: commandsOf(tool, remove, add) },
    proof: [
      tool === 'grubby'
        ? { command: info, expect: `shows every kernel ${expected(add, remove)}` }
        : { file: stubFile, expect: `has its options ${expected(add, remove)}` },
    ],
  }),
  async isDone({ tool, add, remove }, host) {
    const lines = await linesOf(tool, host);
    if (!lines || lines.length === 0) return 'cannot-tell';
    const so = lines.every((words) => add.every((word) => words.includes(word)) && !remove.some((word) => words.includes(word)));
    return so ? 'done' : 'not-done';
  },
  change: {
    async before({ tool, add, remove }, host) {
      const lines = await linesOf(tool, host);
      if (!lines) throw new UserError(`\`${tool}\` does not tell the parameters of the kernels`, { exitCode: 3 });
      const somewhere = (word: string) => lines.some((words) => words.includes(word));
      return { had: add.filter(somewhere), lost: remove.filter(somewhere) };
    },
    async apply({ tool, add, remove }, _, host) {
      await carryOut(host, commandsOf(tool, add, remove));
    },
    async undo({ tool, add }, record, host) {
      const { had, lost } = found.parse(record);
      const commands = commandsOf(
        tool,
        lost,
        add.filter((word) => !had.includes(word)),
      );
      if (commands.length > 0) await carryOut(host, commands);
      return undefined;
    },
  },
};

const found = z.strictObject({ had: z.array(z.string()), lost: z.array(z.string()) });

const expected = (add: readonly string[], remove: readonly string[]) =>
  [...(add.length > 0 ? [`with ${add.join(' ')}`] : []), ...(remove.length > 0 ? [`without ${remove.join(' ')}`] : [])].join(' and ');

const info: Command = { program: 'grubby', args: ['--info=ALL'], timeoutMs: 60_000 };
const stubFile = '/etc/kernelstub/configuration';

function commandsOf(tool: Tool, add: readonly string[], remove: readonly string[]): readonly Command[] {
  if (tool === 'kernelstub') {
    return [
      ...(remove.length > 0 ? [{ program: 'kernelstub', args: ['--delete-options', remove.join(' ')] }] : []),
      ...(add.length > 0 ? [{ program: 'kernelstub', args: ['--add-options', add.join(' ')] }] : []),
    ];
  }
  if (add.length + remove.length === 0) return [];
  return [
    {
      program: 'grubby',
      args: [
        '--update-kernel=ALL',
        ...(remove.length > 0 ? [`--remove-args=${remove.join(' ')}`] : []),
        ...(add.length > 0 ? [`--args=${add.join(' ')}`] : []),
      ],
    },
  ];
}

/** The words of each kernel's command line; undefined where nobody tells. */
async function linesOf(tool: Tool, host: Host): Promise<readonly (readonly string[])[] | undefined> {
  if (tool === 'grubby') {
    const answer = await host.ask(info);
    return answer.outcome === 'exited' && answer.code === 0 ? parseGrubby(answer.stdout) : undefined;
  }
  const answer = await host.read(stubFile);
  return answer.outcome === 'text' ? parseKernelstub(answer.text) : undefined;
}

/** `args="ro rhgb quiet rd.driver.blacklist=nouveau"`, once for each kernel */
export const parseGrubby = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/^args="(.*)"$/gm)].map(([, words]) => words!.split(/\s+/).filter(Boolean));

/** `{"user": {"kernel_options": ["quiet", "splash"]}}` */
export function parseKernelstub(text: string): readonly (readonly string[])[] | undefined {
  try {
    const { user } = z.object({ user: z.object({ kernel_options: z.union([z.array(z.string()), z.string()]) }) }).parse(JSON.parse(text));
    return [typeof user.kernel_options === 'string' ? user.kernel_options.split(/\s+/) : user.kernel_options];
  } catch {
    // A file of another form tells nothing.
    return undefined;
  }
}
