/** What the configuration asks of one archive: well formed, what its manifest should say, unsigned where it is to be signed. */
import type { JarMetadata, JarSign } from '../../generated/index.ts';
import { fail, info, pass, type Finding } from '../../wire/finding/index.ts';
import { ArchiveError, archiveFinding } from '../archive/index.ts';
import type { FileContext, FileFacts, FileReport } from '../format.ts';
import { kindByContent } from '../kind/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { JarError, signUnsigned } from './errors.ts';
import { jarKind, zipKind } from './kind.ts';
import type { Manifest } from './manifest.ts';
import { checkMetadata, manifestTexts } from './metadata.ts';
import { manifestOf, readJar, type Jar } from './read-jar.ts';
import { composeJar, existingSignature, jarSubject } from './sign.ts';
import { verifyJarUpstream } from './upstream.ts';

/** A type alias: an interface would be no JSON. */
export type JarCheck = {
  readonly metadata?: JarMetadata;
  /** Its signatures are upstream's, and hold. */
  readonly verify?: true;
  /** Something inside gets signed: then a signature that is there would break. */
  readonly changes?: true;
};

type JarContext = FileContext<JarSign, JarCheck>;

/** A subject up to here goes into the report; others are computed again when it is their turn. */
const reportedSubjectMax = 1024 * 1024;

export async function inspectJar(
  type: 'jar' | 'zip',
  source: RandomAccessSource,
  context: JarContext,
): Promise<FileReport> {
  const { sign, check, path, sha256 } = context;
  // As an archive alone it has been read where it was opened.
  if (type === 'zip' && sign === null && check === null) return { findings: [], facts: null, target: null };
  try {
    return await inspectOpened(type, source, context);
  } catch (error) {
    if (error instanceof ArchiveError) {
      return { findings: [archiveFinding(error, path)], facts: null, target: null };
    }
    if (!(error instanceof JarError)) throw error;
    const refused = fail({
      rule: jarRule(error),
      message: `The archive can’t be ${sign === null ? 'read' : 'signed'} as a Java archive: ${error.message}.`,
      fix: error.fix,
      path,
      sha256,
    });
    return { findings: [refused], facts: null, target: null };
  }
}

async function inspectOpened(
  type: 'jar' | 'zip',
  source: RandomAccessSource,
  { sign, check, policy, path, sha256, carries, upstream = null }: JarContext,
): Promise<FileReport> {
  const about = { path, sha256 };
  const jar = await readJar(source);
  const manifest = await manifestOf(source, jar);
  const facts = factsOf(type, jar, manifest, carries);
  const structure = pass({
    rule: 'jar.structure',
    message: `A Java archive of ${jar.covered.length} ${jar.covered.length === 1 ? 'file' : 'files'} ${manifest === null ? 'without a manifest' : 'and a manifest'}, well formed.`,
    ...about,
  });
  const findings = [
    // A zip archive that isn't signed itself is read for a signature that would break; what it is, has been said where it was opened.
    ...(type === 'zip' && sign === null ? [] : [structure]),
    ...(check?.metadata === undefined
      ? []
      : checkMetadata(check.metadata, manifestTexts(manifest), { ...about, policy })),
    ...(check?.verify === true ? await verifyJarUpstream(source, jar, upstream, { ...about, policy }) : []),
    ...signatureFindings(jar, sign, check, about),
  ];
  if (sign === null || findings.some(({ rule }) => rule === 'jar.already-signed'))
    return { findings, facts, target: null };
  const composed = await composeJar(source, jar, sign);
  const subject = composed.signatureFile.length > reportedSubjectMax ? null : jarSubject(composed, sign);
  const kind = type === 'zip' ? zipKind : kindByContent(jarKind(manifest, jar), carries);
  return { findings: [...findings, ...manifestFindings(composed, about)], facts, target: { kind, subject } };
}

type About = Pick<Finding, 'path' | 'sha256'>;

