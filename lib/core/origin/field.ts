import type { Advice, FieldRecord } from '../field-record/index.ts';
import type { Origin } from '../generated/index.ts';
import type { AgeLimit } from './age-limit.ts';
import type { ComparedOrigin, Purpose } from './compared.ts';

/**
 * A line of `origin`, as lib/core/policy has it among its fields. `path` begins inside `origin`, and so do paths of advice; the form
 * offers a row only of the provider that the file is about.
 */
export interface OriginField<
  O extends Origin = Origin,
  P extends ComparedOrigin = ComparedOrigin,
> extends FieldRecord {
  /** What a policy says by it on its public page, under "Where it is built": plain text, a sentence each. */
  says?(about: OriginSaid<O, P>): readonly string[];
  /** What the policy sets and only the code host can answer, as the object of a sentence; null: nothing. */
  asksHost?(origin: O): string | null;
  /** What is allowed but probably not intended. */
  lint?(origin: O, purpose: Purpose): readonly Advice[];
}

export interface OriginSaid<O extends Origin = Origin, P extends ComparedOrigin = ComparedOrigin> {
  readonly origin: O;
  /** The same with what holds where it says nothing. */
  readonly compared: P;
  readonly age: AgeLimit | null;
  /** What people call the build system. */
  readonly system: string;
}
