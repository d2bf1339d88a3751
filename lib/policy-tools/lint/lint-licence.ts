import { readLicence } from '#core/licence/index.ts';
import type { ProjectSnapshot } from '#core/policy/index.ts';
import { lintFinding } from './finding.ts';
import type { LintFinding } from './finding.ts';

/** Ids that SPDX has replaced are less precise than their successors: on whether later versions of the GPL apply, for example. */
export function lintLicence({ project }: ProjectSnapshot): readonly LintFinding[] {
  const read = readLicence(project.value.licence);
  if (!read.ok) return [];
  const at = project.locate(['licence']);
  return read.replaced.map(({ id, instead }) =>
    lintFinding(
      at,
      'lint.replaced-licence',
      `SPDX has replaced the licence id \`${id}\`.`,
      instead.length === 0 ? `See spdx.org/licenses/${id}.html.` : `Write ${instead.join(' or ')}.`,
    ),
  );
}
