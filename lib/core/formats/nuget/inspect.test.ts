import { describe, expect, test } from 'vitest';
import type { NugetMetadata } from '../../generated/index.ts';
import { parseSha256Hex } from '../../ids/index.ts';
import { createTestSigner } from '../../pki/cms/signer.fixture.ts';
import { memorySource } from '../random-access.ts';
import { zip, type ZipPart } from '../zip/zip.fixture.ts';
import type { NugetCheck } from './check.ts';
import { nugetFormat } from './format.ts';
import { nupkg, nuspec, signPackage } from './nuget.fixture.ts';

const sign = { method: 'nuget' } as const;
const sha256 = parseSha256Hex('ab'.repeat(32));
const about = { policy: null, path: ['a.nupkg'], sha256 };

function inspect(
  bytes: Uint8Array,
  asked: { check?: NugetCheck; carries?: readonly string[]; signed?: boolean } = {},
) {
  const { metadata = {} } = asked.check ?? {};
  const context = { ...about, check: asked.check === undefined ? null : { metadata: { ...metadata } } };
  return nugetFormat.inspect(memorySource(bytes), {
    ...context,
    sign: asked.signed === false ? null : sign,
    sizeBytes: bytes.length,
    carries: asked.carries ?? [],
    digestsWanted: false,
  });
}

const rules = async (...args: Parameters<typeof inspect>) =>
  (await inspect(...args)).findings.map(({ outcome, rule }) => `${outcome} ${rule}`);

const signer = createTestSigner('Packages');
const signed = (await signPackage(signer, nupkg())).signed;

test('a package is inspected, with facts for later policies and what a signature would state', async () => {
  const report = await inspect(nupkg());
  expect(report.findings.map(({ rule }) => rule)).toEqual(['nuget.structure', 'nuget.unsigned']);
  expect(report.facts).toEqual({
    type: 'nuget',
    signed: false,
    kind: 'library',
    texts: {
      Id: 'Widget',
      Version: '1.2.0',
      Authors: 'The Widget team',
      RepositoryUrl: 'https://example.org/widget',
      RepositoryCommit: '5f1d3c2b',
    },
  });
  expect(report.target).toMatchObject({ kind: { kind: 'library' } });
  expect(Buffer.from(report.target?.subject?.content ?? []).toString()).toContain('Version:1\n\n');
});

test('a package that is signed already is refused, with who signed it', async () => {
  const report = await inspect(signed);
  const refused = report.findings.at(-1);
  expect(refused).toMatchObject({ outcome: 'fail', rule: 'nuget.already-signed' });
  expect(refused?.message).toContain('signed already by its author,');
  expect(report).toMatchObject({ target: null, facts: { signed: true } });
  const broken = nupkg([{ name: '.signature.p7s', content: 'rubbish' }]);
  expect((await inspect(broken)).findings.at(-1)?.message).toContain('a signature that can’t be read,');
  const huge = nupkg([{ name: '.signature.p7s', content: new Uint8Array(1024 * 1024 + 1) }]);
  expect((await inspect(huge)).findings.at(-1)?.message).toContain('too large');
});

test('a package that is signed already is taken where its signature is to be replaced', async () => {
  const asked = { sign: { method: 'nuget', existingSignature: 'replace' }, check: null } as const;
  const context = { ...about, ...asked, sizeBytes: 1, carries: [], digestsWanted: false };
  const report = await nugetFormat.inspect(memorySource(signed), context);
  expect(report.findings.map(({ rule, outcome }) => `${outcome} ${rule}`)).toEqual([
    'pass nuget.structure',
    'info nuget.signed',
  ]);
  expect(report.target?.subject).toEqual((await inspect(nupkg())).target?.subject);
  const rejudged = nugetFormat.rejudge(report.facts, { ...about, ...asked });
  expect(rejudged).toEqual({ findings: [], missing: null });
  expect(nugetFormat.describe(asked).sign).toContain('in place of any signature');
});

test('a package that isn’t to be signed may be signed', async () => {
  expect(await rules(signed, { signed: false })).toEqual(['pass nuget.structure', 'info nuget.signed']);
  expect(await rules(nupkg(), { signed: false })).toEqual(['pass nuget.structure']);
});

test('what can’t be read is refused with the rule of what is wrong', async () => {
  expect(await rules(zip([{ name: 'a' }]))).toEqual(['fail nuget.no-nuspec']);
  expect(await rules(nupkg([], { spec: '<a/>' }))).toEqual(['fail nuget.nuspec-invalid']);
  expect(await rules(Buffer.from('no zip'))).toEqual(['fail archive.wrong-format']);
});

