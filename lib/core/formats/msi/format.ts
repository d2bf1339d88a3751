/** Packages, merge modules and patches of Windows Installer (msi, msm, msp), as an artifact configuration names them. */
import type { AuthenticodeSign, MsiMetadata } from '../../generated/index.ts';
import { fail } from '../../wire/finding/index.ts';
import { authenticodeProblems, describeAuthenticode, existingSignature } from '../authenticode/index.ts';
import { defineFormat, unsupported, type FileFacts, type RejudgeContext, type Rejudged } from '../format.ts';
import { inspectInstaller, inspectUndeclared } from './inspect.ts';
import { checkMetadata } from './metadata.ts';
import { msiSigning } from './sign.ts';
import { textNames } from './texts.ts';

const metadataWords: Readonly<Record<keyof MsiMetadata, string>> = {
  productName: 'product name',
  productVersion: 'product version',
  manufacturer: 'manufacturer',
  productCode: 'product code',
  upgradeCode: 'upgrade code',
  subject: 'subject',
  author: 'author',
};
const metadataKeys = Object.keys(textNames) as (keyof MsiMetadata)[];

const words = { one: 'a file of Windows Installer', many: 'files of Windows Installer' };

const contents = unsupported(
  ['contents'],
  'sign files inside installers (msi)',
  'Remove `contents`: all files inside are scanned in any case. Sign them before the installer is built from them.',
);

export const msiFormat = defineFormat<'msi', AuthenticodeSign, MsiMetadata>({
  type: 'msi',
  words,
  compile(body, overrides) {
    const metadata: MsiMetadata = { ...body.metadata, ...overrides };
    const problems = authenticodeProblems('msi', words, body, { hashes: true, existing: true });
    return {
      sign: body.sign ?? null,
      check: Object.keys(metadata).length === 0 ? null : metadata,
      problems: 'contents' in body ? [contents, ...problems] : problems,
    };
  },
  metadataKeys,
  describe: ({ sign, check }) => ({
    sign: describeAuthenticode(sign),
    check: describeMetadata(check),
  }),
  vouches: false,
  identity: (check) => ({
    texts: [check?.productName, check?.manufacturer, check?.subject, check?.author].filter(
      (text) => text !== undefined,
    ),
    open: (['productName', 'productVersion'] as const).filter((name) => check?.[name] === undefined),
  }),

  inspect: inspectInstaller,
  inspectUndeclared,
  rejudge,
  signing: msiSigning,
  container: null,
});

function describeMetadata(metadata: MsiMetadata | null): string {
  const asked = metadataKeys.flatMap((name) => {
    const value = metadata?.[name];
    return value === undefined ? [] : [`${metadataWords[name]} “${value}”`];
  });
  const last = asked.pop();
  if (last === undefined) return '';
  return `it must say ${asked.length === 0 ? last : `${asked.join(', ')} and ${last}`}`;
}

function rejudge(
  facts: FileFacts | null,
  { sign, check, policy, path, sha256 }: RejudgeContext<AuthenticodeSign, MsiMetadata>,
): Rejudged {
  const about = { path, policy };
  const name = path.at(-1) ?? 'The file';
  if (facts?.type !== 'msi') {
    const message = `${name} was not read as a file of Windows Installer.`;
    const fix = 'Declare it as a file, or replace it.';
    return { findings: [fail({ ...about, rule: 'msi.not-msi', message, fix })], missing: null };
  }
  const signed =
    sign !== null && facts.signed && existingSignature(sign) === 'refuse'
      ? [
          fail({
            ...about,
            rule: 'msi.already-signed',
            message: `${name} is signed already.`,
            fix: 'Submit the installer before any signing.',
          }),
        ]
      : [];
  if (check === null) return { findings: signed, missing: null };
  if (facts.texts === null || sha256 === null)
    return { findings: signed, missing: `What ${name} says of itself was not recorded.` };
  const texts = new Map(Object.entries(facts.texts));
  return { findings: [...signed, ...checkMetadata(check, texts, { ...about, sha256 })], missing: null };
}
