/** Packages, merge modules and patches of Windows Installer (msi, msm, msp), as an artifact configuration names them. */
import type { AuthenticodeSign, MsiMetadata } from '../../generated/index.ts';
import { fail } from '../../wire/finding/index.ts';
import { authenticodeProblems, describeAuthenticode, existingSignature } from '../authenticode/index.ts';
import { spcContent } from '../signed-content/index.ts';
import { defineFormat, unsupported, type FileFacts, type RejudgeContext, type Rejudged } from '../format.ts';
import { inspectInstaller, inspectUndeclared } from './inspect.ts';
import type { MsiCheck } from './check.ts';
import { streamOf } from './existing-signature.ts';
import { checkMetadata } from './metadata.ts';
import { readPackage, signatureStream } from './package.ts';
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

export const msiFormat = defineFormat<'msi', AuthenticodeSign, MsiCheck>({
  type: 'msi',
  words,
  compile(body, overrides) {
    const metadata: MsiMetadata = { ...body.metadata, ...overrides };
    const problems = authenticodeProblems('msi', words, body, { hashes: true, existing: true, verify: true });
    return {
      sign: body.sign ?? null,
      check: checkOf(metadata, body.verify !== undefined),
      problems: 'contents' in body ? [contents, ...problems] : problems,
    };
  },
  metadataKeys,
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
  identity(check) {
    const { productName, productVersion, manufacturer, subject, author } = check?.metadata ?? {};
    return {
      texts: [productName, manufacturer, subject, author].filter((text) => text !== undefined),
      open: [
        ...(productName === undefined ? ['productName'] : []),
        ...(productVersion === undefined ? ['productVersion'] : []),
      ],
    };
  },

  inspect: inspectInstaller,
  inspectUndeclared,
  rejudge,
  async signaturesIn(source) {
    const signature = await streamOf(await readPackage(source), signatureStream);
    return signature === null ? [] : [signature];
  },
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
  { sign, check, policy, path, sha256 }: RejudgeContext<AuthenticodeSign, MsiCheck>,
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
  const verified = check?.verify === true ? `Who signed ${name} upstream was not recorded.` : null;
  const { metadata } = check ?? {};
  if (metadata === undefined) return { findings: signed, missing: verified };
  if (facts.texts === null || sha256 === null)
    return { findings: signed, missing: `What ${name} says of itself was not recorded.` };
  const texts = new Map(Object.entries(facts.texts));
  const compared = checkMetadata(metadata, texts, { ...about, sha256 });
  return { findings: [...signed, ...compared], missing: verified };
}

function checkOf(metadata: MsiMetadata, verify: boolean): MsiCheck | null {
  const asked = Object.keys(metadata).length > 0;
  if (!asked && !verify) return null;
  return { ...(asked ? { metadata } : {}), ...(verify ? { verify } : {}) };
}
