/** What the configuration asks of one cabinet: well formed, names that mean one place, unsigned where it is to be signed. */
import type { AuthenticodeSign } from '../../generated/index.ts';
import { isError } from '#core/error/index.ts';
import { fail, info, pass, type Finding } from '../../wire/finding/index.ts';
import { ArchiveError, UnpackBudget, archiveFinding, defaultUnpackLimits } from '../archive/index.ts';
import { existingSignature } from '../authenticode/index.ts';
import type { FactName, FileContext, FileFacts, FileReport } from '../format.ts';
import type { ToldKind } from '../kind/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { CabError } from './errors.ts';
import { readCabLayout, type CabLayout } from './layout.ts';
import { cabSubject, readWholeCab } from './sign.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import { brokenSignatures, extractSignature, verifyCabUpstream } from './signature.ts';
import { signableCab } from './signed-header.ts';

/** What is asked of a cabinet besides its structure: at least one of both. */
export interface CabCheck {
  /** Files inside get signed, so the cabinet is packed anew. */
  readonly repacked?: boolean;
  /** Its signatures are upstream's, and hold. */
  readonly verify?: boolean;
}

/** Windows installs programs, drivers and updates from cabinets, on their signature's word. */
const kind: ToldKind = { kind: 'installer', because: 'Windows installs programs and drivers from cabinets' };
const issuesMax = 20;

export async function inspectCab(
  source: RandomAccessSource,
  {
    sign,
    check,
    path,
    sha256,
    sizeBytes,
    policy,
    upstream: trust = null,
  }: FileContext<AuthenticodeSign, CabCheck>,
): Promise<FileReport> {
  const about = { path, sha256 };
  try {
    const layout = await readWholeCab(source);
    const { signature } = layout.header;
    const facts = factsOf(layout);
    const structure = pass({
      rule: 'cab.structure',
      message: `A cabinet of ${sizeBytes} bytes with ${layout.files.length} files in ${layout.folders.length} folders, well formed.`,
      ...about,
    });
    const isVerified = check?.verify === true;
    const verified = isVerified ? await verifyLayout(source, layout, trust, { ...about, policy }) : [];
    const parsed = [structure, ...verified];
    const names = nameFindings(layout, path);
    const refused = [...names, ...signedAlready(layout, { sign, check }, about)];
    if (sign === null || refused.length > 0) {
      const kept = signature === null || refused.length > 0 || isVerified ? [] : [staysSigned(about)];
      return { findings: [...parsed, ...kept, ...refused], facts, target: null };
    }
    const cab = await signableCab(source, layout);
    const existing =
      existingSignature(sign) === 'append' ? await extractSignature(source, layout.header) : null;
    const broken = existing === null ? [] : await brokenSignatures(source, cab, existing);
    if (broken.length > 0) {
      const message = `No signature can be added next to what the cabinet carries: ${broken.join('; ')}.`;
      const fix =
        'Write `existingSignature: replace`, or submit the cabinet as it was before that signature.';
      return {
        findings: [...parsed, fail({ rule: 'cab.existing-signature', message, fix, ...about })],
        facts,
        target: null,
      };
    }
    const state =
      signature === null
        ? pass({ rule: 'cab.unsigned', message: 'The cabinet holds no signature yet.', ...about })
        : info({
            rule: 'cab.signatures',
            message:
              existing === null
                ? 'The cabinet carries a signature. The new one takes its place.'
                : 'The cabinet carries a signature. It stays, and the new one is added; whether its signers are to be trusted was not checked.',
            ...about,
          });
    return {
      findings: [...parsed, state],
      facts,
      target: { kind, subject: await cabSubject(source, cab, sign) },
    };
  } catch (error) {
    return { findings: [refusal(error, about)], facts: null, target: null };
  }
}

async function verifyLayout(
  source: RandomAccessSource,
  layout: CabLayout,
  trust: UpstreamTrust | null,
  about: Pick<FileContext, 'path' | 'sha256' | 'policy'>,
): Promise<readonly Finding[]> {
  const cab = await signableCab(source, layout);
  return verifyCabUpstream(source, cab, await extractSignature(source, layout.header), { trust, about });
}

type About = Pick<FileContext, 'path' | 'sha256'>;
type Place = Pick<FileContext, 'path'> & Partial<Pick<FileContext, 'sha256' | 'policy'>>;

/** A cabinet that can't be read is refused by its own rule, whichever part of it was at fault. */
function refusal(error: unknown, about: About): Finding {
  if (isError(error, ArchiveError)) return { ...archiveFinding(error, about.path), ...about };
  if (!isError(error, CabError)) throw error;
  const rule = `cab.${error.code.toLowerCase().replaceAll('_', '-')}`;
  return fail({ rule, message: error.message, fix: error.fix, ...about });
}

function nameFindings({ files }: CabLayout, path: readonly string[]): readonly Finding[] {
  return files
    .flatMap(({ issues }) => issues.map((issue) => archiveFinding(issue, path)))
    .slice(0, issuesMax);
}

function signedAlready(
  { header }: CabLayout,
  { sign, check }: Pick<FileContext<AuthenticodeSign, CabCheck>, 'sign' | 'check'>,
  about: About,
): readonly Finding[] {
  if (header.signature === null) return [];
  const existing = sign === null ? null : existingSignature(sign);
  if (existing === 'refuse') return [alreadySigned(about)];
  return check?.repacked === true && existing !== 'replace' ? [breaksSignature(about)] : [];
}

export const alreadySigned = (about: Place): Finding =>
  fail({
    rule: 'cab.already-signed',
    message: 'The cabinet is signed already, but the configuration asks for an unsigned one.',
    expected: 'no signature',
    fix: 'Submit the cabinet before any signing, or write `existingSignature: append` or `replace`; or remove `sign` from the element.',
    ...about,
  });

export const breaksSignature = (about: Place): Finding =>
  fail({
    rule: 'cab.breaks-signature',
    message:
      'Files in the cabinet are to be signed, and the signature that the cabinet carries would no longer hold.',
    expected: 'no signature',
    fix: 'Submit the cabinet before any signing, or sign it too, with `existingSignature: replace`.',
    ...about,
  });

const staysSigned = (about: About): Finding =>
  info({
    rule: 'cab.signatures',
    message:
      'The cabinet carries a signature. It is not signed here and stays as it is; whether its signers are to be trusted was not checked.',
    ...about,
  });

/** A cabinet that is expected as a file of any kind; null: none that can be read. */
export async function inspectUndeclared(
  source: RandomAccessSource,
  about: About,
): Promise<Pick<FileReport, 'findings' | 'facts'> | null> {
  try {
    const layout = await readCabLayout(source, new UnpackBudget(defaultUnpackLimits));
    const undeclared = info({
      rule: 'cab.undeclared',
      message: 'This is a cabinet, declared as a plain file: it is scanned, but not signed.',
      path: about.path,
      sha256: about.sha256,
    });
    return { findings: [undeclared], facts: factsOf(layout) };
  } catch (error) {
    if (isError(error, ArchiveError)) return null;
    throw error;
  }
}

/** A cabinet says nothing of itself but what it holds. */
export const factNames: readonly FactName[] = [{ name: 'Files', words: 'Files in it' }];

function factsOf({ header, files }: CabLayout): FileFacts {
  const texts = { Files: String(files.length) };
  return { type: 'cab', signed: header.signature !== null, kind: kind.kind, texts };
}
