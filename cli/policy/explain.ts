/** `countersign explain`: one policy in plain sentences, the same as on its public page. */
import { IdentifierError, parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import type { PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import { describePolicy, effectivePolicy, formatDiagnostic } from '#core/policy/index.ts';
import { CliError } from '../error.ts';
import { check } from './validate.ts';

export async function explain(folder: string, project: string, policy: string): Promise<string> {
  const { entries, snapshot } = await check(folder, new Date());
  if (snapshot === null) {
    const lines = entries.map(formatDiagnostic).join('\n');
    throw new CliError('REFUSED', `${folder} is not a valid policy:\n${lines}`);
  }
  const effective = effectivePolicy(snapshot, ...names(project, policy));
  if (!effective.ok)
    throw new CliError('REFUSED', effective.findings.map((finding) => finding.message).join('\n'));
  const { sections } = describePolicy(effective.value);
  const text = sections.map(({ title, sentences }) =>
    [title, ...sentences.map((sentence) => `  ${sentence}`)].join('\n'),
  );
  return `${text.join('\n\n')}\n`;
}

function names(project: string, policy: string): [ProjectSlug, PolicySlug] {
  try {
    return [parseProjectSlug(project), parsePolicySlug(policy)];
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error;
    throw new CliError('USAGE', error.message, error);
  }
}
