/** Who submitted or cancelled a request, as people read it: rows carry ids. */
import type { PersonHandle } from '#core/ids/index.ts';
import { parseSubmitter } from '#core/wire/submitter/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { findSubmittingRun } from './submitting-run.ts';

export type DescribedSubmitter =
  | { readonly kind: 'person'; readonly person: string }
  /** `person`: who made the token; null: it isn't on record. */
  | { readonly kind: 'token'; readonly token: string; readonly person: string | null }
  | {
      readonly kind: 'build';
      readonly run: string;
      readonly attempt: string;
      /** The run's page; null: no policy of the project names the repository any more. */
      readonly address: string | null;
      /** Whose account started it; null: one that no policy knows. */
      readonly person: string | null;
    }
  /** Written by no person, token or build: by the demo, for one. */
  | { readonly kind: 'other'; readonly text: string };

/** `by`: as rows have it (lib/core/wire/submitter). People have the names that the policy in force gives them. Public. */
export async function describeSubmitter(call: {
  readonly ctx: Pick<Context, 'db' | 'policies'>;
  readonly input: { readonly project: string; readonly by: string };
}): Promise<DescribedSubmitter> {
  const { ctx, input } = call;
  const submitter = parseSubmitter(input.by);
  if (submitter === null) return { kind: 'other', text: input.by };
  const people = (await acceptedPolicy(ctx))?.snapshot.people;
  const named = (handle: PersonHandle): string => {
    const name = people?.get(handle)?.value.name;
    return name === undefined || name === handle ? handle : `${name} (${handle})`;
  };
  const orNull = (handle: PersonHandle | null): string | null => (handle === null ? null : named(handle));
  switch (submitter.kind) {
    case 'person':
      return { kind: 'person', person: named(submitter.handle) };
    case 'token':
      return { kind: 'token', token: submitter.name, person: orNull(submitter.maker) };
    case 'build': {
      const { run, attempt, person } = submitter;
      const found = await findSubmittingRun(ctx, { projectSlug: input.project, submittedBy: input.by });
      return { kind: 'build', run, attempt, address: found?.address ?? null, person: orNull(person) };
    }
  }
}
