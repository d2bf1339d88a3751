/** What the configuration asks of one leaf: a `pe` element parses as a program and is what it should be, a program to sign is unsigned. */
import { checkMetadata, type CompiledElement } from '../../artifact/index.ts';
import { kindByContent } from '../kind/index.ts';
import { fail, info, pass, type Finding, type PolicyLocation } from '../../wire/finding/index.ts';
import { PeError, parsePe, peDigest, peSpcIndirectData, type PeLayout } from './index.ts';
import { readPeKind } from './kind/index.ts';
import { PeVersionError, readPeVersion, type PeVersion } from './version/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { describeSignatures } from './describe-signatures.ts';
import { programFacts } from './facts.ts';
import type { ProgramFacts, SignTargetAnswer } from '../../../../signer/inspector/messages.ts';
import { hexDigest, type WrittenFile } from '../../../../signer/inspector/child/file-source.ts';

type Target = Omit<SignTargetAnswer, 'path' | 'file' | 'element'>;

export interface InspectedProgram {
  readonly findings: readonly Finding[];
  readonly target: Target | null;
  /** null: no Windows program. */
  readonly program: ProgramFacts | null;
}

export async function inspectProgram(
  source: RandomAccessSource,
  element: CompiledElement,
  policy: PolicyLocation | null,
  path: readonly string[],
  { sha256, sizeBytes }: WrittenFile,
  carries: readonly string[],
): Promise<InspectedProgram> {
  const about = { path, sha256 };
  let layout: PeLayout;
  try {
    layout = await parsePe(source);
  } catch (error) {
    if (!(error instanceof PeError)) throw error;
    const refused = fail({ rule: peRule(error), message: peMessage(error), fix: error.fix, ...about });
    return { findings: element.type === 'pe' ? [refused] : [], target: null, program: null };
  }
  const kind = kindByContent(await readPeKind(source, layout), carries);
  const program = await programFacts(source, layout, kind.kind);
  if (element.type === 'file') {
    return {
      findings: [
        info({
          rule: 'pe.undeclared',
          message: 'This is a Windows program, declared as a plain file: it is scanned, but not signed.',
          ...about,
        }),
        ...(await describeSignatures(source, layout, about)),
      ],
      target: null,
      program,
    };
  }
  const structure = pass({
    rule: 'pe.structure',
    message: `A Windows program (${layout.format}) of ${sizeBytes} bytes, well formed.`,
    ...about,
  });
  const parsed = [
    structure,
    ...unalignedHeader(layout, about),
    ...(await inspectMetadata(source, layout, element, { ...about, policy })),
  ];
  if (element.sign === null) {
    const signatures = await describeSignatures(source, layout, about);
    return { findings: [...parsed, ...signatures], target: null, program };
  }
  if (layout.certificateTable !== null) {
    return {
      findings: [
        ...parsed,
        fail({
          rule: 'pe.already-signed',
          message: 'The program is signed already, but the configuration asks for an unsigned one.',
          expected: 'no signature',
          found: `${layout.certificateTable.entries.length} in a certificate table of ${layout.certificateTable.sizeBytes} bytes`,
          fix: 'Submit the program before any signing, or remove `sign` from the element.',
          ...about,
        }),
      ],
      target: null,
      program,
    };
  }
  const digest = await peDigest(source, layout, 'sha256');
  const unsigned = pass({ rule: 'pe.unsigned', message: 'The program holds no signature yet.', ...about });
  return {
    findings: [...parsed, unsigned],
    program,
    target: {
      unsignedSha256: sha256,
      sizeBytes,
      ...{ kind: kind.kind, kindBecause: kind.because },
      authenticodeSha256: hexDigest(digest),
      spcIndirectData: Buffer.from(peSpcIndirectData(digest)).toString('base64'),
    },
  };
}

const efiSubsystems: readonly number[] = [10, 11, 12, 13];

/** Signed all the same: firmware runs it, and the digest is the same. */
function unalignedHeader(layout: PeLayout, about: Pick<Finding, 'path' | 'sha256'>): readonly Finding[] {
  if (layout.headerOffset % 4 === 0 || efiSubsystems.includes(layout.subsystem)) return [];
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
  { metadata }: CompiledElement,
  about: {
    readonly path: readonly string[];
    readonly sha256: WrittenFile['sha256'];
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
