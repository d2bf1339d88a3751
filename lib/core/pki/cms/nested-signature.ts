/**
 * A signature beside the one that a file carries: nested in it, as Windows reads several. The value of the unsigned attribute
 * 1.3.6.1.4.1.311.2.4.1 of its SignerInfo is a SET OF ContentInfo, one for each further signature. What is unsigned isn't
 * covered by the signature, so the first one stays valid, and its timestamp too.
 */
import {
  asOid,
  asSequence,
  asSet,
  concatenate,
  explicit,
  implicitConstructed,
  isContext,
  oid,
  oids,
  readDer,
  sequence,
  set,
  type Der,
  type DerNode,
} from '../asn1/index.ts';
import { CmsError, reading } from './errors.ts';
import { parseSignedData, signatureDepthMax } from './parse-signed-data.ts';

/**
 * DER ContentInfo of the signature that is there, and of another → the first with the other nested in it. All else stays as
 * it is, byte for byte but for the lengths around it: the other signatures nested there before, timestamps, and the order
 * of both, by which Windows numbers them. Throws CmsError for what can't be read.
 */
export function nestSignature(primary: Uint8Array, added: Uint8Array): Der {
  parseSignedData(added);
  return withNested(primary, (nested) => [...nested, added]);
}

/**
 * The reverse, for whoever doesn't trust the step before: a signature → the one without what was nested in it last, which
 * has to be this very one. Throws CmsError where it isn't.
 */
export function withoutNested(primary: Uint8Array, added: Uint8Array): Der {
  return withNested(primary, (nested) => {
    const last = nested.at(-1);
    if (last !== undefined && Buffer.compare(last, added) === 0) return nested.slice(0, -1);
    throw new CmsError('MALFORMED', 'the signature that is nested last is another one');
  });
}

type Change = (nested: readonly Uint8Array[]) => readonly Uint8Array[];

/** ContentInfo → its SignedData → its last member, the SET OF SignerInfo → the one there. */
function withNested(contentInfo: Uint8Array, change: Change): Der {
  parseSignedData(contentInfo);
  return reading('SignedData', () => {
    const [type, content] = asSequence(readDer(contentInfo, { depthMax: signatureDepthMax }));
    const members = asSequence(first(content?.children));
    const [signerInfo] = asSet(first(members.slice(-1)));
    const changed = set(withUnsigned(first([signerInfo]), change));
    const signedData = sequence(...members.slice(0, -1).map(({ bytes }) => bytes), changed);
    return sequence(first([type]).bytes, explicit(0, signedData));
  });
}

/** SignerInfo, whose unsigned attributes are `[1]`, the last member, where it has any. */
function withUnsigned(signerInfo: DerNode, change: Change): Der {
  const members = asSequence(signerInfo);
  const last = members.at(-1);
  const unsigned = last !== undefined && isContext(last, 1) ? last : null;
  const attributes = unsigned?.children ?? [];
  const isNested = (attribute: DerNode): boolean =>
    asOid(first(asSequence(attribute))) === oids.authenticodeNestedSignature;
  const before = attributes.find(isNested);
  const values = before === undefined ? [] : asSet(first(asSequence(before).slice(1)));
  const after = change(values.map(({ bytes }) => bytes));
  // In the order in which they were added: no digest covers them, and a sorted SET would put the newest anywhere.
  const attribute =
    after.length === 0 ? [] : [sequence(oid(oids.authenticodeNestedSignature), set(...after))];
  const replaced = attributes.flatMap((one) => (one === before ? attribute : [one.bytes]));
  const all = before === undefined ? [...replaced, ...attribute] : replaced;
  const rest = (unsigned === null ? members : members.slice(0, -1)).map(({ bytes }) => bytes);
  return sequence(...rest, ...(all.length === 0 ? [] : [implicitConstructed(1, concatenate(all))]));
}

function first(nodes: readonly (DerNode | undefined)[] | undefined): DerNode {
  const [node] = nodes ?? [];
  if (node === undefined) throw new CmsError('MALFORMED', 'a structure without its members');
  return node;
}
