/** Whom a certificate is issued to, by its own bytes: Node puts all of a name into one text. */
import { asOid, asSequence, asSet, asString, Asn1Error, Fields, isContext, readDer } from '../asn1/index.ts';

export interface CertificateSubject {
  /** null: it has none, several, or one in an encoding that isn't read. */
  readonly commonName: string | null;
  readonly organization: string | null;
}

const commonName = '2.5.4.3';
const organizationName = '2.5.4.10';

/** DER Certificate; `Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }`, RFC 5280 §4.1.2.4. Throws Asn1Error. */
export function readSubject(der: Uint8Array): CertificateSubject {
  const [tbsCertificate] = asSequence(readDer(der));
  const fields = new Fields(tbsCertificate ?? readDer(der), 'TBSCertificate');
  fields.optional((node) => isContext(node, 0));
  for (const field of ['serialNumber', 'signature', 'issuer', 'validity']) fields.next(field);
  const values = new Map<string, (string | null)[]>();
  for (const set of asSequence(fields.next('subject'))) {
    for (const attribute of asSet(set)) {
      const members = new Fields(attribute, 'AttributeTypeAndValue');
      const type = asOid(members.next('type'));
      values.set(type, [...(values.get(type) ?? []), readText(() => asString(members.next('value')))]);
    }
  }
  const only = (type: string): string | null => {
    const [value = null, ...others] = values.get(type) ?? [];
    return others.length > 0 ? null : value;
  };
  return { commonName: only(commonName), organization: only(organizationName) };
}

function readText(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}
