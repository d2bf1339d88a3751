import type { JsonValue } from '#core/json/index.ts';
import { utf8String } from '#core/pki/asn1/index.ts';
import type { Subject } from './provenance.ts';

/** One build as a provider's identity token describes it, and as Fulcio writes that into a certificate. */
export interface CertifiedBuild {
  /** The URI that the certificate is issued to. */
  readonly subjectUri: string;
  /** Values of Fulcio's extensions by the last arc of their identifier; null: not in the certificate. */
  readonly values: ExtensionValues;
  /** The statement that an honest build attests itself with. */
  provenance(subjects: readonly Subject[]): JsonValue;
}

export type ExtensionValues = Readonly<Record<number, string | null>>;

/**
 * Changes to single extensions, by the last arc of their identifier: null leaves one out, a list writes it
 * several times, bytes go in as they are. For certificates that no honest build system would issue.
 */
export type ExtensionChanges = Readonly<Record<number, string | Uint8Array | null | readonly string[]>>;

export interface BuildExtension {
  readonly oid: string;
  readonly value: Uint8Array;
}

const fulcio = '1.3.6.1.4.1.57264.1';

/** Values → Fulcio's extensions: raw strings up to arc 6, DER UTF8String from arc 8 on. */
export function extensionsOf(
  values: ExtensionValues,
  changes: ExtensionChanges = {},
): readonly BuildExtension[] {
  return Object.entries(values).flatMap(([key, usual]) => {
    const arc = Number(key);
    const change = changes[arc];
    const value = change === undefined ? usual : change;
    if (value === null) return [];
    const several = typeof value === 'string' || value instanceof Uint8Array ? [value] : value;
    return several.map((item) => ({ oid: `${fulcio}.${arc}`, value: encode(arc, item) }));
  });
}

function encode(arc: number, value: string | Uint8Array): Uint8Array {
  if (typeof value !== 'string') return value;
  return arc < 8 ? new TextEncoder().encode(value) : utf8String(value);
}
