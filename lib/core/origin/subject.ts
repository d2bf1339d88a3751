import type { Bundle } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import type { SignedStatement } from './statement.ts';

/** Lower-case hexadecimal digests of the file as this software computed them. */
export interface ArtifactDigests {
  readonly sha256: string;
  readonly sha512: string;
}

export type SubjectMatch =
  | { readonly ok: true; readonly name: string; readonly algorithm: 'sha256' | 'sha512' }
  | { readonly ok: false; readonly problem: string; readonly found: string | null };

const subjectsMax = 1024;
const algorithms = ['sha256', 'sha512'] as const;

const no = (problem: string, found: string | null = null): SubjectMatch => ({ ok: false, problem, found });

/**
 * Whether a bundle is about this file: one of the in-toto subjects, or the message digest, has its SHA-256 or
 * SHA-512. Names of algorithms are compared exactly; a subject that names both digests must be right in both.
 */
export function matchSubject(
  bundle: Bundle,
  statement: SignedStatement,
  digests: ArtifactDigests,
): SubjectMatch {
  const { content } = bundle;
  if (content.$case === 'messageSignature') {
    const { algorithm, digest } = content.messageSignature.messageDigest;
    const name = algorithm === HashAlgorithm.SHA2_512 ? 'sha512' : 'sha256';
    const found = digest.toString('hex');
    if (algorithm !== HashAlgorithm.SHA2_256 && algorithm !== HashAlgorithm.SHA2_512) {
      return no('its message digest is neither SHA-256 nor SHA-512');
    }
    if (found !== digests[name]) return no('its message digest is that of another file', `${name}:${found}`);
    return { ok: true, name: 'message', algorithm: name };
  }
  if (statement.kind !== 'statement') return no('it states nothing about files');
  const subjects = statement.subject;
  if (!Array.isArray(subjects) || subjects.length === 0) return no('it attests no file');
  if (subjects.length > subjectsMax) return no(`it attests more than ${subjectsMax} files`);
  const seen: string[] = [];
  for (const subject of subjects as readonly unknown[]) {
    if (!isRecord(subject) || !isRecord(subject['digest'])) return no('one of its subjects has no digest');
    const { digest, name } = subject;
    const named = algorithms.filter((algorithm) => Object.hasOwn(digest, algorithm));
    const [first] = named;
    if (first !== undefined && named.every((one) => digest[one] === digests[one])) {
      return { ok: true, name: typeof name === 'string' ? name.slice(0, 200) : '', algorithm: first };
    }
    if (first !== undefined) seen.push(`${first}:${String(digest[first]).slice(0, 128)}`);
  }
  const found = seen.length === 0 ? null : seen.slice(0, 3).join(', ');
  return no('none of the files it attests has these bytes', found);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
