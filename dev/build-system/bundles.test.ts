import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '#core/json/index.ts';
import { parseTrustRoot } from '#core/origin/index.ts';
import { failures } from '#core/wire/finding/index.ts';
import { artifact, digests, edited, openTestBuildSystem, policy } from './fixture.ts';
import { exampleRun, otherStatement, otherStatements, provenanceV02 } from './index.ts';
import type { Subject } from './index.ts';

let build: Awaited<ReturnType<typeof openTestBuildSystem>>;
let bundle: JsonValue;
beforeAll(async () => {
  build = await openTestBuildSystem();
  bundle = await build.attest();
});
afterAll(() => build.remove());

const other = { sha256: 'a'.repeat(64), sha512: 'b'.repeat(128) };
const subject = (digest: Record<string, string>): Subject => ({ name: 'x', digest });

describe('the attested file', () => {
  const accepted: readonly [string, readonly Subject[]][] = [
    ['by SHA-512 alone', [subject({ sha512: digests.sha512 })]],
    ['by both digests', [subject(digests)]],
    ['as the last of several', [subject(other), subject({ sha1: 'c'.repeat(40) }), subject(digests)]],
  ];
  it.each(accepted)('is recognised %s', async (_what, subjects) => {
    expect(await build.failedRules(await build.attest({ subjects }))).toEqual([]);
  });

  const refused: readonly [string, readonly Subject[]][] = [
    ['is another one', [subject(other)]],
    ['is right in one digest and wrong in the other', [subject({ ...digests, sha512: other.sha512 })]],
    ['is named by another spelling of the algorithm', [subject({ SHA256: digests.sha256 })]],
    ['is named in capitals', [subject({ sha256: digests.sha256.toUpperCase() })]],
    ['is named by a prefix', [subject({ sha256: digests.sha256.slice(0, 32) })]],
    ['has no digest', [subject({})]],
    ['is missing', []],
    ['is one of too many', Array.from({ length: 1025 }, () => subject(digests))],
  ];
  it.each(refused)('is refused when it %s', async (_what, subjects) => {
    expect(await build.failedRules(await build.attest({ subjects }))).toEqual(['origin.digest']);
  });

  const provenance = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'x', digest: digests }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: { buildDefinition: { buildType: 'https://example.org/build' } },
  };
  const unreadable = ['origin.statement', 'origin.digest'];
  const statements: readonly [string, JsonValue, readonly string[]][] = [
    ['another type of statement', { ...provenance, _type: 'https://example.org' }, unreadable],
    ['a list of statements', [provenance], unreadable],
    ['no word on what it states', { ...provenance, predicateType: null }, unreadable],
    ['subjects that are no list', { ...provenance, subject: digests }, ['origin.digest']],
    ['a subject that is null', { ...provenance, subject: [null] }, ['origin.digest']],
    [
      'a type with a slash more',
      { ...provenance, predicateType: `${provenance.predicateType}/` },
      ['origin.statement'],
    ],
    [
      'a type in capitals',
      { ...provenance, predicateType: 'https://slsa.dev/Provenance/v1' },
      ['origin.statement'],
    ],
    ['a name of an object’s own', { ...provenance, predicateType: 'constructor' }, ['origin.statement']],
    [
      'provenance of a version that nobody knows',
      { ...provenance, predicateType: 'https://slsa.dev/provenance/v3' },
      ['origin.statement'],
    ],
    ['provenance without predicate', { ...provenance, predicate: null }, ['origin.statement']],
    [
      'provenance without buildType',
      { ...provenance, predicate: { buildDefinition: {} } },
      ['origin.statement'],
    ],
    [
      'an empty buildType',
      { ...provenance, predicate: { buildDefinition: { buildType: '' } } },
      ['origin.statement'],
    ],
    [
      'the other version’s buildType',
      { ...provenance, predicate: { buildType: 'https://example.org' } },
      ['origin.statement'],
    ],
    ['a link', { ...provenance, predicateType: 'https://in-toto.io/Link/v0.3' }, ['origin.statement']],
  ];
  it.each(statements)('is refused with %s', async (_what, statement, rules) => {
    expect(await build.failedRules(await build.attest({ statement }))).toEqual(rules);
  });

  it('is accepted with provenance of version 0.2, unless the policy names version 1 alone', async () => {
    const subjects = [{ name: 'x', digest: { sha256: digests.sha256 } }];
    const old = await build.attest({ statement: provenanceV02(exampleRun, subjects) });
    expect(await build.failedRules(old)).toEqual([]);
    const strict = { ...policy, attestations: ['slsa-provenance-v1'] as const };
    expect(await build.failedRules(old, { policy: strict })).toEqual(['origin.statement']);
  });

  it.each(Object.keys(otherStatements) as (keyof typeof otherStatements)[])(
    'is not proved to be built by a statement of the kind %s, signed by the right workflow',
    async (kind) => {
      const subjects = [{ name: 'x', digest: { sha256: digests.sha256 } }];
      const bundle = await build.attest({ statement: otherStatement(kind, subjects) });
      const [finding, ...others] = failures((await build.verify(bundle)).findings);
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ rule: 'origin.statement', found: otherStatements[kind].predicateType });
      expect(finding?.message).not.toContain('something else');
    },
  );

  it('is refused if two readers could read the statement differently', async () => {
    const honest = (await build.attest()) as { dsseEnvelope: { payload: string } };
    const text = Buffer.from(honest.dsseEnvelope.payload, 'base64').toString();
    const twice = text.replace('{', '{"predicateType":"https://spdx.dev/Document",');
    expect(JSON.parse(twice)).toEqual(JSON.parse(text));
    expect(await build.failedRules(await build.attest({ payload: twice }))).toEqual(unreadable);
    expect(await build.failedRules(await build.attest({ payload: text }))).toEqual([]);
  });

  it('is refused with a second signature on the envelope', async () => {
    const bundle = await build.attest();
    const both = edited(bundle, ['dsseEnvelope', 'signatures'], (value) => [value, value].flat());
    expect((await build.verify(both)).ok).toBe(false);
  });

  it('is refused under another payload type', async () => {
    expect(await build.failedRules(await build.attest({ payloadType: 'text/plain' }))).toEqual(unreadable);
  });

  it('is judged without reading the predicate, which can claim anything', async () => {
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'x', digest: digests }],
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        buildDefinition: { buildType: 'https://example.org/build' },
        runDetails: { builder: { id: 'https://github.com/actions/runner/github-hosted' } },
      },
    };
    const lying = await build.attest({ statement, run: { runner: 'self-hosted' } });
    expect(await build.failedRules(lying)).toEqual(['origin.runner']);
  });
});

