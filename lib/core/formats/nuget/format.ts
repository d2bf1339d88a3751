/** NuGet packages, as an artifact configuration names them. */
import type { NugetMetadata, NugetSign } from '../../generated/index.ts';
import { fail } from '../../wire/finding/index.ts';
import { nugetContent } from '../signed-content/index.ts';
import { defineFormat, type FileFacts, type RejudgeContext, type Rejudged } from '../format.ts';
import { verifiedAndRefused } from '../upstream/index.ts';
import { zipContainer } from '../zip/index.ts';
import type { NugetCheck } from './check.ts';
import { submitUnsigned } from './errors.ts';
import { inspectPackage, inspectUndeclared } from './inspect.ts';
import { checkMetadata, cutText, describeMetadata, factNames, metadataKeys } from './metadata.ts';
import { contentOf, readPackage } from './read-package.ts';
import { existingSignature, nugetSigning, signatureBytesMax } from './sign.ts';

export const nugetFormat = defineFormat<'nuget', NugetSign, NugetCheck>({
  type: 'nuget',
  words: { one: 'a NuGet package', many: 'NuGet packages' },
  compile(body, overrides) {
    const metadata: NugetMetadata = { ...body.metadata, ...overrides };
    const check: NugetCheck = {
      ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
      ...(body.verify === undefined ? {} : { verify: true as const }),
    };
    const refuses = body.sign !== undefined && existingSignature(body.sign) === 'refuse';
    return {
      sign: body.sign ?? null,
      check: Object.keys(check).length === 0 ? null : check,
      problems: body.verify !== undefined && refuses ? [verifiedAndReplaced] : [],
    };
  },
  metadataKeys,
  facts: factNames,
  outside: [
    {
      endings: ['.nupkg', '.snupkg'],
      isBeside: false,
      program: 'the .NET SDK',
      command: ({ file }) => `dotnet nuget verify --all ${file}`,
      onWindows: null,
    },
  ],
  describe: ({ sign, check }) => ({
    sign:
      sign === null
        ? ''
        : `signed as NuGet packages are by their authors${hashWords(sign)}${existingSignature(sign) === 'replace' ? ', in place of any signature that it carries' : ''}`,
    check: [
      describeMetadata(check?.metadata ?? null),
      check?.verify === true ? 'signed by its author or a package feed, which is verified' : '',
    ]
      .filter((text) => text !== '')
      .join('; '),
  }),
  vouches: false,
  signs: [nugetContent],
  identity: (check) => ({
    texts: [check?.metadata?.id, check?.metadata?.authors].filter((text) => text !== undefined),
    open: [],
  }),

  inspect: inspectPackage,
  inspectUndeclared,
  rejudge,
  async signaturesIn(source) {
    const { signature } = await readPackage(source);
    if (signature === null || signature.sizeBytes > signatureBytesMax) return [];
    return [Uint8Array.from(await contentOf(source, signature))];
  },
  signing: nugetSigning,
  container: zipContainer,
});

/** A package has one signature: none is added to it. */
const verifiedAndReplaced = {
  ...verifiedAndRefused,
  fix: 'Write `existingSignature: replace`; or remove `verify` or `sign`.',
};

const hashWords = ({ hashAlgorithm }: NugetSign): string =>
  hashAlgorithm === undefined ? '' : ` (${hashAlgorithm.toUpperCase().replace('SHA', 'SHA-')})`;

/** From the texts that the journal kept. */
function rejudge(
  facts: FileFacts | null,
  { sign, check, policy, path, sha256 }: RejudgeContext<NugetSign, NugetCheck>,
): Rejudged {
  const about = { path, policy };
  const name = path.at(-1) ?? 'The file';
  if (facts?.type !== 'nuget') {
    // Packages that were declared otherwise were not always asked, and a zip archive isn't.
    return { findings: [], missing: `Whether ${name} is a NuGet package was not recorded.` };
  }
  const message = `${name} is signed already.`;
  const findings =
    sign !== null && existingSignature(sign) === 'refuse' && facts.signed
      ? [fail({ ...about, rule: 'nuget.already-signed', message, fix: submitUnsigned })]
      : [];
  const unknown =
    check?.verify === true && facts.signed ? `Who signed ${name} upstream was not recorded.` : null;
  if (check?.verify === true && !facts.signed) {
    const fix = 'Submit the file as upstream signed it.';
    findings.push(
      fail({ ...about, rule: 'nuget.upstream-unsigned', message: `${name} is not signed.`, fix }),
    );
  }
  const { metadata } = check ?? {};
  if (metadata === undefined) return { findings, missing: unknown };
  const cut = facts.texts === null ? 'metadata' : cutText(metadata, facts.texts);
  if (facts.texts === null || cut !== null)
    return { findings, missing: `The ${cut ?? 'metadata'} of ${name} was not recorded whole.` };
  return {
    findings: [...findings, ...checkMetadata({ ...about, metadata, texts: facts.texts, sha256 })],
    missing: unknown,
  };
}
