/**
 * Who submitted a request, as `submitted_by` carries it: `person:<handle>`;
 * `token:<project>/<name of the token> by person:<handle>`, where the person is who made the token; or
 * `build:<provider>/<id of the repository>/<run>/<attempt> by person:<handle>`, where the person is whose account started the run.
 * The portal writes it; whoever counts people by it reads it here. Pure.
 */
import { isError } from '../../error/index.ts';
import { IdentifierError, parsePersonHandle, parseProjectSlug } from '../../ids/index.ts';
import type { PersonHandle, ProjectSlug } from '../../ids/index.ts';

export interface SubmittingBuild {
  readonly kind: 'build';
  /** Of the build system, as policies call it. */
  readonly provider: string;
  /** Numeric ids on the host that builds. */
  readonly repositoryId: string;
  readonly run: string;
  readonly attempt: string;
  /** Whose account started the run; null: an account that the policy in force doesn't know. */
  readonly person: PersonHandle | null;
}

export type Submitter =
  | { readonly kind: 'person'; readonly handle: PersonHandle }
  | {
      readonly kind: 'token';
      readonly project: ProjectSlug;
      /** As its maker called it; it has no colon. */
      readonly name: string;
      /** Who made it and is responsible for its requests; null in requests from before makers were recorded. */
      readonly maker: PersonHandle | null;
    }
  | SubmittingBuild;

/** A token's name: what people call it, and what `submitters.tokens` of a policy lists. */
export const tokenNameForm = /^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,79}$/u;

const by = ' by person:';

export function formatSubmitter(submitter: Submitter): string {
  switch (submitter.kind) {
    case 'person':
      return `person:${submitter.handle}`;
    case 'token':
      return `token:${submitter.project}/${submitter.name}${byPerson(submitter.maker)}`;
    case 'build': {
      const { provider, repositoryId, run, attempt, person } = submitter;
      return `build:${provider}/${repositoryId}/${run}/${attempt}${byPerson(person)}`;
    }
  }
}

const byPerson = (handle: PersonHandle | null): string => (handle === null ? '' : `${by}${handle}`);

/** null: a text that formatSubmitter didn't write. */
export function parseSubmitter(text: string): Submitter | null {
  try {
    if (text.startsWith('person:')) return { kind: 'person', handle: parsePersonHandle(text.slice(7)) };
    if (text.startsWith('build:')) return parseBuild(text);
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

const buildForm =
  /^build:([a-z][a-z0-9-]{0,30})\/([1-9]\d{0,18})\/([1-9]\d{0,18})\/([1-9]\d{0,5})(?: by person:(.*))?$/s;

function parseBuild(text: string): SubmittingBuild | null {
  const [, provider, repositoryId, run, attempt, handle] = buildForm.exec(text) ?? [];
  if (provider === undefined || repositoryId === undefined || run === undefined || attempt === undefined) {
    return null;
  }
  const person = handle === undefined ? null : parsePersonHandle(handle);
  return { kind: 'build', provider, repositoryId, run, attempt, person };
}

/** The person responsible for a request; null where that isn't recorded. */
export function submittingPerson(submitter: Submitter): PersonHandle | null {
  switch (submitter.kind) {
    case 'person':
      return submitter.handle;
    case 'token':
      return submitter.maker;
    case 'build':
      return submitter.person;
  }
}
