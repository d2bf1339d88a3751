/** What the configuration asks of one leaf: a `pe` element parses as a program, a program to sign is unsigned. */
import type { CompiledElement } from '../../../lib/core/artifact/index.ts';
import { fail, info, pass, type Finding } from '../../../lib/core/finding/index.ts';
import {
  PeError,
  parsePe,
  peDigest,
  peSpcIndirectData,
  type PeLayout,
} from '../../../lib/core/formats/pe/index.ts';
import type { RandomAccessSource } from '../../../lib/core/formats/random-access.ts';
import type { SignTargetAnswer } from '../messages.ts';
import { hexDigest, type WrittenFile } from './file-source.ts';

type Target = Omit<SignTargetAnswer, 'path' | 'file' | 'element'>;

export interface InspectedProgram {
  readonly findings: readonly Finding[];
  readonly target: Target | null;
}

export async function inspectProgram(
  source: RandomAccessSource,
  element: CompiledElement,
  path: readonly string[],
  { sha256, sizeBytes }: WrittenFile,
): Promise<InspectedProgram> {
  const about = { path, sha256 };
  let layout: PeLayout;
  try {
    layout = await parsePe(source);
  } catch (error) {
    if (!(error instanceof PeError)) throw error;
    const refused = fail({ rule: peRule(error), message: peMessage(error), fix: error.fix, ...about });
    return { findings: element.type === 'pe' ? [refused] : [], target: null };
  }
  if (element.type === 'file') {
    return {
      findings: [
        info({
          rule: 'pe.undeclared',
          message: 'This is a Windows program, declared as a plain file: it is scanned, but not signed.',
          ...about,
        }),
      ],
      target: null,
    };
  }
  const parsed = pass({
    rule: 'pe.structure',
    message: `A Windows program (${layout.format}) of ${sizeBytes} bytes, well formed.`,
    ...about,
  });
  if (element.sign === null) return { findings: [parsed], target: null };
  if (layout.certificateTable !== null) {
    return {
      findings: [
        parsed,
        fail({
          rule: 'pe.already-signed',
          message: 'The program is signed already, but the configuration asks for an unsigned one.',
          expected: 'no signature',
          found: `a certificate table of ${layout.certificateTable.sizeBytes} bytes`,
          fix: 'Submit the program before any signing, or remove `sign` from the element.',
          ...about,
        }),
      ],
      target: null,
    };
  }
  const digest = await peDigest(source, layout, 'sha256');
  const unsigned = pass({ rule: 'pe.unsigned', message: 'The program holds no signature yet.', ...about });
  return {
    findings: [parsed, unsigned],
    target: {
      unsignedSha256: sha256,
      sizeBytes,
      authenticodeSha256: hexDigest(digest),
      spcIndirectData: Buffer.from(peSpcIndirectData(digest)).toString('base64'),
    },
  };
}

/** NOT_PE → `pe.not-pe`. */
function peRule(error: PeError): string {
  return `pe.${error.code.toLowerCase().replaceAll('_', '-')}`;
}

function peMessage(error: PeError): string {
  return `The file is no acceptable Windows program: ${error.message}.`;
}
