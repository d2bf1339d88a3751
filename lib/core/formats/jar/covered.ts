/**
 * What a signature file says, held to the manifest, and the manifest to the files (JAR File Specification, "Signature Validation").
 * Stricter than Java, which takes files that no signature covers as unsigned ones: here one signature has to cover all.
 */
import { createHash } from 'node:crypto';
import { showName } from '../archive/index.ts';
import type { SignatureHash } from '../format.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { digestNames, type EntryDigests } from './compose.ts';
import type { Manifest, Section } from './manifest.ts';
import { digestEntries, type Jar } from './read-jar.ts';

const hashes = Object.keys(digestNames) as readonly SignatureHash[];

/** Of a section or a signature file: its attributes `SHA-256-Digest…` by hash. Those of weak hashes prove nothing, and are passed over. */
function statedDigests(
  { attributes }: Pick<Section, 'attributes'>,
  ending: string,
): readonly (readonly [SignatureHash, string])[] {
  return hashes.flatMap((hash) => {
    const name = `${digestNames[hash]}-${ending}`.toLowerCase();
    const found = attributes.find((attribute) => attribute.name.toLowerCase() === name);
    return found === undefined ? [] : [[hash, found.value] as const];
  });
}

const digestOf = (hash: SignatureHash, bytes: Uint8Array): string =>
  createHash(hash).update(bytes).digest('base64');

/** null: at least one digest by a strong hash is stated, and all of those are right. */
function digestProblem(section: Section, ending: string, bytes: Uint8Array): 'missing' | 'wrong' | null {
  const stated = statedDigests(section, ending);
  if (stated.length === 0) return 'missing';
  return stated.every(([hash, digest]) => digestOf(hash, bytes) === digest) ? null : 'wrong';
}

/** `weak`: nothing is stated by a hash that proves something. */
export interface Misfit {
  /** A sentence's end. */
  readonly problem: string;
  readonly weak: boolean;
}

const words = { missing: 'states no digest by SHA-256 or longer', wrong: 'states another digest' } as const;

/**
 * Whether a signature file is about this manifest: about all its bytes, or, where somebody signed again and added to it, about the main
 * section and each other one. null: it is.
 */
export function signatureFileMisfit(
  stated: Manifest,
  manifest: Manifest,
  manifestBytes: Uint8Array,
): Misfit | null {
  const whole = digestProblem(stated.main, 'Digest-Manifest', manifestBytes);
  if (whole === null) return null;
  const main = digestProblem(stated.main, 'Digest-Manifest-Main-Attributes', manifest.main.bytes);
  if (main !== null) {
    const wrong = whole === 'wrong' || main === 'wrong';
    const problem = `it ${words[wrong ? 'wrong' : 'missing']} of the manifest`;
    return { problem, weak: !wrong };
  }
  const sections = new Map(stated.sections.map((section) => [section.name, section]));
  for (const section of manifest.sections) {
    const own = sections.get(section.name);
    const name = showName(section.name ?? '');
    if (own === undefined)
      return { problem: `it says nothing of the manifest’s section for ${name}`, weak: false };
    const digest = digestProblem(own, 'Digest', section.bytes);
    if (digest !== null)
      return {
        problem: `it ${words[digest]} of the manifest’s section for ${name}`,
        weak: digest === 'missing',
      };
  }
  return null;
}

/** Whether the manifest is about these files, and about none that are missing: a sentence's end; null: it is. Reads all of them. */
export async function manifestMisfit(
  source: RandomAccessSource,
  jar: Jar,
  manifest: Manifest,
): Promise<string | null> {
  const found = new Map<SignatureHash, EntryDigests>();
  for (const section of manifest.sections) {
    const name = section.name ?? '';
    const stated = statedDigests(section, 'Digest');
    for (const [hash, digest] of stated) {
      const digests = found.get(hash) ?? (await digestEntries(source, jar, hash));
      found.set(hash, digests);
      const own = digests.get(name);
      if (own === undefined && name.endsWith('/')) continue;
      if (own === undefined) return `${showName(name)} was signed, and is missing`;
      if (own !== digest) return `${showName(name)} has another digest than was signed`;
    }
  }
  return null;
}

/** The first file that the signature doesn't cover; null: it covers all. To be asked where manifest and signature file fit. */
export function uncovered(jar: Jar, manifest: Manifest, stated: Manifest): Misfit | null {
  const sections = new Map(manifest.sections.map((section) => [section.name, section]));
  const named = new Set(stated.sections.map(({ name }) => name));
  for (const { path } of jar.covered) {
    const section = sections.get(path);
    if (section === undefined || !named.has(path))
      return { problem: `${showName(path)} is not signed`, weak: false };
    if (statedDigests(section, 'Digest').length === 0)
      return { problem: `the manifest ${words.missing} of ${showName(path)}`, weak: true };
  }
  return null;
}
