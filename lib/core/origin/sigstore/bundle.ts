import { createHash } from 'node:crypto';
import {
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
  bundleFromJSON,
} from '@sigstore/bundle';
import type { Bundle } from '@sigstore/bundle';
import { parseSha256Hex } from '../../ids/index.ts';
import type { Sha256Hex } from '../../ids/index.ts';
import { canonicalJson } from '../../json/index.ts';
import type { JsonValue } from '../../json/index.ts';

export interface BuildBundle {
  readonly bundle: Bundle;
  /** DER of the certificate that the signature is checked with. */
  readonly certificate: Uint8Array;
  /** SHA-256 of the bundle's canonical JSON. */
  readonly sha256: Sha256Hex;
}

export type BundleReading =
  { readonly ok: true; readonly value: BuildBundle } | { readonly ok: false; readonly problem: string };

const mediaTypes: readonly string[] = [
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
];

/** Limits of a bundle as JSON; a provenance bundle of GitHub's has 11 KB. */
export const bundleLimits = {
  charactersMax: 4 * 1024 * 1024,
  depthMax: 16,
  valuesMax: 4096,
  certificateBytesMax: 64 * 1024,
  logEntriesMax: 8,
  timestampsMax: 8,
  timestampBytesMax: 64 * 1024,
} as const;

const no = (problem: string): BundleReading => ({ ok: false, problem });

/**
 * Parsed JSON → Sigstore bundle 0.1 to 0.3 with a certificate, nothing verified yet.
 * Answers a problem for anything over the limits, other media types, and bundles signed by a bare key.
 */
export function readBundle(json: unknown): BundleReading {
  const oversize = measure(json);
  if (oversize !== null) return no(oversize);
  const sha256 = parseSha256Hex(
    createHash('sha256')
      .update(canonicalJson(json as JsonValue))
      .digest('hex'),
  );
  let bundle: Bundle;
  try {
    bundle = bundleFromJSON(json);
  } catch (error) {
    // The library meets hostile JSON here, so whatever it throws is about the bundle.
    return no(error instanceof Error ? error.message.slice(0, 200) : 'it is malformed');
  }
  if (!mediaTypes.includes(bundle.mediaType)) {
    return no(
      `its media type is ${JSON.stringify(bundle.mediaType.slice(0, 80))}; expected bundle version 0.1 to 0.3`,
    );
  }
  const { content, tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const timestamps = timestampVerificationData?.rfc3161Timestamps ?? [];
  if (tlogEntries.length > bundleLimits.logEntriesMax || timestamps.length > bundleLimits.timestampsMax) {
    return no('it has too many log entries or timestamps');
  }
  if (timestamps.some((timestamp) => timestamp.signedTimestamp.length > bundleLimits.timestampBytesMax)) {
    return no('one of its timestamps is too large');
  }
  if (content.$case === 'publicKey') return no('it is signed by a bare key; a build has a certificate');
  const certificate =
    content.$case === 'certificate' ? content.certificate : content.x509CertificateChain.certificates[0];
  if (certificate === undefined || certificate.rawBytes.length > bundleLimits.certificateBytesMax) {
    return no('it has no certificate, or one that is too large');
  }
  return { ok: true, value: { bundle, certificate: certificate.rawBytes, sha256 } };
}

/** Walks JSON without recursion; answers what is too much or no JSON, or null. */
function measure(json: unknown): string | null {
  let characters = 0;
  let values = 0;
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value: json, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    values += 1;
    if (depth > bundleLimits.depthMax) return `it is nested deeper than ${bundleLimits.depthMax} levels`;
    if (values > bundleLimits.valuesMax) return `it holds more than ${bundleLimits.valuesMax} values`;
    if (value === null || typeof value === 'boolean') continue;
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    if (typeof value === 'string') {
      characters += value.length;
      if (characters > bundleLimits.charactersMax) return 'it is larger than 4 MiB';
      if (!value.isWellFormed()) return 'it holds text that is not Unicode';
      continue;
    }
    if (typeof value !== 'object') return 'it is not JSON';
    const children: readonly unknown[] = Array.isArray(value) ? value : Object.entries(value).flat();
    if (values + children.length + pending.length > 2 * bundleLimits.valuesMax)
      return 'it holds too many values';
    for (const child of children) pending.push({ value: child, depth: depth + 1 });
  }
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? null : 'it is not a JSON object';
}