describe('a bundle over the bytes themselves', () => {
  async function* stream() {
    yield artifact.subarray(0, 3);
    yield artifact.subarray(3);
  }
  const bare = { ...policy, attestations: ['signature'] as const };
  it('is accepted with the file’s bytes, if the policy says so and not otherwise', async () => {
    const signed = await build.buildSystem.signBytes(artifact);
    expect(await build.failedRules(signed, { artifact: stream, policy: bare })).toEqual([]);
    expect(await build.failedRules(signed, { artifact: stream })).toEqual(['origin.statement']);
    expect(await build.failedRules(await build.attest(), { policy: bare })).toEqual(['origin.statement']);
  });
  it('is refused without them, and with others', async () => {
    const signed = await build.buildSystem.signBytes(artifact);
    expect(await build.failedRules(signed, { policy: bare })).toEqual(['origin.signature']);
    const foreign = await build.buildSystem.signBytes(new Uint8Array([1]));
    expect(await build.failedRules(foreign, { artifact: stream, policy: bare })).toEqual([
      'origin.signature',
      'origin.digest',
    ]);
  });
});

const entry = ['verificationMaterial', 'tlogEntries', 0] as const;
const flip = (value: unknown): string => {
  const bytes = Buffer.from(String(value), 'base64');
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes.toString('base64');
};

