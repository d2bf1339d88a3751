/** The attestation of a file: the one that is named, or the one that an earlier step of this job made. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from './error.ts';
import type { Environment } from './runner/environment.ts';

/** As much as the portal accepts with a request, and a little more. */
const bundleBytesMax = 16 * 1024 * 1024;
/** actions/attest appends the path of each bundle that it makes to this file in RUNNER_TEMP. */
const listName = 'created_attestation_paths.txt';
const listBytesMax = 256 * 1024;
const bundlesMax = 100;
const provenance = 'https://slsa.dev/provenance/';

export type Bundle = Readonly<Record<string, unknown>>;

/** null: there is none. Whether it proves anything is for the signer to say. */
export async function findBundle(
  named: string | null,
  sha256: string,
  { environment, folder }: { readonly environment: Environment; readonly folder: string },
): Promise<Bundle | null> {
  if (named !== null) return chosen(named, await bundlesIn(path.resolve(folder, named)), sha256);
  const temporary = environment['RUNNER_TEMP'];
  if (temporary === undefined || temporary === '') return null;
  for (const file of (await listedIn(path.join(temporary, listName))).toReversed()) {
    const found = (await bundlesIn(file).catch(() => [])).findLast((one) => isProvenanceOf(one, sha256));
    if (found !== undefined) return found;
  }
  return null;
}

/** Of several in a file, the one about this file; a single one is sent as it is, so that the signer says what is wrong with it. */
function chosen(name: string, bundles: readonly Bundle[], sha256: string): Bundle {
  const found =
    bundles.findLast((one) => isProvenanceOf(one, sha256)) ?? (bundles.length === 1 ? bundles[0] : undefined);
  if (found !== undefined) return found;
  throw new ActionError(
    'INPUT',
    `bundle: none of the ${bundles.length} attestations in ${name} is about the file with SHA-256 ${sha256}. Attest the very file that is submitted.`,
  );
}

async function listedIn(file: string): Promise<readonly string[]> {
  const found = await stat(file).catch(() => null);
  if (found === null || found.size > listBytesMax) return [];
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line !== '');
  return lines.slice(-bundlesMax);
}

/** A file has one bundle, or one on each line. */
async function bundlesIn(file: string): Promise<readonly Bundle[]> {
  try {
    const { size } = await stat(file);
    if (size > bundleBytesMax) throw new Error(`it has ${size} bytes; at most ${bundleBytesMax} are read`);
    const text = await readFile(file, 'utf8');
    return (
      parsed(text) ??
      text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .slice(0, bundlesMax)
        .flatMap((line) => {
          const one = parsed(line);
          if (one === null) throw new Error('it is no JSON');
          return one;
        })
    );
  } catch (error) {
    throw new ActionError(
      'INPUT',
      `bundle: ${file} is no Sigstore bundle: ${(error as Error).message}`,
      error,
    );
  }
}

function parsed(text: string): readonly Bundle[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? [value] : null;
  } catch {
    return null;
  }
}

/** Whether its statement (in-toto, in a DSSE envelope) says so. Nothing is verified: this only chooses among files. */
function isProvenanceOf(bundle: Bundle, sha256: string): boolean {
  const envelope = bundle['dsseEnvelope'];
  const payload = isRecord(envelope) ? envelope['payload'] : null;
  if (typeof payload !== 'string') return false;
  const [statement] = parsed(Buffer.from(payload, 'base64').toString('utf8')) ?? [];
  const type = statement?.['predicateType'];
  const subjects = statement?.['subject'];
  return (
    typeof type === 'string' &&
    type.startsWith(provenance) &&
    Array.isArray(subjects) &&
    subjects.some(
      (one: unknown) => isRecord(one) && isRecord(one['digest']) && one['digest']['sha256'] === sha256,
    )
  );
}

const isRecord = (value: unknown): value is Bundle =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
