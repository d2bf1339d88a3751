import {
  asOid,
  asSet,
  Fields,
  isUniversal,
  oid,
  sequence,
  setOf,
  universalTag,
  type Der,
  type DerNode,
} from '../asn1/index.ts';
import { CmsError } from './errors.ts';

/** `Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }`, RFC 5652 §5.3. */
export interface CmsAttribute {
  readonly type: string;
  readonly values: readonly DerNode[];
}

export const attribute = (type: string, ...values: readonly Uint8Array[]): Der =>
  sequence(oid(type), setOf(...values));

/** The members of a SET OF Attribute → attributes by type. Rejects a type that appears twice, and one without a value. */
export function readAttributes(members: readonly DerNode[]): ReadonlyMap<string, CmsAttribute> {
  const attributes = new Map<string, CmsAttribute>();
  for (const member of members) {
    if (!isUniversal(member, universalTag.sequence)) {
      throw new CmsError('MALFORMED', 'an attribute is not a SEQUENCE');
    }
    const fields = new Fields(member, 'Attribute');
    const type = asOid(fields.next('attrType'));
    const values = asSet(fields.next('attrValues'));
    fields.end();
    if (attributes.has(type)) throw new CmsError('ATTRIBUTE_DUPLICATE', `attribute ${type} appears twice`);
    if (values.length === 0) throw new CmsError('MALFORMED', `attribute ${type} has no value`);
    attributes.set(type, { type, values });
  }
  return attributes;
}

/** The value of an attribute that has exactly one; null when the attribute is missing or has several. */
export function singleValue(attributes: ReadonlyMap<string, CmsAttribute>, type: string): DerNode | null {
  const values = attributes.get(type)?.values ?? [];
  return values.length === 1 ? (values[0] ?? null) : null;
}
