import {
  asBoolean,
  asInteger,
  asOid,
  asSequence,
  asSmallInteger,
  asTime,
  Fields,
  generalizedTime,
  integer,
  isContext,
  isUniversal,
  oid,
  readDer,
  sequence,
  universalTag,
  type Der,
} from '../asn1/index.ts';
import { reading, TspError } from './errors.ts';
import { messageImprint, readMessageImprint, type MessageImprint } from './message-imprint.ts';

/** What a timestamp authority signs: this digest existed at this time. */
export interface TstInfo {
  readonly policyOid: string;
  readonly imprint: MessageImprint;
  readonly serial: bigint;
  readonly time: Date;
  /** Whole seconds the clock may be off, or null if the authority doesn't state it. */
  readonly accuracySeconds: number | null;
  readonly nonce: bigint | null;
}

/**
 * ```
 * TSTInfo ::= SEQUENCE { version INTEGER { v1(1) }, policy TSAPolicyId, messageImprint MessageImprint,
 *   serialNumber INTEGER, genTime GeneralizedTime, accuracy Accuracy OPTIONAL, ordering BOOLEAN DEFAULT FALSE,
 *   nonce INTEGER OPTIONAL, tsa [0] GeneralName OPTIONAL, extensions [1] IMPLICIT Extensions OPTIONAL }
 * Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER OPTIONAL, micros [1] INTEGER OPTIONAL }
 * ```
 * RFC 3161 §2.4.2.
 */
export function tstInfo(info: TstInfo): Der {
  return sequence(
    integer(1),
    oid(info.policyOid),
    messageImprint(info.imprint),
    integer(info.serial),
    generalizedTime(info.time),
    ...(info.accuracySeconds === null ? [] : [sequence(integer(info.accuracySeconds))]),
    ...(info.nonce === null ? [] : [integer(info.nonce)]),
  );
}

/** DER TSTInfo → its members; the authority's name and extensions are skipped, critical extensions refused. */
export function parseTstInfo(der: Uint8Array): TstInfo {
  return reading('TSTInfo', () => {
    const node = readDer(der, { sizeMax: 64 * 1024 });
    asSequence(node);
    const fields = new Fields(node, 'TSTInfo');
    const version = asSmallInteger(fields.next('version'));
    if (version !== 1) throw new TspError('MALFORMED', `TSTInfo of version ${version}; expected 1`);
    const policyOid = asOid(fields.next('policy'));
    const imprint = readMessageImprint(fields.next('messageImprint'));
    const serial = asInteger(fields.next('serialNumber'));
    const time = asTime(fields.next('genTime'));
    const accuracy = fields.optional((child) => isUniversal(child, universalTag.sequence));
    const ordering = fields.optional((child) => isUniversal(child, universalTag.boolean));
    if (ordering !== null) asBoolean(ordering);
    const nonce = fields.optional((child) => isUniversal(child, universalTag.integer));
    fields.optional((child) => isContext(child, 0));
    const extensions = fields.optional((child) => isContext(child, 1));
    fields.end();
    for (const extension of extensions?.children ?? []) {
      const [, critical] = asSequence(extension);
      if (critical !== undefined && isUniversal(critical, universalTag.boolean) && asBoolean(critical)) {
        throw new TspError('EXTENSION_UNSUPPORTED', 'TSTInfo has a critical extension');
      }
    }
    const seconds = accuracy?.children.find((child) => isUniversal(child, universalTag.integer));
    return {
      policyOid,
      imprint,
      serial,
      time,
      accuracySeconds: seconds === undefined ? null : asSmallInteger(seconds),
      nonce: nonce === null ? null : asInteger(nonce),
    };
  });
}
