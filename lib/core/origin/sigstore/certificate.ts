import {
  Asn1Error,
  asOctetString,
  asOid,
  asSequence,
  asString,
  isContext,
  isUniversal,
  readDer,
  universalTag,
} from '../../pki/asn1/index.ts';
import type { DerNode } from '../../pki/asn1/index.ts';

/** One thing a certificate says, or why it doesn't. */
export type Claim =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string };

export interface BuildCertificate {
  /** The one URI that the certificate was issued to. */
  readonly subjectUri: Claim;
  readonly forCodeSigning: boolean;
  /** Value of extension 1.3.6.1.4.1.57264.1.<arc>, for arcs from 8 on. */
  claim(arc: number): Claim;
  /** Every extension below 1.3.6.1.4.1.57264.1, in the order of the certificate, for people to read. */
  readonly said: readonly SaidClaim[];
}

export interface SaidClaim {
  /** What follows 1.3.6.1.4.1.57264.1., usually one number. */
  readonly arc: string;
  /** How often the certificate has it; once in every honest one. */
  readonly count: number;
  /** Its first value as text; control characters are replaced, and a form that isn't text is said. */
  readonly text: string;
}

const fulcioArc = '1.3.6.1.4.1.57264.1';
const subjectAltName = '2.5.29.17';
const extendedKeyUsage = '2.5.29.37';
const codeSigning = '1.3.6.1.5.5.7.3.3';
const extensionsMax = 64;
const claimCharactersMax = 1024;

const missing = (problem: string): Claim => ({ ok: false, problem });

/**
 * DER Certificate (RFC 5280 §4.1) → what Fulcio put into it.
 * Each extension counts only when it is there exactly once; claims must be DER UTF8String, as Fulcio writes
 * them from arc 8 on. The raw strings of arcs 1 to 6 decide nothing. Throws Asn1Error on anything but strict DER.
 */
export function readBuildCertificate(der: Uint8Array): BuildCertificate {
  const values = new Map<string, Uint8Array[]>();
  const extensions = readExtensions(der);
  if (extensions.length > extensionsMax) {
    throw new Asn1Error('TOO_MANY_ELEMENTS', 0, `more than ${extensionsMax} extensions`);
  }
  for (const extension of extensions) {
    const parts = asSequence(extension);
    const [id] = parts;
    const value = parts.at(-1);
    if (id === undefined || value === undefined || parts.length < 2 || parts.length > 3) {
      throw new Asn1Error('VALUE_INVALID', extension.offset, 'not an Extension');
    }
    const name = asOid(id);
    values.set(name, [...(values.get(name) ?? []), asOctetString(value)]);
  }
  const only = (name: string): Uint8Array | string => {
    const [value, ...others] = values.get(name) ?? [];
    if (value === undefined) return 'the certificate lacks it';
    return others.length === 0 ? value : `the certificate has it ${others.length + 1} times`;
  };
  const usage = only(extendedKeyUsage);
  return {
    subjectUri: fromValue(only(subjectAltName), readOneUri),
    forCodeSigning:
      typeof usage !== 'string' &&
      asSequence(readDer(usage)).some((purpose) => asOid(purpose) === codeSigning),
    claim: (arc) => fromValue(only(`${fulcioArc}.${arc}`), readUtf8),
    said: [...values].flatMap(([id, [first, ...others]]): readonly SaidClaim[] => {
      if (!id.startsWith(`${fulcioArc}.`) || first === undefined) return [];
      const arc = id.slice(fulcioArc.length + 1);
      return [{ arc, count: others.length + 1, text: textOf(arc, first) }];
    }),
  };
}

const lastLegacyArc = 6;
const saidCharactersMax = 120;

/** Arcs 1 to 6 are raw text, all later ones DER; nothing is decided by what this answers. */
function textOf(arc: string, bytes: Uint8Array): string {
  const legacy = Number(arc) <= lastLegacyArc;
  const claim: Claim = legacy
    ? { ok: true, value: new TextDecoder().decode(bytes.subarray(0, claimCharactersMax)) }
    : fromValue(bytes, readUtf8);
  if (!claim.ok) return '(not text)';
  const text = claim.value.replaceAll(/[\p{C}\p{Z}]/gu, (one) => (one === ' ' ? one : '\uFFFD'));
  return text.length > saidCharactersMax ? `${text.slice(0, saidCharactersMax).toWellFormed()}…` : text;
}

function readExtensions(der: Uint8Array): readonly DerNode[] {
  const [tbs] = asSequence(readDer(der));
  const wrapper = tbs === undefined ? undefined : asSequence(tbs).find((one) => isContext(one, 3));
  const [list] = wrapper?.children ?? [];
  return list === undefined ? [] : asSequence(list);
}

function fromValue(value: Uint8Array | string, read: (bytes: Uint8Array) => Claim): Claim {
  if (typeof value === 'string') return missing(value);
  try {
    return read(value);
  } catch (error) {
    if (error instanceof Asn1Error) return missing('the certificate has it in a form that is not strict DER');
    throw error;
  }
}

function readUtf8(bytes: Uint8Array): Claim {
  const node = readDer(bytes);
  if (!isUniversal(node, universalTag.utf8String)) return missing('the certificate has it in another type');
  return bounded(asString(node));
}

/** GeneralNames with one uniformResourceIdentifier [6] IA5String and nothing else. */
function readOneUri(bytes: Uint8Array): Claim {
  const [name, ...others] = asSequence(readDer(bytes));
  if (name === undefined || others.length > 0 || !isContext(name, 6) || name.constructed) {
    return missing('the certificate is not issued to exactly one URI');
  }
  const text = new TextDecoder('latin1').decode(name.contents);
  return /^[\x21-\x7e]+$/.test(text) ? bounded(text) : missing('its URI has characters a URI cannot have');
}

function bounded(value: string): Claim {
  return value.length <= claimCharactersMax ? { ok: true, value } : missing('it is too long');
}
