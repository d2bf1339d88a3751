/** What the configuration asks of one package: well formed, what it should say of itself, unsigned where it is to be signed. */
import type { NugetSign } from '../../generated/index.ts';
import { fail, info, pass, type Finding } from '../../wire/finding/index.ts';
import { ArchiveError, archiveFinding } from '../archive/index.ts';
import type { FileContext, FileFacts, FileReport } from '../format.ts';
import { kindByContent, type ToldKind } from '../kind/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import type { NugetCheck } from './check.ts';
import { NugetError, nugetRule, submitUnsigned } from './errors.ts';
import { describeSigner } from './existing-signature.ts';
import { packageKind } from './kind.ts';
import { checkMetadata, recordedTexts, textsOf } from './metadata.ts';
import type { Nuspec } from './nuspec.ts';
import { nuspecOf, readPackage, type NugetPackage } from './read-package.ts';
import { existingSignature, nugetSubject } from './sign.ts';
import { verifyNugetUpstream } from './upstream.ts';

interface Read {
  readonly read: NugetPackage;
  readonly nuspec: Nuspec;
  readonly kind: ToldKind;
  readonly facts: FileFacts;
}

async function readAll(source: RandomAccessSource, carries: readonly string[]): Promise<Read> {
  const read = await readPackage(source);
  const nuspec = await nuspecOf(source, read);
  const kind = kindByContent(packageKind(nuspec, read.files), carries);
  const texts = recordedTexts(textsOf(nuspec));
  const signed = read.signature !== null;
  return { read, nuspec, kind, facts: { type: 'nuget', signed, kind: kind.kind, texts } };
}

export async function inspectPackage(
  source: RandomAccessSource,
  { sign, check, policy, path, sha256, carries, upstream = null }: FileContext<NugetSign, NugetCheck>,
): Promise<FileReport> {
  const about = { path, sha256 };
  let found: Read;
  try {
    found = await readAll(source, carries);
  } catch (error) {
    return { findings: [refusal(error, about)], facts: null, target: null };
  }
  const { read, nuspec, kind, facts } = found;
  const message = `The NuGet package ${nuspec.id} ${nuspec.version} with ${read.files.length} files, well formed.`;
  const findings: Finding[] = [pass({ rule: 'nuget.structure', message, ...about })];
  if (check?.metadata !== undefined)
    findings.push(...checkMetadata({ metadata: check.metadata, texts: textsOf(nuspec), policy, ...about }));
  const verifies = check?.verify === true;
  if (verifies) findings.push(...(await verifyNugetUpstream(source, read, upstream, { ...about, policy })));
  const signer = read.signature === null ? null : await describeSigner(source, read.signature);
  if (sign === null) {
    const unverified = verifies ? [] : signedInfo(signer, about);
    return { findings: [...findings, ...unverified], facts, target: null };
  }
  if (signer !== null && existingSignature(sign) === 'replace') {
    const message = `The package is signed${signer}. The new signature takes the place of that, with all that belongs to it.`;
    findings.push(info({ rule: 'nuget.signed', message, ...about }));
  } else if (signer !== null) {
    const refused = fail({
      rule: 'nuget.already-signed',
      message: `The package is signed already${signer}, but the configuration asks for an unsigned one.`,
      expected: 'no signature',
      fix: `${submitUnsigned} Or remove \`sign\` from the element.`,
      ...about,
    });
    return { findings: [...findings, refused], facts, target: null };
  }
  if (signer === null)
    findings.push(pass({ rule: 'nuget.unsigned', message: 'The package holds no signature yet.', ...about }));
  return { findings, facts, target: { kind, subject: await nugetSubject(source, read, sign) } };
}

type About = Pick<FileContext, 'path' | 'sha256'>;

function refusal(error: unknown, about: About): Finding {
  if (error instanceof ArchiveError) return archiveFinding(error, about.path);
  if (!(error instanceof NugetError)) throw error;
  return fail({ rule: nugetRule(error.code), message: error.message, fix: error.fix, ...about });
}

function signedInfo(signer: string | null, about: About): readonly Finding[] {
  if (signer === null) return [];
  const message = `The package is signed${signer}. Nothing of that was verified, and it stays as it is.`;
  return [info({ rule: 'nuget.signed', message, ...about })];
}

/** A package where the configuration expects a file of any kind; null: none, or none that can be read. */
export async function inspectUndeclared(
  source: RandomAccessSource,
  { carries, ...about }: Pick<FileContext, 'path' | 'sha256' | 'carries' | 'digestsWanted'>,
): Promise<Omit<FileReport, 'target' | 'vouchesFor'> | null> {
  if (source.size < 4) return null;
  if (Buffer.from(await readExactly(source, 0, 4)).toString('latin1') !== 'PK\x03\x04') return null;
  let found: Read;
  try {
    found = await readAll(source, carries);
  } catch (error) {
    if (error instanceof ArchiveError || error instanceof NugetError) return null;
    throw error;
  }
  const { path, sha256 } = about;
  const message = 'This is a NuGet package, declared as a plain file: it is scanned, but not signed.';
  const undeclared = info({ rule: 'nuget.undeclared', message, path, sha256 });
  const { signature } = found.read;
  const signer = signature === null ? null : await describeSigner(source, signature);
  return { findings: [undeclared, ...signedInfo(signer, { path, sha256 })], facts: found.facts };
}
