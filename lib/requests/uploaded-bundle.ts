/** A proof of origin as people upload it: one Sigstore bundle, or a file with one to a line, as `gh attestation download` writes. */
import type { Sha256Hex } from '#core/ids/index.ts';
import { isNestedTooDeeply } from '../platform/http/index.ts';
import { RequestsError } from './error.ts';

const linesMax = 100;
type JsonObject = Readonly<Record<string, unknown>>;

/** → the one bundle about this file: the only one there is, or the provenance whose subject has this digest. */
export function readUploadedBundle(text: string, sha256: Sha256Hex): JsonObject {
  const whole = parseObject(text);
  if (whole !== null) return whole;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const bundles = lines.length > linesMax ? [] : lines.map(parseObject);
  const found = bundles.find((bundle) => bundle !== null && isProvenanceOf(bundle, sha256));
  if (found !== undefined && found !== null) return found;
  throw new RequestsError({
    code: 'BUNDLE_INVALID',
    message:
      bundles.length > 0 && bundles.every((bundle) => bundle !== null)
        ? `None of the ${bundles.length} attestations is a build provenance of this file (SHA-256 ${sha256}).`
        : 'The attestation is no Sigstore bundle: it is not JSON.',
    fix: 'Choose the file that actions/attest-build-provenance made, or what gh attestation download FILE writes.',
  });
}

/** null: no object, or one so deep that nobody could write it again. */
function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNestedTooDeeply(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}

/** Only to choose among several; what a bundle proves, the signer judges. */
export function isProvenanceOf(bundle: JsonObject, sha256: Sha256Hex): boolean {
  if (isNestedTooDeeply(bundle)) return false;
  const envelope = bundle['dsseEnvelope'];
  if (typeof envelope !== 'object' || envelope === null || !('payload' in envelope)) return false;
  const { payload } = envelope;
  if (typeof payload !== 'string') return false;
  const statement = parseObject(Buffer.from(payload, 'base64').toString('utf8'));
  const subjects = statement?.['subject'];
  return (
    String(statement?.['predicateType']).startsWith('https://slsa.dev/provenance/') &&
    Array.isArray(subjects) &&
    JSON.stringify(subjects).includes(`"${sha256}"`)
  );
}
