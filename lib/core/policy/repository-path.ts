import type { Kind } from '../generated/index.ts';
import {
  IdentifierError,
  parseCertificateSerial,
  parsePersonHandle,
  parsePolicySlug,
  parseProjectSlug,
} from '../ids/index.ts';
import type { CertificateSerial, PersonHandle, PolicySlug, ProjectSlug } from '../ids/index.ts';

/** What a file of the policy repository is, from its path alone. */
export type RepositoryPath =
  | { readonly kind: 'Foundation' }
  | { readonly kind: 'TrustRoot' }
  | { readonly kind: 'Person'; readonly handle: PersonHandle }
  | { readonly kind: 'Project'; readonly project: ProjectSlug }
  | { readonly kind: 'SigningPolicy'; readonly project: ProjectSlug; readonly policy: PolicySlug }
  | { readonly kind: 'Revocation'; readonly serial: CertificateSerial }
  | { readonly kind: 'ArtifactConfiguration'; readonly project: ProjectSlug; readonly name: PolicySlug };

export type PathResult =
  | { readonly ok: true; readonly path: RepositoryPath }
  /** Not a policy file, but it may be there: a README, a licence, settings of the code host. */
  | { readonly ok: true; readonly path: null }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/** Where the file of each kind belongs. */
export const pathOfKind: Readonly<Record<Kind, string>> = {
  Foundation: 'foundation.yaml',
  TrustRoot: 'trust/root.yaml',
  Person: 'people/<handle>.yaml',
  Project: 'projects/<slug>/project.yaml',
  SigningPolicy: 'projects/<slug>/policies/<policy>.yaml',
  ArtifactConfiguration: 'projects/<slug>/artifacts/<name>.yaml',
  Revocation: 'revocations/<serial>.yaml',
};

const accompanying = [
  /^(?:README|LICENSE|LICENCE|CODEOWNERS|CONTRIBUTING|SECURITY)(?:\.md|\.txt)?$/,
  /^(?:[a-z0-9-]+\/){1,3}README\.md$/,
  /^\.git(?:ignore|attributes)$/,
  /^\.github\/[A-Za-z0-9._/-]+$/,
  /^\.editorconfig$/,
  /^\.vscode\/[a-z]+\.json$/,
];

/** Path in the repository, with `/` → its meaning; any other path is refused. */
export function parseRepositoryPath(path: string): PathResult {
  if (path.length <= 300 && accompanying.some((pattern) => pattern.test(path)))
    return { ok: true, path: null };
  try {
    const known = policyFile(path.split('/'));
    if (known !== null) return { ok: true, path: known };
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error;
    return {
      ok: false,
      message: 'The name of this file or its folder has characters that names may not have.',
      fix: 'Use 1 to 64 lower-case letters, digits and inner hyphens.',
    };
  }
  const places = Object.values(pathOfKind).join(', ');
  return {
    ok: false,
    message: 'A policy repository has no such file.',
    fix: path.endsWith('.yml') ? 'Name it .yaml.' : `Remove it, or move it to one of ${places}.`,
  };
}

function policyFile(steps: readonly string[]): RepositoryPath | null {
  const [first, second, third, fourth] = steps;
  if (steps.length === 1) return first === 'foundation.yaml' ? { kind: 'Foundation' } : null;
  if (steps.length === 2 && first === 'trust') return second === 'root.yaml' ? { kind: 'TrustRoot' } : null;
  if (steps.length === 2 && first === 'people' && isYaml(second)) {
    return { kind: 'Person', handle: parsePersonHandle(stem(second)) };
  }
  if (steps.length === 2 && first === 'revocations' && isYaml(second)) {
    return { kind: 'Revocation', serial: parseCertificateSerial(stem(second)) };
  }
  if (first !== 'projects') return null;
  if (steps.length === 3 && third === 'project.yaml')
    return { kind: 'Project', project: parseProjectSlug(second) };
  if (steps.length !== 4 || !isYaml(fourth)) return null;
  if (third === 'policies') {
    return {
      kind: 'SigningPolicy',
      project: parseProjectSlug(second),
      policy: parsePolicySlug(stem(fourth)),
    };
  }
  if (third === 'artifacts') {
    return {
      kind: 'ArtifactConfiguration',
      project: parseProjectSlug(second),
      name: parsePolicySlug(stem(fourth)),
    };
  }
  return null;
}

const isYaml = (name: string | undefined): name is string => name?.endsWith('.yaml') === true;
const stem = (name: string): string => name.slice(0, -'.yaml'.length);
