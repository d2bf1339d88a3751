/** Whether what gets signed is of a kind that the project's program signs: `components` has no review that covers what users start. */
import { kindUnderName, kindWords, maySign, programPhrase, type FileKind } from '#core/formats/kind/index.ts';
import { fail, pass, type Finding } from '#core/wire/finding/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import type { Inspection } from '../../inspector/index.ts';

interface CheckedKinds {
  /** In the order of the targets. */
  readonly kinds: readonly FileKind[];
  readonly findings: readonly Finding[];
}

export function checkKinds(
  { project, locateProject }: Pick<EffectivePolicy, 'project' | 'locateProject'>,
  targets: Inspection['signTargets'],
  artifactName: string,
): CheckedKinds {
  const { program } = project;
  const checked = targets.map(({ path, kind, unsignedSha256 }) => {
    const name = path.at(-1)?.split('/').at(-1) ?? artifactName;
    const effectiveKind = kindUnderName(kind, name);
    const about = {
      rule: 'inspection.kind',
      expected: `program ${program}: ${programPhrase(program)}`,
      found: `${kindWords[effectiveKind.kind]}: ${effectiveKind.because}`,
      path,
      sha256: unsignedSha256,
      policy: locateProject(['program']),
    };
    const finding = maySign(program, effectiveKind.kind)
      ? pass({
          ...about,
          message: `${name} is ${kindWords[effectiveKind.kind]}, which the program ${program} signs.`,
        })
      : fail({
          ...about,
          message: `${name} is ${kindWords[effectiveKind.kind]} (${effectiveKind.because}). This project is in the program ${program}, which signs ${programPhrase(program)}.`,
          fix: applyForExecutables,
        });
    return { kind: effectiveKind.kind, finding };
  });
  return { kinds: checked.map(({ kind }) => kind), findings: checked.map(({ finding }) => finding) };
}

const applyForExecutables =
  'Take `sign` off this file, or apply for the program executables: “Apply” in the portal, for the same repository. ' +
  'Once the application is accepted and the project moved, the foundation issues it a new certificate.';
