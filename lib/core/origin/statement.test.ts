import { toDSSEBundle } from '@sigstore/bundle';
import { describe, expect, it } from 'vitest';
import { readStatement } from './statement.ts';

const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {},
  subject: [],
};

/** As the library has it once it was read. */
function bundleWith(signatures: number) {
  const bundle = toDSSEBundle({
    artifact: Buffer.from(JSON.stringify(statement)),
    artifactType: 'application/vnd.in-toto+json',
    signature: Buffer.from('x'),
    keyHint: '',
    certificate: Buffer.from('x'),
  });
  const { dsseEnvelope } = bundle.content;
  dsseEnvelope.signatures = Array.from({ length: signatures }, () => ({ sig: Buffer.from('x'), keyid: '' }));
  return bundle;
}

describe('the statement in an envelope', () => {
  it('is read where one signature is over it', () => {
    expect(readStatement(bundleWith(1))).toMatchObject({ kind: 'statement', subject: [] });
  });

  // Only one of them is verified, and the library refuses such a bundle when it reads it: this doesn't lean on that.
  it.each([0, 2])('is none with %i signatures', (signatures) => {
    expect(readStatement(bundleWith(signatures))).toMatchObject({
      kind: 'unreadable',
      problem: expect.stringContaining(`${signatures} signatures`) as string,
    });
  });
});
