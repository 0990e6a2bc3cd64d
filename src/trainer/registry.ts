import { z } from 'zod';

/** A part that a config may choose by its `type`: what it is told (`options`) and how it is made out of that and its surroundings. */
export interface Component<Type extends string, Options extends z.ZodObject, Context, Built> {
  readonly type: Type;
  readonly options: Options;
  build(options: z.output<Options>, context: Context): Built;
}

/** Says nothing but the type of a component, worked out from the literal. */
export const component = <const Type extends string, Options extends z.ZodObject, Context, Built>(
  made: Component<Type, Options, Context, Built>,
): Component<Type, Options, Context, Built> => made;

/** Any component; `never` stands for what is only known of each one. */
type AnyComponent = Component<string, z.ZodObject, never, unknown>;

/** A mapping without settings adds nothing to its `type`. */
type Settings<Values> = string extends keyof Values ? unknown : Values;

/** What a config says where one of these components is chosen. */
export type ConfigOf<C extends AnyComponent> =
  C extends Component<infer Type, infer Options, never, unknown> ? { type: Type } & Settings<z.output<Options>> : never;
/** The same before defaults are filled in. */
type InputOf<C extends AnyComponent> =
  C extends Component<infer Type, infer Options, never, unknown> ? { type: Type } & Settings<z.input<Options>> : never;
type ContextOf<C extends AnyComponent> = C extends { build(options: never, context: infer Context): unknown } ? Context : never;
type BuiltOf<C extends AnyComponent> = C extends { build(options: never, context: never): infer Built } ? Built : never;

/**
 * A literal list of components: no import has a side effect, and what a config may say follows from the list. `noun` is what error
 * messages call one of them.
 */
export class Registry<C extends AnyComponent> {
  /** What may stand in a config where one of these is chosen: `type`, and that one's options. */
  readonly slot: z.ZodType<ConfigOf<C>, InputOf<C>>;

  constructor(
    readonly noun: string,
    readonly components: readonly C[],
  ) {
    const branches = components.map(({ type, options }) => z.strictObject({ type: z.literal(type), ...options.shape }));
    type Branches = [(typeof branches)[number], ...typeof branches];
    this.slot = z.discriminatedUnion('type', branches as Branches).meta({ title: noun }) as unknown as typeof this.slot;
  }

  /** Makes the component that `config.type` names. */
  build(config: ConfigOf<C>, context: ContextOf<C>): BuiltOf<C> {
    const { type, ...options } = config as { type: string };
    const chosen = this.components.find((each) => each.type === type);
    if (!chosen) throw new TypeError(`no ${this.noun} is called ${type}`);
    return chosen.build(options as never, context as never) as BuiltOf<C>;
  }
}
