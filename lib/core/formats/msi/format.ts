/** Packages, merge modules and patches of Windows Installer (msi, msm, msp), as an artifact configuration names them. */
import type { AuthenticodeSign, MsiMetadata } from '../../generated/index.ts';
import { fail } from '../../wire/finding/index.ts';
import {
  authenticodeOutside,
  authenticodeProblems,
  describeAuthenticode,
  existingSignature,
} from '../authenticode/index.ts';
import { spcContent } from '../signed-content/index.ts';
import { defineFormat, type FileFacts, type RejudgeContext, type Rejudged } from '../format.ts';
import { signsInside } from '../signs-inside.ts';
import { breaksSignature, inspectInstaller, inspectUndeclared } from './inspect.ts';
import type { MsiCheck } from './check.ts';
import { streamOf } from './existing-signature.ts';
import { checkMetadata } from './metadata.ts';
import { msiContainer } from './contents/index.ts';
import { readPackage, signatureStream } from './package.ts';
import { msiSigning } from './sign.ts';
import { factNames, textNames } from './texts.ts';

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

export const msiFormat = defineFormat<'msi', AuthenticodeSign, MsiCheck>({
  type: 'msi',
  words,
  compile(body, overrides) {
    const metadata: MsiMetadata = { ...body.metadata, ...overrides };
    const problems = authenticodeProblems('msi', words, body, { hashes: true, existing: true, verify: true });
    return {
      sign: body.sign ?? null,
      check: checkOf(metadata, { verify: body.verify !== undefined, repacked: signsInside(body.contents) }),
      problems,
    };
  },
  metadataKeys,
  facts: factNames,
  outside: [authenticodeOutside(['.msi', '.msm', '.msp'])],
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
  container: msiContainer,
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
  const fate = sign === null ? null : existingSignature(sign);
  const signed =
    facts.signed && fate === 'refuse'
      ? [
          fail({
            ...about,
            rule: 'msi.already-signed',
            message: `${name} is signed already.`,
            fix: 'Submit the installer before any signing.',
          }),
        ]
      : [];
  if (check?.repacked === true && facts.signed && fate !== 'refuse' && fate !== 'replace')
    return { findings: [breaksSignature(about)], missing: null };
  const verified = check?.verify === true ? `Who signed ${name} upstream was not recorded.` : null;
  const { metadata } = check ?? {};
  if (metadata === undefined) return { findings: signed, missing: verified };
  if (facts.texts === null || sha256 === null)
    return { findings: signed, missing: `What ${name} says of itself was not recorded.` };
  const texts = new Map(Object.entries(facts.texts));
  const compared = checkMetadata(metadata, texts, { ...about, sha256 });
  return { findings: [...signed, ...compared], missing: verified };
}

interface Asked {
  readonly verify: boolean;
  readonly repacked: boolean;
}

function checkOf(metadata: MsiMetadata, { verify, repacked }: Asked): MsiCheck | null {
  const check = {
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
    ...(verify ? { verify: true as const } : {}),
    ...(repacked ? { repacked: true as const } : {}),
  };
  return Object.keys(check).length > 0 ? check : null;
}
