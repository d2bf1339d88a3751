/** The definition of a journal event: one for writers, readers and the reference. */
import { z } from 'zod';

/** What an entry is about: a signing request, the signer itself, or a request where one is known. */
export type About = 'request' | 'signer' | 'either';

interface Description<Kind extends string, Place extends About, Body extends z.ZodType> {
  readonly kind: Kind;
  /** One sentence: what happened when there is such an entry. */
  readonly says: string;
  readonly about: Place;
  /**
   * Shape of the body. Bodies of version 1 carry no number; from 2 on a body has it as `version`. A member that
   * earlier readers may ignore needs no new version: it is added with `sometimes`.
   */
  readonly version: number;
  /** Set where signers no longer write it. */
  readonly retired?: string;
  /**
   * The members that are written of a body, and the lowest version that has all of them, so that readers of the one before can read what
   * they know. Left out: all members, in `version`.
   */
  readonly write?: (body: Fixed<z.input<Body>>) => {
    readonly version: number;
    readonly members: object;
  };
  /** Reads every body that was ever written in this version or before; its input is today's. */
  readonly body: Body;
}

/** A value that was read or is to be written, immutable. */
export type Fixed<T> = T extends string | number | boolean | bigint | null | undefined | Date
  ? T
  : { readonly [Key in keyof T]: Fixed<T[Key]> };

export interface EventRecord<
  Kind extends string,
  Place extends About,
  Body extends z.ZodType,
> extends Description<Kind, Place, Body> {
  /** The only way to create it for writing. */
  (body: Fixed<z.input<Body>>): {
    readonly kind: Kind;
    readonly about: Place;
    readonly body: Fixed<z.input<Body>>;
  };
}

export function defineEvent<Kind extends string, Place extends About, Body extends z.ZodType>(
  description: Description<Kind, Place, Body>,
): EventRecord<Kind, Place, Body> {
  const { kind, about, write } = description;
  const make = (body: Fixed<z.input<Body>>) => {
    const { version, members } = write?.(body) ?? { version: description.version, members: body as object };
    return { kind, about, body: version === 1 ? members : { ...members, version } };
  };
  return Object.assign(make as unknown as EventRecord<Kind, Place, Body>, description);
}

/** The event as readers get it. */
export type BodyOf<Described> =
  Described extends EventRecord<string, About, infer Body> ? Fixed<z.output<Body>> : never;

/** A member that entries of earlier versions lack: null where absent, required for writing. */
export const sometimes = <Inner extends z.ZodType>(inner: Inner) =>
  inner.nullable().default(null) as unknown as z.ZodType<z.output<Inner> | null, z.input<Inner>>;

/**
 * A body that earlier versions wrote in another form: converted to the current one before it is read. Anything but an
 * object is left unchanged.
 */
export const earlierForm = <Inner extends z.ZodType>(
  inner: Inner,
  change: (members: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
) =>
  z.preprocess(
    (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? change(value as Readonly<Record<string, unknown>>)
        : value,
    inner,
  ) as unknown as z.ZodType<z.output<Inner>, z.input<Inner>>;

/** Text → identifier, by its own parser, whose refusal becomes an issue. */
export const identifier = <Id extends string>(parse: (value: unknown) => Id) =>
  z.string().transform((value, context): Id => {
    try {
      return parse(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

export const hex64 = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits');
export const commit = z
  .string()
  .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, '40 or 64 lower-case hexadecimal digits');
/** ISO 8601, UTC. */
export const time = z.iso.datetime();
/** Path in an artifact, outermost container first. */
export const path = z.array(z.string());
/** Which walk of the request through the steps, from 1. The first journals had none. */
export const pass = sometimes(z.int().positive()).describe(
  'Which walk of the request through the steps, from 1',
);
