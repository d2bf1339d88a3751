/**
 * The list in a security catalog, read strictly: whatever Windows could treat as a digest of a file is either reported or refused.
 * ```
 * CertificateTrustList ::= SEQUENCE {
 *   version          INTEGER DEFAULT 0,
 *   subjectUsage     SEQUENCE OF OBJECT IDENTIFIER,
 *   listIdentifier   OCTET STRING OPTIONAL,
 *   sequenceNumber   INTEGER OPTIONAL,
 *   ctlThisUpdate    Time,
 *   ctlNextUpdate    Time OPTIONAL,
 *   subjectAlgorithm AlgorithmIdentifier,
 *   trustedSubjects  SEQUENCE OF SEQUENCE { tag OCTET STRING, attributes SET OF Attribute } OPTIONAL,
 *   ctlExtensions    [0] EXPLICIT SEQUENCE OF Extension OPTIONAL }
 * ```
 * Source: Windows SDK, wincrypt.h (CTL_INFO) and mscat.h.
 */
import {
  asBoolean,
  asExplicit,
  asInteger,
  asNull,
  asOctetString,
  asOid,
  asSequence,
  asTime,
  Asn1Error,
  Fields,
  isContext,
  isUniversal,
  readDer,
  universalTag,
  type DerNode,
} from '../../pki/asn1/index.ts';
import { CatalogError, makeAgain } from './errors.ts';
import { catalogOids } from './oids.ts';
import { readMember, readNameValue, type CatalogMember, type NameValue } from './read-member.ts';

export interface CatalogList {
  /** When it was made, as it states. */
  readonly time: Date;
  readonly members: readonly CatalogMember[];
  /** What the catalog states about itself: `OSAttr`, `HWID1`. */
  readonly attributes: readonly NameValue[];
}

/** A member takes about 40 elements of DER; the readers of signatures stop at 100,000. */
export const membersMax = 2000;

/** DER CertificateTrustList → its members. Throws CatalogError. */
export function readList(der: Uint8Array): CatalogList {
  try {
    return listOf(readDer(der));
  } catch (cause) {
    if (!(cause instanceof Asn1Error)) throw cause;
    throw new CatalogError('MALFORMED', `its list is malformed: ${cause.message}`, makeAgain, { cause });
  }
}

function listOf(node: DerNode): CatalogList {
  asSequence(node);
  const fields = new Fields(node, 'CertificateTrustList');
  const version = fields.optional((child) => isUniversal(child, universalTag.integer));
  if (version !== null && asInteger(version) !== 0n)
    throw new CatalogError('MALFORMED', 'its list is of a version later than the first', makeAgain);
  const usages = asSequence(fields.next('subjectUsage')).map(asOid);
  if (usages.length !== 1 || usages[0] !== catalogOids.usage) {
    const found = usages.join(', ') || 'nothing';
    throw new CatalogError('NOT_CATALOG', `its list is for ${found}, not a catalog of files`, makeAgain);
  }
  fields.optional((child) => isUniversal(child, universalTag.octetString));
  fields.optional((child) => isUniversal(child, universalTag.integer));
  const time = asTime(fields.next('ctlThisUpdate'));
  readAlgorithm(fields.next('subjectAlgorithm'));
  const subjects = fields.optional((child) => isUniversal(child, universalTag.sequence));
  const extensions = fields.optional((child) => isContext(child, 0));
  fields.end();
  const members = subjects === null ? [] : asSequence(subjects);
  if (members.length > membersMax) {
    const message = `it lists ${members.length} files; at most ${membersMax} are read`;
    throw new CatalogError('TOO_LARGE', message, 'Split the files among several catalogs.');
  }
  return {
    time,
    members: members.map(readMember),
    attributes: extensions === null ? [] : asSequence(asExplicit(extensions, 0)).map(readExtension),
  };
}

function readAlgorithm(node: DerNode): void {
  asSequence(node);
  const fields = new Fields(node, 'subjectAlgorithm');
  const algorithm = asOid(fields.next('algorithm'));
  const parameters = fields.optional(() => true);
  fields.end();
  if (parameters !== null) asNull(parameters);
  if (algorithm === catalogOids.member || algorithm === catalogOids.memberV2) return;
  throw new CatalogError('MALFORMED', `its list has members of the unknown kind ${algorithm}`, makeAgain);
}

function readExtension(node: DerNode): NameValue {
  asSequence(node);
  const fields = new Fields(node, 'Extension');
  const type = asOid(fields.next('extnID'));
  const critical = fields.optional((child) => isUniversal(child, universalTag.boolean));
  if (critical !== null) asBoolean(critical);
  const value = asOctetString(fields.next('extnValue'));
  fields.end();
  if (type !== catalogOids.nameValue) {
    throw new CatalogError('UNKNOWN_ATTRIBUTE', `it has an unknown extension: ${type}`, makeAgain);
  }
  return readNameValue(readDer(value));
}
