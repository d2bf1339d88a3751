/** Windows programs and libraries (PE32, PE32+), as an artifact configuration names them. */
import type { AuthenticodeSign, PeMetadata } from '../../generated/index.ts';
import { fail, type Finding } from '../../wire/finding/index.ts';
import { spcContent } from '../signed-content/index.ts';
import {
  authenticodeOutside,
  authenticodeProblems,
  describeAuthenticode,
  existingSignature,
} from '../authenticode/index.ts';
import { defineFormat, type FileFacts, type RejudgeContext, type Rejudged } from '../format.ts';
import { checkMetadata } from './check-metadata.ts';
import type { PeCheck } from './check.ts';
import { extractPeSignatures } from './extract.ts';
import { programFactNames } from './facts.ts';
import { inspectProgram, inspectUndeclared } from './inspect.ts';
import { parsePe } from './layout.ts';
import { peSigning } from './sign.ts';

const metadataWords: Readonly<Record<keyof PeMetadata, string>> = {
  productName: 'product name',
  productVersion: 'product version',
  fileVersion: 'file version',
  companyName: 'company name',
  copyright: 'copyright',
  originalFilename: 'original file name',
};
const metadataKeys = Object.keys(metadataWords) as (keyof PeMetadata)[];

const words = { one: 'a Windows program or library', many: 'Windows programs or libraries' };

export const peFormat = defineFormat<'pe', AuthenticodeSign, PeCheck>({
  type: 'pe',
  words,
  compile(body, overrides) {
    const metadata: PeMetadata = { ...body.metadata, ...overrides };
    return {
      sign: body.sign ?? null,
      check: checkOf(metadata, body.verify !== undefined),
      problems: authenticodeProblems('pe', words, body, { hashes: true, existing: true, verify: true }),
    };
  },
  metadataKeys,
  facts: programFactNames,
  outside: [authenticodeOutside(['.exe', '.dll', '.sys', '.ocx', '.efi', '.cpl', '.scr', '.mui', '.node'])],
  describe: ({ sign, check }) => ({
    sign: describeAuthenticode(sign),
    check: [
      describeMetadata(check?.metadata ?? null),
      check?.verify === true ? 'signed by upstream, which is verified' : '',
    ]
      .filter((text) => text !== '')
      .join('; '),
  }),
  vouches: false,
  signs: [spcContent],
  // Authenticode leaves out the checksum and the certificates, which come later in the file.
  digestBegins: Uint8Array.of(0x4d, 0x5a),
  identity(check) {
    const { productName, companyName, copyright, ...others } = check?.metadata ?? {};
    return {
      texts: [productName, companyName, copyright].filter((text) => text !== undefined),
      open: [
        ...(productName === undefined ? ['productName'] : []),
        ...(others.productVersion === undefined ? ['productVersion'] : []),
      ],
    };
  },

  inspect: inspectProgram,
  inspectUndeclared,
  rejudge,
  signaturesIn: async (source) => extractPeSignatures(source, await parsePe(source)),
  signing: peSigning,
  container: null,
});

function checkOf(metadata: PeMetadata, verify: boolean): PeCheck | null {
  const asked = Object.keys(metadata).length > 0;
  if (!asked && !verify) return null;
  return { ...(asked ? { metadata } : {}), ...(verify ? { verify } : {}) };
}

function describeMetadata(metadata: PeMetadata | null): string {
  const required = metadataKeys.flatMap((name) => {
    const value = metadata?.[name];
    return value === undefined ? [] : [`${metadataWords[name]} “${value}”`];
  });
  const last = required.pop();
  if (last === undefined) return '';
  return `it must say ${required.length === 0 ? last : `${required.join(', ')} and ${last}`}`;
}

/** Uses the texts in the journal, which are those that all languages agree on. */
function rejudge(
  facts: FileFacts | null,
  { sign, check, policy, path, sha256 }: RejudgeContext<AuthenticodeSign, PeCheck>,
): Rejudged {
  const about = { path, policy };
  const name = path.at(-1) ?? 'The file';
  if (facts?.type !== 'pe') {
    const message = `${name} was not read as a Windows program.`;
    const fix = 'Declare it as a file, or replace it.';
    return { findings: [fail({ ...about, rule: 'pe.not-pe', message, fix })], missing: null };
  }
  const { signed, unknown } = rejudgeSignatures(facts.signed, { sign, check, policy, path });
  const { metadata } = check ?? {};
  if (metadata === undefined) return { findings: signed, missing: unknown };
  if (facts.texts === null || sha256 === null)
    return {
      findings: signed,
      missing: `The contents of the version resource of ${name} were not recorded.`,
    };
  const strings = new Map(Object.entries(facts.texts));
  const tables = strings.size === 0 ? [] : [{ translation: 'recorded', strings }];
  const version = { resources: [{ language: 0, fixed: null, tables }], goProgram: false };
  return {
    findings: [...signed, ...checkMetadata({ ...about, metadata, version, sha256 })],
    missing: unknown,
  };
}

/** That it is signed was recorded; by whom, and whether that is about the file, was not. */
function rejudgeSignatures(
  isSigned: boolean,
  { sign, check, policy, path }: Omit<RejudgeContext<AuthenticodeSign, PeCheck>, 'sha256'>,
): { readonly signed: readonly Finding[]; readonly unknown: string | null } {
  const name = path.at(-1) ?? 'The file';
  const refused = (rule: string, message: string, fix: string) => ({
    signed: [fail({ rule, message, fix, path, policy })],
    unknown: null,
  });
  const fate = sign === null ? null : existingSignature(sign);
  if (isSigned && fate === 'refuse')
    return refused(
      'pe.already-signed',
      `${name} is already signed.`,
      'Submit the program before any signing.',
    );
  if (check?.verify === true) {
    if (!isSigned)
      return refused(
        'pe.upstream-unsigned',
        `${name} is not signed.`,
        'Submit the file as upstream signed it.',
      );
    return { signed: [], unknown: `Who signed ${name} upstream was not recorded.` };
  }
  const unknown =
    isSigned && fate === 'append'
      ? `Whether the signatures that ${name} carries fit it was not recorded.`
      : null;
  return { signed: [], unknown };
}
