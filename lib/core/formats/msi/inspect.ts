/** What the configuration asks of one installer: well formed, what it should say of itself, unsigned where it is to be signed. */
import type { AuthenticodeSign, MsiMetadata } from '../../generated/index.ts';
import { fail, info, pass, type Finding } from '../../wire/finding/index.ts';
import { existingSignature } from '../authenticode/index.ts';
import { CfbError } from '../cfb/index.ts';
import {
  factTextMax,
  type FileContext,
  type FileFacts,
  type FileReport,
  type FormatError,
} from '../format.ts';
import type { ToldKind } from '../kind/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import type { MsiCheck } from './check.ts';
import { MsiError } from './errors.ts';
import { checkMetadata } from './metadata.ts';
import { readPackage, type MsiPackage } from './package.ts';
import { streamNamed } from './tables.ts';
import { msiSubject } from './sign.ts';
import { readTexts, type MsiTexts } from './texts.ts';
import { verifyMsiUpstream } from './upstream.ts';

type About = Pick<Finding, 'path' | 'sha256'>;

export async function inspectInstaller(
  source: RandomAccessSource,
  { sign, check, policy, path, sha256, sizeBytes, upstream = null }: FileContext<AuthenticodeSign, MsiCheck>,
): Promise<FileReport> {
  const about = { path, sha256 };
  let found: MsiPackage;
  let verified: readonly Finding[] = [];
  try {
    found = await readPackage(source);
    if (check?.verify === true)
      verified = await verifyMsiUpstream(found, { trust: upstream, about: { ...about, policy } });
  } catch (error) {
    if (!(error instanceof CfbError) && !(error instanceof MsiError)) throw error;
    return { findings: [refusal(error, about)], facts: null, target: null };
  }
  const texts = await textsOf(found);
  const kind = kindOf(found, texts);
  const facts = factsOf(found, texts, kind);
  const structure = pass({
    rule: 'msi.structure',
    message: `A file of Windows Installer (${wordOf(found, kind)}) of ${sizeBytes} bytes with ${found.file.streams.length} streams, well formed.`,
    ...about,
  });
  const { metadata } = check ?? {};
  const fate = sign === null ? null : existingSignature(sign);
  const isBroken =
    check?.repacked === true && found.signatures.length > 0 && fate !== 'refuse' && fate !== 'replace';
  const parsed = [
    structure,
    ...(isBroken ? [breaksSignature({ ...about, policy })] : []),
    ...verified,
    ...(metadata === undefined ? [] : metadataFindings(metadata, texts, { ...about, policy })),
  ];
  if (sign === null || isBroken) {
    const signatures = check?.verify === true ? [] : existing(found, about);
    return { findings: [...parsed, ...signatures], facts, target: null };
  }
  if (found.signatures.length > 0 && fate === 'refuse') {
    const signed = fail({
      rule: 'msi.already-signed',
      message: 'The installer is signed already, but the configuration asks for an unsigned one.',
      expected: 'no signature',
      found: `streams of a signature: ${found.signatures.length}`,
      fix: 'Submit the installer before any signing, or write `existingSignature: append` or `replace`; or remove `sign` from the element.',
      ...about,
    });
    return { findings: [...parsed, signed], facts, target: null };
  }
  const unsigned = pass({ rule: 'msi.unsigned', message: 'The installer holds no signature yet.', ...about });
  const before = found.signatures.length === 0 ? [unsigned] : existing(found, about, fate ?? 'refuse');
  try {
    const subject = await msiSubject(found, sign);
    return { findings: [...parsed, ...before], facts, target: { kind, subject } };
  } catch (error) {
    // No signature can be added to the one that is there.
    if (!(error instanceof MsiError)) throw error;
    return { findings: [...parsed, refusal(error, about)], facts, target: null };
  }
}