describe('the kind', () => {
  const types = (...names: readonly string[]) =>
    nuspec({
      more: `<packageTypes>${names.map((name) => `<packageType name="${name}"/>`).join('')}</packageTypes>`,
    });
  test.each<[string, string, readonly ZipPart[], string]>([
    ['a tool', types('Dependency', 'DotnetTool'), [], 'program'],
    ['a type that isn’t known', types('Surprise'), [], 'program'],
    [
      'a dependency, symbols and a template',
      types('dependency', 'SymbolsPackage', 'Template'),
      [],
      'library',
    ],
    ['a script of NuGet’s console', nuspec(), [{ name: 'tools/init.ps1' }], 'program'],
    [
      'a script in a framework’s folder, encoded',
      nuspec(),
      [{ name: 'tools/net%34/Install.PS1' }],
      'program',
    ],
    ['a program to start', nuspec(), [{ name: 'tools/x/run.exe' }], 'program'],
    ['a script elsewhere', nuspec(), [{ name: 'lib/tools/a.ps1' }], 'library'],
    ['a library in tools', nuspec(), [{ name: 'tools/a.dll' }], 'library'],
  ])('of %s', async (_title, spec, parts, kind) => {
    expect((await inspect(nupkg(parts, { spec }))).target?.kind.kind).toBe(kind);
  });
});

describe('metadata', () => {
  const asked: NugetMetadata = { id: 'Widget', version: '1.*', repositoryUrl: 'https://example.org/*' };

  test('that the configuration asks for has to match, each line', async () => {
    expect((await rules(nupkg(), { check: { metadata: asked } })).slice(1, 4)).toEqual(
      new Array(3).fill('pass nuget.metadata'),
    );
    const other = nupkg([], { spec: nuspec({ id: 'Gadget', more: '' }) });
    const { findings } = await inspect(other, {
      check: { metadata: { ...asked, authors: 'Us', repositoryCommit: '*' } },
    });
    expect(findings.filter(({ outcome }) => outcome === 'fail').map(({ message }) => message)).toEqual([
      'The package’s .nuspec states id "Gadget"; "Widget" is required.',
      'The package’s .nuspec states no authors; "Us" is required.',
      'The package’s .nuspec states no repository address; "https://example.org/*" is required.',
      'The package’s .nuspec states no repository commit; "*" is required.',
    ]);
  });

  test('is judged again from what was recorded', async () => {
    const bytes = nupkg();
    const { facts } = await inspect(bytes);
    const rejudge = (check: NugetMetadata | null, of = facts) =>
      nugetFormat.rejudge(of, { ...about, sign, check: check === null ? null : { metadata: { ...check } } });
    for (const check of [asked, { id: 'Gadget' }, { authors: '*team' }, { repositoryCommit: 'x' }]) {
      const now = (await inspect(bytes, { check: { metadata: check } })).findings.filter(
        ({ rule }) => rule === 'nuget.metadata',
      );
      expect(rejudge(check)).toEqual({ findings: now, missing: null });
    }
    expect(rejudge(null)).toEqual({ findings: [], missing: null });
    const long = await inspect(
      nupkg([], { spec: nuspec({ more: `<authors>${'A'.repeat(301)}</authors>` }) }),
    );
    expect(rejudge({ authors: 'A*' }, long.facts).missing).toContain('authors');
    expect(rejudge({ id: 'Widget' }, long.facts).missing).toBeNull();
    expect(rejudge(asked, null).missing).not.toBeNull();
    const again = rejudge(null, (await inspect(signed)).facts);
    expect(again.findings.map(({ rule }) => rule)).toEqual(['nuget.already-signed']);
  });

  test('and hashes are told on the public page', () => {
    const check = { metadata: { id: 'Widget', version: '1.*' } };
    expect(nugetFormat.describe({ sign: { ...sign, hashAlgorithm: 'sha512' }, check })).toEqual({
      sign: 'signed as NuGet packages are by their authors (SHA-512)',
      check: 'it must say id “Widget” and version “1.*”',
    });
    expect(nugetFormat.describe({ sign: null, check: null })).toEqual({ sign: '', check: '' });
  });
});

describe('a file that was declared as any file', () => {
  const undeclared = (bytes: Uint8Array) =>
    nugetFormat.inspectUndeclared(memorySource(bytes), {
      path: [],
      sha256,
      carries: [],
      digestsWanted: false,
    });

  test('is named where it is a package, with its signature', async () => {
    expect((await undeclared(nupkg()))?.findings.map(({ rule }) => rule)).toEqual(['nuget.undeclared']);
    const found = await undeclared(signed);
    expect(found?.findings.map(({ rule }) => rule)).toEqual(['nuget.undeclared', 'nuget.signed']);
    expect(found?.facts).toMatchObject({ type: 'nuget', signed: true });
  });

  test.each([
    ['another zip archive', zip([{ name: 'a' }])],
    ['a package that is broken', nupkg([], { spec: '<a>' })],
    ['no zip archive', Buffer.from('text')],
    ['an empty file', Buffer.alloc(0)],
  ])('is none of this format where it is %s', async (_title, bytes) => {
    expect(await undeclared(bytes)).toBeNull();
  });
});
