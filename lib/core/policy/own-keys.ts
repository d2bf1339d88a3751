/** Keys of the project's own: a policy names one for each kind of signature over a file's own bytes that its artifact configuration asks for. */
import { compileAsWritten, signaturesOf } from '../artifact/index.ts';
import type { KeyUse } from '../formats/format.ts';
import { formats } from '../formats/registry.ts';
import type { ArtifactConfiguration } from '../generated/index.ts';
import { artifactProblems } from './artifact-problems.ts';
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { SigningPolicyDocument } from './document.ts';
import type { ProjectSnapshot } from './snapshot.ts';

export type OwnKeyUse = Exclude<KeyUse, 'certificate'>;

export const ownKeyFields = { openpgp: 'openpgpKey', raw: 'rawKey' } as const satisfies Record<
  OwnKeyUse,
  string
>;

/** Of a configuration without problems. */
export function ownKeyUses(configuration: ArtifactConfiguration): ReadonlySet<OwnKeyUse> {
  const signatures = compileAsWritten(configuration).elements.flatMap(signaturesOf);
  const uses = signatures.flatMap(({ type, sign }): OwnKeyUse[] => {
    const use = formats[type].signing?.keyUse(sign);
    return use === undefined || use === 'certificate' ? [] : [use];
  });
  return new Set(uses);
}

/** `rule.own-key`: signatures are asked for that no key of the policy may make, or one name stands for two kinds of keys. */
export function checkOwnKeys(project: ProjectSnapshot, policy: SigningPolicyDocument): readonly Diagnostic[] {
  const { value } = policy;
  const diagnostics: Diagnostic[] = [];
  const names = new Map([[value.certificate, 'certificate']]);
  for (const field of Object.values(ownKeyFields)) {
    const name = value[field];
    if (name === undefined) continue;
    const other = names.get(name);
    names.set(name, field);
    if (other === undefined) continue;
    const message = `\`${name}\` is the policy’s \`${other}\` already, and a key makes one kind of signature alone.`;
    const fix = 'Name the key that the foundation made for this (`ownKeys` of its ceremony).';
    diagnostics.push(diagnosticIn(policy, [field], 'rule.own-key', message, fix));
  }
  const artifact = [...project.artifacts].find(([slug]) => slug === value.artifactConfiguration)?.[1];
  if (artifact === undefined || artifactProblems(artifact).length > 0) return diagnostics;
  for (const use of ownKeyUses(artifact.value)) {
    const field = ownKeyFields[use];
    if (value[field] !== undefined) continue;
    const message = `${artifact.file} asks for signatures by \`method: ${use}\`, and the policy names no key for them.`;
    const fix = `Write \`${field}\` with the name of the project’s own key, which the foundation makes; or sign by another method, such as cms.`;
    diagnostics.push(diagnosticIn(policy, ['artifactConfiguration'], 'rule.own-key', message, fix));
  }
  return diagnostics;
}