/** An installer that is expected as a file of any kind; null: none. */
export async function inspectUndeclared(
  source: RandomAccessSource,
  { path, sha256 }: Pick<FileContext, 'path' | 'sha256'>,
): Promise<Pick<FileReport, 'findings' | 'facts'> | null> {
  const about = { path, sha256 };
  try {
    const found = await readPackage(source);
    const texts = await textsOf(found);
    const undeclared = info({
      rule: 'msi.undeclared',
      message:
        'This is a file of Windows Installer, declared as a plain file: it is scanned, but not signed.',
      ...about,
    });
    return {
      findings: [undeclared, ...existing(found, about)],
      facts: factsOf(found, texts, kindOf(found, texts)),
    };
  } catch (error) {
    if (error instanceof CfbError || error instanceof MsiError) return null;
    throw error;
  }
}

type Place = Pick<FileContext, 'path'> & Partial<Pick<FileContext, 'sha256' | 'policy'>>;

export const breaksSignature = (about: Place): Finding =>
  fail({
    rule: 'msi.breaks-signature',
    message:
      'Files in the installer are to be signed, and the signature that the installer carries would no longer hold.',
    expected: 'no signature',
    fix: 'Submit the installer before any signing, or sign it too, with `existingSignature: replace`.',
    ...about,
  });

/** NOT_CFB → `msi.not-cfb`. */
function refusal(error: FormatError, about: About): Finding {
  const rule = `msi.${error.code.toLowerCase().replaceAll('_', '-')}`;
  const message = `The file is no acceptable file of Windows Installer: ${error.message}.`;
  return fail({ rule, message, fix: error.fix, ...about });
}

/** The reason where they can't be read: no fault where nobody asks for them. */
async function textsOf(found: MsiPackage): Promise<MsiTexts | MsiError> {
  try {
    return await readTexts(found);
  } catch (error) {
    if (error instanceof MsiError) return error;
    throw error;
  }
}

function metadataFindings(
  check: MsiMetadata,
  texts: MsiTexts | MsiError,
  about: Pick<Finding, 'path' | 'sha256' | 'policy'>,
): readonly Finding[] {
  if (!(texts instanceof MsiError)) return checkMetadata(check, texts, about);
  const message = `What the installer says of itself can’t be read: ${texts.message}.`;
  return [fail({ rule: 'msi.unreadable', message, fix: texts.fix, ...about })];
}

/**
 * A merge module is what installers are built from: it has a signature of its own kind, and is no product. Whoever opens one gets an
 * error. A product that calls itself a module, too, is an installer.
 */
function kindOf({ file, class: found }: MsiPackage, texts: MsiTexts | MsiError): ToldKind {
  const isProduct = texts instanceof MsiError || texts.has('ProductCode');
  if (found === 'database' && streamNamed(file, 'ModuleSignature') !== null && !isProduct)
    return { kind: 'library', because: 'it is a merge module, which only other installers take in' };
  const because =
    found === 'patch'
      ? 'it is a patch, which Windows Installer applies to what is installed'
      : 'it is a package of Windows Installer, which users start to install what it holds';
  return { kind: 'installer', because };
}

function wordOf({ class: found }: MsiPackage, { kind }: ToldKind): string {
  return found === 'patch' ? 'patch' : kind === 'library' ? 'merge module' : 'package';
}

const fates = {
  refuse: 'It is not signed here and stays as it is; whether its signers are to be trusted was not checked.',
  append: 'The new one is added to it; whether its earlier signers are to be trusted was not checked.',
  replace: 'The new one takes its place.',
} as const;

function existing(
  { signatures }: MsiPackage,
  about: About,
  fate: keyof typeof fates = 'refuse',
): readonly Finding[] {
  if (signatures.length === 0) return [];
  const message = `The installer carries a signature. ${fates[fate]}`;
  return [info({ rule: 'msi.signatures', message, ...about })];
}

function factsOf({ signatures }: MsiPackage, texts: MsiTexts | MsiError, { kind }: ToldKind): FileFacts {
  const kept =
    texts instanceof MsiError
      ? null
      : Object.fromEntries([...texts].map(([name, text]) => [name, text.slice(0, factTextMax)]));
  return { type: 'msi', signed: signatures.length > 0, kind, texts: kept };
}
