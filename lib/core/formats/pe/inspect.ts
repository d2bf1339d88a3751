/** What the configuration asks of one program: well formed, what it should say of itself, unsigned where it is to be signed. */
import type { AuthenticodeSign, PeMetadata } from '../../generated/index.ts';
import { fail, info, pass, type Finding, type PolicyLocation } from '../../wire/finding/index.ts';
import { parseSha256Hex, type Sha256Hex } from '../../ids/index.ts';
import { kindByContent } from '../kind/index.ts';
import type { FileContext, FileReport } from '../format.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { checkMetadata } from './check-metadata.ts';
import { existingSignature } from '../authenticode/index.ts';
import { describeSignatures, verifiedFate } from './describe-signatures.ts';
import { peDigest } from './digest.ts';
import { PeError } from './errors.ts';
import { programFacts } from './facts.ts';
import type { PeCheck } from './check.ts';
import { askedOfMicrosoft } from './microsoft-signature.ts';
import { verifyPeUpstream } from './upstream.ts';
import { readPeKind } from './kind/index.ts';
import { parsePe, type PeLayout } from './layout.ts';
import { peSubject } from './sign.ts';
import { PeVersionError, readPeVersion, type PeVersion } from './version/index.ts';
import { runsInFirmware } from './subsystem.ts';

/** Also of a program that is declared as a plain file: then without `sign` and `check`. */
export async function inspectProgram(
  source: RandomAccessSource,
  context: FileContext<AuthenticodeSign, PeCheck>,
): Promise<FileReport> {
  const { sign, check, policy, path, sha256, sizeBytes, carries, digestsWanted, upstream = null } = context;
  const about = { path, sha256 };
  let layout: PeLayout;
  let verified: readonly Finding[] = [];
  try {
    layout = await parsePe(source);
    if (check?.verify === true)
      verified = await verifyPeUpstream(source, layout, upstream, { ...about, policy });
  } catch (error) {
    if (!(error instanceof PeError)) throw error;
    const refused = fail({ rule: peRule(error), message: peMessage(error), fix: error.fix, ...about });
    return { findings: [refused], facts: null, target: null };
  }
  const kind = kindByContent(await readPeKind(source, layout), carries);
  const facts = await programFacts(source, layout, kind.kind);
  const structure = pass({
    rule: 'pe.structure',
    message: `A Windows program (${layout.format}) of ${sizeBytes} bytes, well formed.`,
    ...about,
  });
  const parsed = [
    structure,
    ...unalignedHeader(layout, about),
    ...askedOfMicrosoft(layout, about),
    ...verified,
    ...(await inspectMetadata(source, layout, check?.metadata ?? null, { ...about, policy })),
  ];
  const digests = digestsWanted ? [await authenticodeDigest(source, layout)] : [];
  if (sign === null) {
    const signatures = check?.verify === true ? [] : await describeSignatures(source, layout, about);
    return { findings: [...parsed, ...signatures], facts, target: null, digests };
  }
  const fate = existingSignature(sign);
  if (layout.certificateTable !== null && fate === 'refuse') {
    return {
      findings: [
        ...parsed,
        fail({
          rule: 'pe.already-signed',
          message: 'The program is signed already, but the configuration asks for an unsigned one.',
          expected: 'no signature',
          found: `${layout.certificateTable.entries.length} in a certificate table of ${layout.certificateTable.sizeBytes} bytes`,
          fix: 'Submit the program before any signing, or write `existingSignature: append` or `replace`; or remove `sign` from the element.',
          ...about,
        }),
      ],
      facts,
      target: null,
    };
  }
  const existing = await inspectExisting(source, layout, about, fate, verified.length > 0);
  const subject = await peSubject(source, layout, sign);
  return { findings: [...parsed, ...existing], facts, target: { kind, subject }, digests };
}

async function inspectExisting(
  source: RandomAccessSource,
  layout: PeLayout,
  about: Pick<Finding, 'path' | 'sha256'>,
  fate: ReturnType<typeof existingSignature>,
  isVerified: boolean,
): Promise<readonly Finding[]> {
  if (layout.certificateTable === null || fate === 'refuse')
    return [pass({ rule: 'pe.unsigned', message: 'The program holds no signature yet.', ...about })];
  return isVerified ? [verifiedFate(fate, about)] : describeSignatures(source, layout, about, fate);
}

async function authenticodeDigest(source: RandomAccessSource, layout: PeLayout): Promise<Sha256Hex> {
  return parseSha256Hex(Buffer.from(await peDigest(source, layout)).toString('hex'));
}

/** A program where the configuration expects a file of any kind; null: no program. */
export async function inspectUndeclared(
  source: RandomAccessSource,
  { carries, digestsWanted, ...about }: Pick<FileContext, 'path' | 'sha256' | 'carries' | 'digestsWanted'>,
): Promise<Omit<FileReport, 'target' | 'vouchesFor'> | null> {
  let layout: PeLayout;
  try {
    layout = await parsePe(source);
  } catch (error) {
    if (error instanceof PeError) return null;
    throw error;
  }
  const { kind } = kindByContent(await readPeKind(source, layout), carries);
  const undeclared = info({
    rule: 'pe.undeclared',
    message: 'This is a Windows program, declared as a plain file: it is scanned, but not signed.',
    ...about,
  });
  return {
    findings: [undeclared, ...(await describeSignatures(source, layout, about))],
    facts: await programFacts(source, layout, kind),
    digests: digestsWanted ? [await authenticodeDigest(source, layout)] : [],
  };
}

/** Signed all the same: firmware runs it, and the digest is the same. */
function unalignedHeader(layout: PeLayout, about: Pick<Finding, 'path' | 'sha256'>): readonly Finding[] {
  if (layout.headerOffset % 4 === 0 || runsInFirmware(layout)) return [];
  return [
    info({
      rule: 'pe.unaligned-header',
      message: `The PE header stands at byte ${layout.headerOffset}. Firmware runs such programs, but Windows loads none whose header is not at a multiple of 4.`,
      expected: 'a multiple of 4',
      found: String(layout.headerOffset),
      ...about,
    }),
  ];
}

/** Nothing is read, and nothing can be wrong, where the configuration asks for nothing. */
async function inspectMetadata(
  source: RandomAccessSource,
  layout: PeLayout,
  metadata: PeMetadata | null,
  about: {
    readonly path: readonly string[];
    readonly sha256: Sha256Hex;
    readonly policy: PolicyLocation | null;
  },
): Promise<readonly Finding[]> {
  if (metadata === null) return [];
  let version: PeVersion;
  try {
    version = await readPeVersion(source, layout);
  } catch (error) {
    if (!(error instanceof PeVersionError)) throw error;
    const message = `The program’s version resource can’t be read: ${error.message}.`;
    return [fail({ rule: 'pe.version-resource', message, found: error.code, fix: error.fix, ...about })];
  }
  return checkMetadata({ metadata, version, ...about });
}

/** NOT_PE → `pe.not-pe`. */
function peRule(error: PeError): string {
  return `pe.${error.code.toLowerCase().replaceAll('_', '-')}`;
}

function peMessage(error: PeError): string {
  return `The file is no acceptable Windows program: ${error.message}.`;
}
