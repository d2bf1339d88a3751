/**
 * Who submitted a request, as `submitted_by` carries it: `person:<handle>`, or
 * `token:<project>/<name of the token> by person:<handle>`, where the person is who made the token. The portal writes it;
 * whoever counts people by it reads it here. Pure.
 */
import { isError } from '../../error/index.ts';
import { IdentifierError, parsePersonHandle, parseProjectSlug } from '../../ids/index.ts';
import type { PersonHandle, ProjectSlug } from '../../ids/index.ts';

export type Submitter =
  | { readonly kind: 'person'; readonly handle: PersonHandle }
  | {
      readonly kind: 'token';
      readonly project: ProjectSlug;
      /** As its maker called it; it has no colon. */
      readonly name: string;
      /** Who made it and is responsible for its requests; null in requests from before makers were recorded. */
      readonly maker: PersonHandle | null;
    };

/** A token's name: what people call it, and what `submitters.tokens` of a policy lists. */
export const tokenNameForm = /^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,79}$/u;

const by = ' by person:';

export function formatSubmitter(submitter: Submitter): string {
  if (submitter.kind === 'person') return `person:${submitter.handle}`;
  const { project, name, maker } = submitter;
  return `token:${project}/${name}${maker === null ? '' : `${by}${maker}`}`;
}

/** null: a text that formatSubmitter didn't write. */
export function parseSubmitter(text: string): Submitter | null {
  try {
    if (text.startsWith('person:')) return { kind: 'person', handle: parsePersonHandle(text.slice(7)) };
    if (!text.startsWith('token:')) return null;
    const slash = text.indexOf('/');
    if (slash === -1) return null;
    // Names have no colon, so the first of these is where the name ends.
    const end = text.indexOf(by, slash);
    const name = text.slice(slash + 1, end === -1 ? undefined : end);
    if (!tokenNameForm.test(name)) return null;
    return {
      kind: 'token',
      project: parseProjectSlug(text.slice(6, slash)),
      name,
      maker: end === -1 ? null : parsePersonHandle(text.slice(end + by.length)),
    };
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
}

/** The person responsible for a request; null where that isn't recorded. */
export function submittingPerson(submitter: Submitter): PersonHandle | null {
  return submitter.kind === 'person' ? submitter.handle : submitter.maker;
}