describe('a tampered bundle', () => {
  const changes: readonly [string, readonly (string | number)[], (value: unknown) => unknown][] = [
    ['payload', ['dsseEnvelope', 'payload'], flip],
    ['signature', ['dsseEnvelope', 'signatures', 0, 'sig'], flip],
    ['payload type', ['dsseEnvelope', 'payloadType'], () => 'application/json'],
    ['log entry', [...entry, 'canonicalizedBody'], flip],
    ['log id', [...entry, 'logId', 'keyId'], flip],
    ['time of integration', [...entry, 'integratedTime'], (value) => String(Number(value) + 1)],
    ['log index', [...entry, 'logIndex'], () => '7'],
    ['promise', [...entry, 'inclusionPromise', 'signedEntryTimestamp'], flip],
    ['checkpoint', [...entry, 'inclusionProof', 'checkpoint', 'envelope'], (value) => `x${String(value)}`],
    ['index in the proof', [...entry, 'inclusionProof', 'logIndex'], () => '1'],
    ['kind of the entry', [...entry, 'kindVersion', 'kind'], () => 'hashedrekord'],
    ['promise, left out', [...entry, 'inclusionPromise'], () => undefined],
    ['log entries, left out', ['verificationMaterial', 'tlogEntries'], () => []],
    ['log entry, repeated', ['verificationMaterial', 'tlogEntries'], (value) => [value, value].flat()],
  ];
  it.each(changes)('is refused with another %s', async (_what, path, change) => {
    expect(await build.failedRules(edited(bundle, path, change))).toContain('origin.signature');
  });

  it('is refused with the certificate of another build', async () => {
    const second = (await build.attest()) as { verificationMaterial: { certificate: unknown } };
    const path = ['verificationMaterial', 'certificate'];
    const mixed = edited(bundle, path, () => second.verificationMaterial.certificate);
    expect(await build.failedRules(mixed)).toEqual(['origin.signature']);
  });

  it.each([
    ['the log entry', ['verificationMaterial', 'tlogEntries']],
    ['what was logged', [...entry, 'canonicalizedBody']],
    ['the promise', [...entry, 'inclusionPromise']],
    ['the proof', [...entry, 'inclusionProof']],
    ['the statement', ['dsseEnvelope', 'payload']],
    ['the signature', ['dsseEnvelope', 'signatures']],
  ] as const)(
    'is refused with %s of another bundle, which the same log and builder made',
    async (_what, path) => {
      const second = await build.attest({ run: { commit: 'd'.repeat(40) } });
      const value = path.reduce<unknown>(
        (at, name) => (at as Record<string | number, unknown>)[name],
        second,
      );
      expect(await build.failedRules(edited(bundle, path, () => value))).toContain('origin.signature');
    },
  );

  it('is refused when the certificate itself was changed', async () => {
    const path = ['verificationMaterial', 'certificate', 'rawBytes'];
    expect((await build.verify(edited(bundle, path, flip))).ok).toBe(false);
  });

  it('is refused by the trust root of another build system', async () => {
    const stranger = await openTestBuildSystem();
    const trustRoot = parseTrustRoot(stranger.buildSystem.trustedRoot());
    expect(await build.failedRules(bundle, { trustRoot })).toEqual(['origin.signature']);
    stranger.remove();
  });

  const malformed: readonly [string, unknown][] = [
    ['null', null],
    ['text', 'bundle'],
    ['a list', []],
    ['an empty object', {}],
    ['too deep nesting', JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)],
    ['too many values', { list: Array.from({ length: 10_000 }, () => 0) }],
    ['too much text', { text: 'x'.repeat(5 * 1024 * 1024) }],
    ['a lone surrogate', { text: '\ud800' }],
    ['a value JSON has not', { value: undefined }],
    ['an unknown version', { mediaType: 'application/vnd.dev.sigstore.bundle.v0.9+json' }],
  ];
  it.each(malformed)('is refused when it is %s', async (_what, json) => {
    expect(await build.failedRules(json)).toEqual(['origin.bundle']);
  });

  it('is refused with another media type, a bare key, too many entries or no certificate', async () => {
    const media = edited(bundle, ['mediaType'], () => 'application/vnd.dev.sigstore.bundle.v0.4+json');
    const key = edited(bundle, ['verificationMaterial'], () => ({
      publicKey: { hint: 'x' },
      tlogEntries: [],
    }));
    const many = edited(bundle, ['verificationMaterial', 'tlogEntries'], (value) =>
      Array.from({ length: 9 }, () => value).flat(),
    );
    for (const json of [media, key, many]) expect(await build.failedRules(json)).toEqual(['origin.bundle']);
    const path = ['verificationMaterial', 'certificate', 'rawBytes'];
    expect(await build.failedRules(edited(bundle, path, () => 'AAAA'))).toEqual(['origin.certificate']);
  });

  it('never throws, and never proves anything but what was certified', async () => {
    const paths = leafPaths(bundle);
    const replacement = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined), fc.base64String());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), replacement, async (path, value) => {
        const result = await build.verify(edited(bundle, path, () => value));
        if (result.ok) expect(result.value.claims.repositoryId).toBe('123456789');
      }),
      { numRuns: 150 },
    );
  });
});

function leafPaths(
  value: unknown,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, child]) =>
    leafPaths(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}
