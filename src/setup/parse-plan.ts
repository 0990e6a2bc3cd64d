import { z } from 'zod';
import { UserError } from '../errors.js';
import type { Plan } from './plan.js';
import { stepKinds } from './step-kinds.js';
import { inOrder } from './step-order.js';
import { hostPath } from './steps/host-path.js';

/** Far more than any plan has. */
const maxBytes = 16 * 1024 * 1024;

/** A line to be shown: a control character in it would forge another. */
const line = z.string().regex(/^[^\p{Cc}]*$/u, 'control characters');
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@:-]*$/, 'expected letters, digits, `.`, `_`, `@`, `:` and `-`');
const list = <T extends z.ZodType>(of: T) => z.array(of).readonly();
/** Program and arguments may hold line breaks, for they are compared and never shown from here. */
const command = z.strictObject({
  program: z.string(),
  args: list(z.string()),
  timeoutMs: z.number().optional(),
  asks: z.boolean().optional(),
});
const proof = z.strictObject({ command: command.optional(), file: hostPath.optional(), expect: line });
const need = z.enum(['root', 'reboot', 'console', 'network']);
const checkId = line as unknown as z.ZodType<`${string}/${string}`>;

const plannedStep = z.strictObject({
  id,
  kind: z.enum(stepKinds.map(({ kind }) => kind) as [string, ...string[]]),
  params: z.unknown(),
  summary: line,
  why: z.strictObject({ words: line, findings: list(checkId) }),
  after: list(id),
  commands: list(command),
  files: list(z.strictObject({ path: hostPath, change: z.enum(['create', 'modify', 'delete', 'none', 'unknown']), diff: z.string() })),
  risk: z.enum(['safe', 'reversible', 'disruptive']),
  needs: list(need),
  undo: z.strictObject({ words: line, commands: list(command) }),
  proof: list(proof),
  alreadyDone: z.boolean().nullable(),
});

const planDocument = z.strictObject({
  format: z.literal(1),
  outcome: z.literal('plan'),
  goal: z.enum(['driver', 'no-driver', 'no-nouveau', 'nouveau', 'repair']),
  madeBy: line,
  madeOn: z.strictObject({
    machineId: line.nullable(),
    bootId: line.nullable(),
    kernel: line.nullable(),
    distribution: line.nullable(),
    architecture: line.nullable(),
  }),
  assumptions: list(line),
  facts: list(z.strictObject({ name: line, value: line.nullable(), source: line })),
  decisions: list(z.strictObject({ what: line, choice: line, why: line })),
  preflight: list(z.strictObject({ question: line, found: line, handledBy: list(line) })),
  warnings: list(line),
  steps: list(plannedStep),
  afterReboot: list(plannedStep),
  needs: list(need),
  complete: z.boolean(),
  proof: list(proof),
  request: z.json().optional(),
  /** Of a repair: what no step does. */
  byHand: list(
    z.strictObject({
      finding: checkId,
      summary: line,
      why: line,
      cure: line.nullable(),
      commands: list(line),
      needs: list(need),
    }),
  ).optional(),
});

/**
 * A plan out of the text of a file, which anybody may have written: every field is checked, parameters by their kind, and what
 * it shows must be what its parameters mean. Throws a `UserError` that says what is wrong and where.
 */
export function parsePlan(text: string, file: string): Plan {
  const refuse = (why: string, hint = '`gpu-setup install-driver --dry-run --json` writes one') =>
    new UserError(`\`${file}\` is no plan: ${why}`, { hint });
  if (text.length > maxBytes) throw refuse('it is larger than any plan');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw refuse('it is not JSON');
  }
  if (typeof document === 'object' && document !== null && 'outcome' in document && document.outcome === 'refused')
    throw refuse('it says why there is none', 'mend the first of its `reasons`, and plan again');
  const parsed = planDocument.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`\`${issue!.path.join('.')}\`: ${issue!.message}`);
  }
  const plan = parsed.data as Plan;
  for (const [index, step] of plan.steps.entries()) {
    const where = `steps.${index} (${step.id})`;
    if (plan.steps.findIndex((each) => each.id === step.id) !== index) throw refuse(`\`${where}\`: another step has this id`);
    for (const before of step.after)
      if (!plan.steps.some((each) => each.id === before)) throw refuse(`\`${where}\`: it comes after \`${before}\`, which is not in it`);
    // What a person read is what is run.
    const meant = describedParts(step.kind, step.params, (why) => refuse(`\`${where}.params\`: ${why}`));
    const { commands, undo, risk, needs, summary } = step;
    if (JSON.stringify({ summary, commands, undo, risk, needs }) !== JSON.stringify(meant))
      throw refuse(`\`${where}\`: what it says is not what its parameters mean`, 'a plan is not edited: change the command that makes it');
  }
  if (!inOrder(plan.steps)) throw refuse('steps in it wait for each other');
  return plan;
}

function describedParts(kind: string, params: unknown, refuse: (why: string) => UserError) {
  try {
    const { summary, commands, undo, risk, needs } = stepKinds.find((each) => each.kind === kind)!.describe(params);
    // As the file has it: what is undefined is not there.
    return JSON.parse(
      JSON.stringify({
        summary,
        commands: commands.map(inOneOrder),
        undo: { words: undo.words, commands: undo.commands.map(inOneOrder) },
        risk,
        needs,
      }),
    );
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    throw refuse(`${issue!.path.join('.')}: ${issue!.message}`);
  }
}

/** The order that the schema puts fields in. */
const inOneOrder = ({ program, args, timeoutMs, asks }: z.output<typeof command>) => ({ program, args, timeoutMs, asks });
