/** The suggested configuration as a draft of a policy change: what people do with it from there on is as with any other. */
import { isError } from '#core/error/index.ts';
import { IdentifierError, parsePolicySlug } from '#core/ids/index.ts';
import type { PolicySlug } from '#core/ids/index.ts';
import { saveDraft } from '../policy-changes/index.ts';
import { atField } from '../platform/http/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { SamplesError } from './error.ts';
import { readSample } from './read.ts';

/** → the draft's id. `name`: of the configuration, which may be there already. */
export async function draftFromSample(call: {
  readonly ctx: Context;
  readonly input: { readonly id: string; readonly name: string };
}): Promise<string> {
  const { ctx, input } = call;
  const sample = await readSample({ ctx, input: { id: input.id } });
  const accepted = await acceptedPolicy(ctx);
  if (sample?.stands.state !== 'done' || sample.stands.outcome.suggestion === null || accepted === null)
    throw new SamplesError({
      code: 'UNKNOWN_SAMPLE',
      message: 'There is no suggestion for this sample any more.',
      fix: 'Drop the file again: samples are kept for a day.',
    });
  if (sample.project === null)
    throw new SamplesError({
      code: 'UNKNOWN_PROJECT',
      message: 'The sample was dropped for no project, so there is none to propose it for.',
      fix: 'Drop it again and choose the project.',
    });
  const name = nameOf(input.name);
  return saveDraft({
    ctx,
    input: {
      id: null,
      path: `projects/${sample.project}/artifacts/${name}.yaml`,
      number: null,
      base: accepted.commit,
      error: null,
      values: new Map([
        ['title', [`Artifact configuration ${name}`]],
        ['description', [`Suggested by the signer for a sample (SHA-256 ${sample.sha256}).`]],
        ['content', [sample.stands.outcome.suggestion.text]],
      ]),
    },
  });
}

function nameOf(typed: string): PolicySlug {
  try {
    return parsePolicySlug(typed.trim());
  } catch (error) {
    if (!isError(error, IdentifierError)) throw error;
    throw new SamplesError(
      atField('name', {
        code: 'IDENTIFIER_INVALID',
        message: 'Name: this can’t be one.',
        fix: 'Enter 1 to 64 lower-case letters, digits and inner hyphens.',
      }),
    );
  }
}
