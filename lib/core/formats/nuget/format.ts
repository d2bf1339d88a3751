/** NuGet packages, as an artifact configuration names them. */
import type { NugetMetadata, NugetSign } from '../../generated/index.ts';
import { fail } from '../../wire/finding/index.ts';
import { nugetContent } from '../signed-content/index.ts';
import { defineFormat, type FileFacts, type RejudgeContext, type Rejudged } from '../format.ts';
import { zipContainer } from '../zip/index.ts';
import { submitUnsigned } from './errors.ts';
import { inspectPackage, inspectUndeclared } from './inspect.ts';
import { checkMetadata, cutText, describeMetadata, metadataKeys } from './metadata.ts';
import { contentOf, readPackage } from './read-package.ts';
import { nugetSigning, signatureBytesMax } from './sign.ts';

export const nugetFormat = defineFormat<'nuget', NugetSign, NugetMetadata>({
  type: 'nuget',
  words: { one: 'a NuGet package', many: 'NuGet packages' },
  compile(body, overrides) {
    const metadata: NugetMetadata = { ...body.metadata, ...overrides };
    return {
      sign: body.sign ?? null,
      check: Object.keys(metadata).length === 0 ? null : metadata,
      problems: [],
    };
  },
  metadataKeys,
  describe: ({ sign, check }) => ({
    sign: sign === null ? '' : `signed as NuGet packages are by their authors${hashWords(sign)}`,
    check: describeMetadata(check),
  }),
  vouches: false,
  signs: [nugetContent],
  identity: (check) => ({
    texts: [check?.id, check?.authors].filter((text) => text !== undefined),
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

const hashWords = ({ hashAlgorithm }: NugetSign): string =>
  hashAlgorithm === undefined ? '' : ` (${hashAlgorithm.toUpperCase().replace('SHA', 'SHA-')})`;

/** From the texts that the journal kept. */
function rejudge(
  facts: FileFacts | null,
  { sign, check, policy, path, sha256 }: RejudgeContext<NugetSign, NugetMetadata>,
): Rejudged {
  const about = { path, policy };
  const name = path.at(-1) ?? 'The file';
  if (facts?.type !== 'nuget') {
    // Packages that were declared otherwise were not always asked, and a zip archive isn't.
    return { findings: [], missing: `Whether ${name} is a NuGet package was not recorded.` };
  }
  const message = `${name} is signed already.`;
  const findings =
    sign !== null && facts.signed
      ? [fail({ ...about, rule: 'nuget.already-signed', message, fix: submitUnsigned })]
      : [];
  if (check === null) return { findings, missing: null };
  const cut = facts.texts === null ? 'metadata' : cutText(check, facts.texts);
  if (facts.texts === null || cut !== null)
    return { findings, missing: `The ${cut ?? 'metadata'} of ${name} was not recorded whole.` };
  return {
    findings: [...findings, ...checkMetadata({ ...about, metadata: check, texts: facts.texts, sha256 })],
    missing: null,
  };
}
