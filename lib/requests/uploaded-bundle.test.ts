import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { isProvenanceOf, readUploadedBundle } from './uploaded-bundle.ts';

const sha256 = parseSha256Hex('a'.repeat(64));
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const bundleOf = (subject: string) => {
  const statement = `{"predicateType":"https://slsa.dev/provenance/v1","subject":${subject}}`;
  return { dsseEnvelope: { payload: Buffer.from(statement).toString('base64') } };
};
const own = `[{"digest":{"sha256":"${sha256}"}}]`;

describe('a bundle that is nested without an end', () => {
  it('is refused where it is uploaded, and passed over among others', () => {
    expect(() => readUploadedBundle(`{"a":${deep}}`, sha256)).toThrow('no Sigstore bundle');
    const good = JSON.stringify(bundleOf(own));
    expect(() => readUploadedBundle(`{"a":${deep}}\n${good}`, sha256)).not.toThrow();
  });

  it('is no provenance, whether it is deep itself or its statement is', () => {
    expect(isProvenanceOf(bundleOf(own), sha256)).toBe(true);
    expect(isProvenanceOf({ ...bundleOf(own), a: JSON.parse(deep) as unknown }, sha256)).toBe(false);
    expect(isProvenanceOf(bundleOf(`[${deep},${own.slice(1, -1)}]`), sha256)).toBe(false);
  });
});
