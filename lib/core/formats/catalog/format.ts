/** Security catalogs of Windows (.cat), as an artifact configuration names them. */
import type { AuthenticodeSign } from '../../generated/index.ts';
import { fail } from '../../wire/finding/index.ts';
import {
  authenticodeOutside,
  authenticodeProblems,
  describeAuthenticode,
  existingSignature,
} from '../authenticode/index.ts';
import { trustListContent } from '../signed-content/index.ts';
import { defineFormat, type FileFacts, type RejudgeContext, type Rejudged } from '../format.ts';
import type { CatalogCheck } from './check.ts';
import { factNames, inspectCatalog, inspectUndeclared } from './inspect.ts';
import { readExactly } from '../random-access.ts';
import { signedSizeMax } from './read-catalog.ts';
import { catalogSigning } from './sign.ts';

const words = { one: 'a security catalog', many: 'security catalogs' };

export const catalogFormat = defineFormat<'catalog', AuthenticodeSign, CatalogCheck>({
  type: 'catalog',
  words,
  compile: (body) => ({
    sign: body.sign ?? null,
    check: body.verify === undefined ? null : { verify: true },
    problems: authenticodeProblems('catalog', words, body, {
      hashes: true,
      existing: 'replace',
      verify: true,
    }),
  }),
  metadataKeys: [],
  facts: factNames,
  outside: [authenticodeOutside(['.cat'])],
  describe: ({ sign, check }) => ({
    sign: sign === null ? '' : `${describeAuthenticode(sign)}, and with it the files that it lists`,
    check: check === null ? '' : 'signed by upstream, which is verified',
  }),
  vouches: true,
  signs: [trustListContent],
  identity: () => ({ texts: [], open: [] }),

  inspect: inspectCatalog,
  inspectUndeclared,
  rejudge,
  signaturesIn: async (source) =>
    source.size > signedSizeMax ? [] : [Uint8Array.from(await readExactly(source, 0, source.size))],
  signing: catalogSigning,
  container: null,
});

/** The files that it listed were checked with the artifact that contained it, and no journal has them. */
function rejudge(
  facts: FileFacts | null,
  { sign, check, policy, path }: RejudgeContext<AuthenticodeSign, CatalogCheck>,
): Rejudged {
  const about = { path, policy };
  const name = path.at(-1) ?? 'The file';
  if (facts?.type !== 'catalog') {
    const message = `${name} was not read as a security catalog.`;
    const fix = 'Declare it as a file, or replace it.';
    return { findings: [fail({ ...about, rule: 'catalog.not-catalog', message, fix })], missing: null };
  }
  if (check !== null && !facts.signed) {
    const message = `${name} is not signed.`;
    const fix = 'Submit the file as upstream signed it.';
    return {
      findings: [fail({ ...about, rule: 'catalog.upstream-unsigned', message, fix })],
      missing: null,
    };
  }
  if (sign === null)
    return {
      findings: [],
      missing: check === null ? null : `Who signed ${name} upstream was not recorded.`,
    };
  if (!facts.signed || existingSignature(sign) === 'replace')
    return { findings: [], missing: `Which files ${name} lists was not recorded.` };
  const message = `${name} is already signed.`;
  const fix = 'Submit the catalog before any signing.';
  return {
    findings: [fail({ ...about, rule: 'catalog.already-signed', message, fix })],
    missing: null,
  };
}
