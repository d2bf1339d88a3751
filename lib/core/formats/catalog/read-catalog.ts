/**
 * The file around the list: PKCS#7 v1.5 SignedData (RFC 2315 §9.1) with the list as its content, and no signature yet.
 */
import {
  asExplicit,
  asOid,
  asSequence,
  asSet,
  asSmallInteger,
  Asn1Error,
  Fields,
  isContext,
  oids,
  readDer,
} from '../../pki/asn1/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { CatalogError, makeAgain } from './errors.ts';
import { catalogOids } from './oids.ts';
import { readList, type CatalogList } from './read-list.ts';

export interface Catalog {
  /** DER ContentInfo: the whole file. */
  readonly der: Uint8Array;
  /** DER CertificateTrustList. */
  readonly listDer: Uint8Array;
  readonly list: CatalogList;
  /** Signers in its SignedData. */
  readonly signers: number;
}

export const unsignedSizeMax = 4 * 1024 * 1024;
/** Room for certificates, a timestamp and whatever else a signature adds. */
export const signedSizeMax = unsignedSizeMax + 1024 * 1024;

/** DER of the OID with which every SignedData begins, behind the tag of a SEQUENCE and its length. */
const signedDataOid = Buffer.from('06092a864886f70d010702', 'hex');
const beginningBytes = 6 + signedDataOid.length;

/** Throws CatalogError: NOT_CATALOG for what isn't SignedData around a list, other codes for a list that can't be read. */
export async function readCatalog(
  source: RandomAccessSource,
  sizeMax: number = unsignedSizeMax,
): Promise<Catalog> {
  if (source.size > sizeMax) {
    const message = `it has ${source.size} bytes; at most ${sizeMax} are read`;
    throw new CatalogError('TOO_LARGE', message, 'Split the files among several catalogs.');
  }
  // Every file of an artifact that isn't declared as anything else is tried: one that isn't a catalog is not read any further.
  const beginning = await readExactly(source, 0, Math.min(source.size, beginningBytes));
  if (!Buffer.from(beginning).includes(signedDataOid))
    throw new CatalogError(
      'NOT_CATALOG',
      'it is not a security catalog: it contains no SignedData',
      makeAgain,
    );
  const der = await readExactly(source, 0, source.size);
  try {
    const { listDer, signers } = readEnvelope(der);
    return { der, listDer, signers, list: readList(listDer) };
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw new CatalogError('NOT_CATALOG', `it is not a security catalog: ${cause.message}`, makeAgain, {
      cause,
    });
  }
}

function readEnvelope(der: Uint8Array): Pick<Catalog, 'listDer' | 'signers'> {
  const contentInfo = readDer(der, { depthMax: 64 });
  asSequence(contentInfo);
  const outer = new Fields(contentInfo, 'ContentInfo');
  const type = asOid(outer.next('contentType'));
  if (type !== oids.signedData) {
    throw new CatalogError('NOT_CATALOG', `it is not a security catalog, but a ${type}`, makeAgain);
  }
  const inner = asExplicit(outer.next('content'), 0);
  outer.end();
  asSequence(inner);
  const signedData = new Fields(inner, 'SignedData');
  const version = asSmallInteger(signedData.next('version'));
  asSet(signedData.next('digestAlgorithms'));
  const content = signedData.next('contentInfo');
  const more = signedData.optional((node) => isContext(node, 0) || isContext(node, 1));
  if (more !== null) signedData.optional((node) => isContext(node, 1));
  const signers = asSet(signedData.next('signerInfos')).length;
  signedData.end();
  asSequence(content);
  const fields = new Fields(content, 'contentInfo');
  const contentType = asOid(fields.next('contentType'));
  if (contentType !== catalogOids.list) {
    throw new CatalogError(
      'NOT_CATALOG',
      `it is not a security catalog: it contains a ${contentType}`,
      makeAgain,
    );
  }
  const listDer = asExplicit(fields.next('content'), 0).bytes;
  fields.end();
  // Only the list goes into the signed file: nothing else may be lost, or seem to be kept.
  if (signers === 0 && (version !== 1 || more !== null)) {
    const message = 'it is unsigned, yet of a version other than 1, or with certificates or revocation lists';
    throw new CatalogError('MALFORMED', message, makeAgain);
  }
  return { listDer, signers };
}
