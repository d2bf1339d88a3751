/**
 * What signing writes (JAR File Specification, "Signed JAR File"): the manifest with the digest of each entry, and the signature file
 * (.SF) with the digests of the manifest, of its main section and of each further one. All of it follows from the manifest and the
 * entries' digests alone, so that it is the same however often it is made.
 */
import { createHash } from 'node:crypto';
import type { SignatureHash } from '../format.ts';
import {
  manifestBytesMax,
  readManifest,
  tooLarge,
  type Attribute,
  type Manifest,
  type Section,
} from './manifest.ts';

/** Entry by its name, a folder's with / at its end → digest, in base64; in the archive's order. */
export type EntryDigests = ReadonlyMap<string, string>;

export interface Composed {
  readonly manifest: Uint8Array;
  readonly signatureFile: Uint8Array;
  /** Sections that spoke of files that aren't there, and stay without digests. */
  readonly missing: number;
  /** Sections from which digests were removed that no signature covered. */
  readonly stale: number;
}

/** As attributes begin (`SHA-256-Digest`). */
export const digestNames: Readonly<Record<SignatureHash, string>> = {
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};

const lineEnd = '\r\n';
const createdBy = 'Countersign';
const emptyManifest = Buffer.from(
  `Manifest-Version: 1.0${lineEnd}Created-By: ${createdBy}${lineEnd}${lineEnd}`,
);

/** `manifest`: null where the archive has none. */
export function compose(manifest: Manifest | null, digests: EntryDigests, hash: SignatureHash): Composed {
  const { main, sections, tail } = manifest ?? readManifest(emptyManifest);
  const chunks: Uint8Array[] = [main.gap, ended(main)];
  const covered = new Set<string>();
  let missing = 0;
  let stale = 0;
  for (const section of sections) {
    const name = section.name ?? '';
    const digest = digests.get(name);
    covered.add(name);
    const kept = section.attributes.filter((attribute) => !statesDigest(attribute));
    if (digest === undefined && !name.endsWith('/')) missing += 1;
    if (isExactly(section, digest, hash)) chunks.push(section.gap, ended(section));
    else {
      if (kept.length < section.attributes.length) stale += 1;
      // A section that held nothing but the digest of a missing file says nothing any more.
      if (digest === undefined && kept.length === 1) continue;
      const own = digest === undefined ? '' : wrap(`${digestNames[hash]}-Digest: ${digest}`);
      chunks.push(section.gap, ...kept.map(({ bytes }) => bytes), raw(`${own}${lineEnd}`));
    }
  }
  for (const [name, digest] of digests) {
    // A folder gets a digest where it has a section, as jarsigner gives it: a second signer must find nothing to add.
    if (covered.has(name) || name.endsWith('/')) continue;
    const section = `${wrap(`Name: ${name}`)}${wrap(`${digestNames[hash]}-Digest: ${digest}`)}${lineEnd}`;
    chunks.push(raw(section));
  }
  const written = Uint8Array.from(Buffer.concat([...chunks, tail]));
  if (written.length > manifestBytesMax) throw tooLarge('The manifest to be signed', written.length);
  return { manifest: written, signatureFile: signatureFileOf(written, hash), missing, stale };
}

/**
 * Digests of entries in a manifest that nobody has signed yet (`SHA1-Digest`, `SHA-256-Digest-de`, `Digest-Algorithms`): left over from
 * a signature that was removed, or from other files. A verifier compares all that it knows, so a wrong one makes the archive invalid.
 */
const statesDigest = ({ name }: Attribute): boolean =>
  /-digest(?:-[a-z_-]+)?$|^digest-algorithms$/i.test(name);

function isExactly(section: Section, digest: string | undefined, hash: SignatureHash): boolean {
  const stated = section.attributes.filter(statesDigest);
  if (digest === undefined) return stated.length === 0;
  const [only, ...others] = stated;
  return others.length === 0 && only?.name === `${digestNames[hash]}-Digest` && only.value === digest;
}

/** The last section may lack its blank line. */
function ended({ bytes, terminated }: Section): Uint8Array {
  return terminated ? bytes : Buffer.concat([bytes, Buffer.from(lineEnd)]);
}

/**
 * ```
 * Signature-Version: 1.0
 * Created-By: Countersign
 * SHA-256-Digest-Manifest: …                  of all its bytes
 * SHA-256-Digest-Manifest-Main-Attributes: …  of the main section with its blank line
 *
 * Name: org/example/Tool.class
 * SHA-256-Digest: …                           of that section with its blank line, not of the entry
 * ```
 * Every section has one, also those of packages: Java believes no attribute of a section that the signature doesn't name.
 */
export function signatureFileOf(manifest: Uint8Array, hash: SignatureHash): Uint8Array {
  const { main, sections } = readManifest(manifest);
  const digestOf = (bytes: Uint8Array): string => createHash(hash).update(bytes).digest('base64');
  const digestName = `${digestNames[hash]}-Digest`;
  const lines = [
    wrap('Signature-Version: 1.0'),
    wrap(`Created-By: ${createdBy}`),
    wrap(`${digestName}-Manifest: ${digestOf(manifest)}`),
    wrap(`${digestName}-Manifest-Main-Attributes: ${digestOf(main.bytes)}`),
    lineEnd,
  ];
  for (const { name, bytes } of sections)
    lines.push(wrap(`Name: ${name ?? ''}`), wrap(`${digestName}: ${digestOf(bytes)}`), lineEnd);
  const written = raw(lines.join(''));
  if (written.length > manifestBytesMax) throw tooLarge('The signature file', written.length);
  return written;
}

const lineBytes = 72;

/** What `wrap` made → its bytes. */
const raw = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/**
 * One attribute in lines of 72 bytes without their ends, as Java wraps it: by bytes, even inside a character. → its UTF-8, each byte as
 * a character of its own.
 */
function wrap(text: string): string {
  const bytes = Buffer.from(text);
  const lines = [bytes.subarray(0, lineBytes)];
  for (let at = lineBytes; at < bytes.length; at += lineBytes - 1)
    lines.push(bytes.subarray(at, at + lineBytes - 1));
  return lines.map((line) => line.toString('latin1')).join(`${lineEnd} `) + lineEnd;
}
