import { beforeAll, expect, test } from 'vitest';
import type { ArtifactConfiguration, RootElement, Upstream } from '../generated/index.ts';
import { armor, openPgpRevocation, publishedOpenPgpKey } from '../pki/openpgp/index.ts';
import { createOpenPgpSigner } from '../pki/openpgp/openpgp.fixture.ts';
import { compileConfiguration, configurationProblems, describeUpstream } from './index.ts';

let signer: Awaited<ReturnType<typeof createOpenPgpSigner>>;
let fingerprint: string;
beforeAll(async () => {
  signer = await createOpenPgpSigner('upstream@example.org', 2048);
  fingerprint = signer.fingerprint.toString('hex').toUpperCase();
});

const configuration = (root: RootElement): ArtifactConfiguration => ({
  apiVersion: 'countersign/v1',
  kind: 'ArtifactConfiguration',
  root,
});
const inZip = (upstream: Upstream | undefined, more: object = {}): RootElement => ({
  type: 'zip',
  contents: [
    {
      type: 'file',
      path: 'a',
      verify: 'openpgp',
      ...(upstream === undefined ? {} : { upstream }),
      sign: { method: 'cms' },
      ...more,
    },
  ],
});
const problemsOf = (root: RootElement) =>
  configurationProblems(configuration(root)).map(
    ({ rule, path, message }) => `${rule} ${path.join('.')}: ${message}`,
  );
const keys = (change: Partial<{ fingerprint: string; key: string }> = {}): Upstream => ({
  openpgpKeys: [{ fingerprint, key: signer.certificate, ...change }],
});

test('a key with its fingerprint is one that verifies, and the page names it', () => {
  expect(problemsOf(inZip(keys()))).toEqual([]);
  const element = compileConfiguration(configuration(inZip(keys()))).elements[1];
  expect(element).toMatchObject({ verifies: false, verifiesOpenPgp: true });
  expect(describeUpstream(element?.upstream ?? null)).toBe(`signed by the OpenPGP key ${fingerprint}`);
});

test('without a key, or with signers of certificates, a signature says nothing', () => {
  expect(problemsOf(inZip(undefined)).join()).toContain('rule.upstream root.contents.0.verify');
  const both = { ...keys(), signers: [{ organization: 'Example' }] };
  expect(problemsOf(inZip(both)).join()).toContain('rule.upstream root.contents.0.upstream.signers');
});

test('keys without `verify: openpgp` are refused, and so is what has nothing beside it, or is written anew', () => {
  const root = inZip(keys(), { verify: undefined });
  if (root.type === 'zip')
    for (const element of root.contents) delete (element as { verify?: string }).verify;
  expect(problemsOf(root).join()).toContain('rule.upstream root.contents.0.upstream.openpgpKeys');
  expect(problemsOf({ type: 'file', verify: 'openpgp', upstream: keys() }).join()).toContain(
    'rule.upstream root.verify',
  );
  expect(problemsOf(inZip(keys(), { follows: { format: 'checksums' } })).join()).toContain(
    'writes the file anew',
  );
});

test('a key of another fingerprint, twice, revoked or broken is refused at its line', async () => {
  const revocation = await openPgpRevocation(signer.key, signer.signAbout);
  const { certificate } = publishedOpenPgpKey(signer.key, signer.certificate, revocation);
  const cases: readonly (readonly [Upstream, RegExp])[] = [
    [keys({ fingerprint: 'A'.repeat(40) }), /its fingerprint is [0-9A-F]{40}/],
    [{ openpgpKeys: [...(keys().openpgpKeys ?? []), ...(keys().openpgpKeys ?? [])] }, /listed twice/],
    [keys({ key: armor('PGP PUBLIC KEY BLOCK', certificate) }), /it is revoked/],
    [keys({ key: signer.certificate.replace(/\n[A-Za-z0-9+/]{64}\n/, '\n') }), /can’t be used/],
    [keys({ key: signer.certificate.replaceAll('PUBLIC', 'PRIVATE') }), /can’t be used/],
  ];
  for (const [upstream, message] of cases) {
    const found = problemsOf(inZip(upstream));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^rule\.upstream-key root\.contents\.0\.upstream\.openpgpKeys\.[01]\.key/);
    expect(found[0]).toMatch(message);
  }
});
