import {
  ownKeyFields,
  type OwnKeyUse,
  type ProjectSnapshot,
  type SigningPolicyDocument,
} from '#core/policy/index.ts';
import { isRoleName } from '#core/pki/openpgp/index.ts';
import { lintFinding } from './finding.ts';
import type { LintFinding } from './finding.ts';

/** A project's own key of the signer's registry. */
export interface KnownOwnKey {
  readonly project: string;
  /** The name that policies use. */
  readonly name: string;
  readonly use: OwnKeyUse;
  readonly serves: 'release' | 'test';
  readonly isRevoked: boolean;
}

const words: Readonly<Record<OwnKeyUse, string>> = { openpgp: 'OpenPGP key', raw: 'key for raw signatures' };

/** Whether each key that a policy names is one of this project's, made for that use and purpose, and not revoked. */
export function lintOwnKeys(
  { slug }: ProjectSnapshot,
  policy: SigningPolicyDocument,
  keys: readonly KnownOwnKey[],
): readonly LintFinding[] {
  const { purpose } = policy.value;
  return (Object.keys(ownKeyFields) as OwnKeyUse[]).flatMap((use) => {
    const field = ownKeyFields[use];
    const name = policy.value[field];
    if (name === undefined) return [];
    const named = keys.filter((key) => key.project === slug && key.use === use && key.name === name);
    if (named.some((key) => key.serves === purpose && !key.isRevoked)) return [];
    const others = keys.filter((key) => key.project !== slug && key.use === use && key.name === name);
    const why =
      named.length > 0
        ? named.some((key) => key.serves === purpose)
          ? 'it is revoked'
          : 'it serves policies of another purpose'
        : others.length > 0
          ? 'there is one of that name, and it is another project’s'
          : 'there is none of that name';
    const message = `The project has no ${words[use]} \`${name}\` for ${purpose}: ${why}.`;
    const own = keys.filter(
      (key) => key.project === slug && key.use === use && key.serves === purpose && !key.isRevoked,
    );
    const names = [...new Set(own.map((key) => key.name))].slice(0, 5);
    const fix =
      use === 'openpgp' && names.length === 0 && isRoleName(slug)
        ? `The address of this project, ${slug}@…, would be taken for that of a role, and a ceremony makes no key for it unless the foundation’s configuration says so (\`openPgp.roleNames\`); sign by another method, or rename the project.`
        : names.length > 0
          ? `Write ${names.map((one) => `\`${one}\``).join(' or ')}.`
          : 'Ask the foundation for one (`ownKeys` in a key ceremony), or remove the line.';
    return [lintFinding(policy.locate([field]), 'lint.own-key', message, fix)];
  });
}
