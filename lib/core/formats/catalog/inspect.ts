/** What the configuration requires of one catalog: well formed, unsigned if it is to be signed; and which files it lists. */
import type { AuthenticodeSign } from '../../generated/index.ts';
import { fail, info, pass, type Finding } from '../../wire/finding/index.ts';
import { existingSignature, verifyUpstream } from '../authenticode/index.ts';
import { factTextMax, type FactName, type FileContext, type FileFacts, type FileReport } from '../format.ts';
import type { ToldKind } from '../kind/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import type { CatalogCheck } from './check.ts';
import { CatalogError } from './errors.ts';
import { catalogOids } from './oids.ts';
import { readCatalog, signedSizeMax, type Catalog } from './read-catalog.ts';
import { catalogSubject } from './sign.ts';

/** Windows loads drivers on the strength of a catalog alone. */
const kind: ToldKind = {
  kind: 'program',
  because: 'Windows treats the files that it lists as signed, drivers and programs included',
};
const attributesMax = 20;

export async function inspectCatalog(
  source: RandomAccessSource,
  { sign, check, policy, path, sha256, upstream = null }: FileContext<AuthenticodeSign, CatalogCheck>,
): Promise<FileReport> {
  const about = { path, sha256 };
  const replaced = sign !== null && existingSignature(sign) === 'replace';
  let catalog: Catalog;
  try {
    catalog = await readCatalog(source, sign === null || replaced ? signedSizeMax : undefined);
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    const rule = `catalog.${error.code.toLowerCase().replaceAll('_', '-')}`;
    const message = `The file is not an acceptable security catalog: ${error.message}.`;
    return { findings: [fail({ rule, message, fix: error.fix, ...about })], facts: null, target: null };
  }
  const facts = factsOf(catalog);
  const { members, time } = catalog.list;
  const structure = pass({
    rule: 'catalog.structure',
    message: `A security catalog of ${time.toISOString()} that lists ${members.length} files, well formed.`,
    ...about,
  });
  const verified = check === null ? [] : await verifyCatalog(catalog, upstream, { ...about, policy });
  if (check !== null && sign === null) return { findings: [structure, ...verified], facts, target: null };
  if (sign === null) {
    const signature = info({
      rule: 'catalog.signatures',
      message:
        'The catalog carries a signature. It is not signed here and is left unchanged; whether its signer is to be trusted was not checked.',
      ...about,
    });
    return { findings: catalog.signers === 0 ? [structure] : [structure, signature], facts, target: null };
  }
  if (catalog.signers > 0 && !replaced) {
    const signed = fail({
      rule: 'catalog.already-signed',
      message: 'The catalog is already signed, but the configuration requires an unsigned one.',
      expected: 'no signature',
      found: `signatures: ${catalog.signers}`,
      fix: 'Submit the catalog as inf2cat, makecat or New-FileCatalog wrote it, or remove `sign` from the element.',
      ...about,
    });
    return { findings: [structure, signed], facts, target: null };
  }
  if (members.length === 0) {
    const empty = fail({
      rule: 'catalog.empty',
      message: 'The catalog lists no file: nothing would be signed with it.',
      fix: 'Make the catalog from the files that it is for.',
      ...about,
    });
    return { findings: [structure, ...verified, empty], facts, target: null };
  }
  const unsigned =
    catalog.signers > 0
      ? info({
          rule: 'catalog.signatures',
          message: 'The catalog carries a signature. The new one takes its place.',
          ...about,
        })
      : pass({ rule: 'catalog.unsigned', message: 'The catalog has no signature yet.', ...about });
  return {
    findings: [structure, ...verified, unsigned],
    facts,
    target: { kind, subject: catalogSubject(catalog) },
    vouchesFor: members.map(({ sha256: digest, file }) => ({ sha256: digest, name: file })),
  };
}

/** `verify: authenticode`: the file is the signature, around the list. */
function verifyCatalog(
  { der, signers }: Catalog,
  trust: UpstreamTrust | null,
  about: Pick<Finding, 'path' | 'sha256' | 'policy'>,
): Promise<readonly Finding[]> {
  return verifyUpstream({
    type: 'catalog',
    what: 'catalog',
    signatures: signers === 0 ? [] : [der],
    contentType: catalogOids.list,
    mismatch: () => Promise.resolve(null),
    trust,
    about,
  });
}

/** A catalog where the configuration expects a file of any kind; null: not a catalog. */
export async function inspectUndeclared(
  source: RandomAccessSource,
  about: Pick<FileContext, 'path' | 'sha256'>,
): Promise<Pick<FileReport, 'findings' | 'facts'> | null> {
  try {
    const catalog = await readCatalog(source, signedSizeMax);
    const undeclared = info({
      rule: 'catalog.undeclared',
      message: 'This is a security catalog, declared as a plain file: it is scanned, but not signed.',
      path: about.path,
      sha256: about.sha256,
    });
    return { findings: [undeclared], facts: factsOf(catalog) };
  } catch (error) {
    if (error instanceof CatalogError) return null;
    throw error;
  }
}

/** Attributes that catalogs commonly have; others are told by their own names. */
export const factNames: readonly FactName[] = [
  { name: 'OSAttr', words: 'For which Windows' },
  { name: 'OS', words: 'For which Windows' },
  { name: 'HWID1', words: 'Hardware id' },
];

function factsOf({ list, signers }: Catalog): FileFacts {
  const texts = list.attributes
    .slice(0, attributesMax)
    .map(({ name, value }) => [name.slice(0, 64), value.slice(0, factTextMax)] as const);
  return { type: 'catalog', signed: signers > 0, kind: kind.kind, texts: Object.fromEntries(texts) };
}