function signatureFindings(
  { signatureFiles }: Jar,
  sign: JarSign | null,
  check: JarCheck | null,
  about: About,
): readonly Finding[] {
  const names = signatureFiles
    .map(({ path }) => path)
    .join(', ')
    .slice(0, 300);
  if (signatureFiles.length === 0) {
    return sign === null
      ? []
      : [pass({ rule: 'jar.unsigned', message: 'The archive holds no signature yet.', ...about })];
  }
  const fate = sign === null ? null : existingSignature(sign);
  if (fate === 'replace' || (fate === 'append' && check?.changes !== true)) {
    const message =
      fate === 'replace'
        ? 'The archive carries a signature. The new one takes its place.'
        : 'The archive carries a signature, which fits it and stays; the new one is added.';
    return [info({ rule: 'jar.signatures', message, found: names, ...about })];
  }
  if (sign !== null || check?.changes === true) {
    const why =
      sign === null || fate === 'append'
        ? 'The archive is signed, and files in it are to be signed: its own signature would no longer hold.'
        : 'The archive is signed already, but the configuration asks for an unsigned one.';
    return [
      fail({
        rule: 'jar.already-signed',
        message: why,
        expected: 'no signature',
        found: names,
        fix:
          sign === null || fate === 'append'
            ? signUnsigned
            : `${signUnsigned} Or remove \`sign\` from the element.`,
        ...about,
      }),
    ];
  }
  if (check?.verify === true) return [];
  return [
    info({
      rule: 'jar.signatures',
      message:
        'The archive carries a signature. It is not signed here and stays as it is; whether it is valid, and whether its signers are to be trusted, was not checked.',
      found: names,
      ...about,
    }),
  ];
}

function manifestFindings(
  { missing, stale }: { readonly missing: number; readonly stale: number },
  about: About,
): readonly Finding[] {
  if (missing === 0 && stale === 0) return [];
  return [
    info({
      rule: 'jar.manifest-mended',
      message: `The manifest holds digests that no signature covers (in sections: ${stale}) or sections for files that aren’t there (${missing}). Signing replaces those digests by its own, and leaves out sections that say nothing else.`,
      ...about,
    }),
  ];
}

function factsOf(
  type: 'jar' | 'zip',
  jar: Jar,
  manifest: Manifest | null,
  carries: readonly string[],
): FileFacts {
  const { kind } = type === 'zip' ? zipKind : kindByContent(jarKind(manifest, jar), carries);
  return { type, signed: jar.signatureFiles.length > 0, kind, texts: manifestTexts(manifest) };
}

const localHeader = Uint8Array.of(0x50, 0x4b, 0x03, 0x04);

/** An archive with a manifest that is expected as a file of any kind; null: none. */
export async function inspectUndeclared(
  source: RandomAccessSource,
  { path, sha256, carries }: Pick<FileContext, 'path' | 'sha256' | 'carries'>,
): Promise<Pick<FileReport, 'findings' | 'facts'> | null> {
  if (source.size < localHeader.length) return null;
  if (Buffer.compare(await readExactly(source, 0, localHeader.length), localHeader) !== 0) return null;
  try {
    const jar = await readJar(source);
    if (jar.manifestEntry === null) return null;
    const facts = factsOf('jar', jar, await manifestOf(source, jar), carries);
    const undeclared = info({
      rule: 'jar.undeclared',
      message: 'This is a Java archive, declared as a plain file: it is scanned, but not signed.',
      path,
      sha256,
    });
    return { findings: [undeclared, ...signatureFindings(jar, null, null, { path, sha256 })], facts };
  } catch (error) {
    if (error instanceof JarError || error instanceof ArchiveError) return null;
    throw error;
  }
}

/** MANIFEST_LINE → `jar.manifest-line`. */
const jarRule = ({ code }: JarError): string => `jar.${code.toLowerCase().replaceAll('_', '-')}`;
