import { describe, expect, it, test } from 'vitest';
import type { FormatType } from './format.ts';
import { outsideCheckOf } from './outside-check.ts';
import { formats } from './registry.ts';
import { signedAs, toldFacts } from './told-facts.ts';

const signable = (Object.keys(formats) as FormatType[]).filter((type) => formats[type].signing !== null);

describe('what a file says of itself', () => {
  it('is told in the words and the order of its format; what no format knows comes last, by its own name', () => {
    const texts = { Odd: 'x', UpgradeCode: '{1}', Manufacturer: 'Example', ProductName: 'Widget' };
    expect(toldFacts('msi', texts).map(({ words, text }) => [words, text])).toEqual([
      ['Product name', 'Widget'],
      ['Manufacturer', 'Example'],
      ['Upgrade code', '{1}'],
      ['Odd', 'x'],
    ]);
  });

  it('is told of a file that nothing expects, too', () => {
    const told = toldFacts(null, { 'Automatic-Module-Name': 'org.example', Id: 'Widget' });
    expect(told.map(({ words }) => words)).toEqual(expect.arrayContaining(['Module name', 'Package id']));
    expect(toldFacts('cab', null)).toEqual([]);
  });

  it.each(signable)('%s: keys of `metadata` are among its facts, and no two have one name', (type) => {
    const { facts, metadataKeys } = formats[type];
    expect(new Set(facts.map(({ name }) => name)).size).toBe(facts.length);
    expect(facts.length).toBeGreaterThanOrEqual(metadataKeys.length);
  });
});

describe('checking a signed file with other programs', () => {
  const checks = Object.values(formats).flatMap(({ outside }) => outside);
  const files = { file: 'F', signature: 'S', root: 'ROOT.pem', timestampRoot: 'TSA.pem' };

  test.each([
    ['a/widget.exe', null, 'osslsigncode verify -CAfile ROOT.pem -TSA-CAfile TSA.pem -in F'],
    ['Widget.MSI', null, 'osslsigncode verify'],
    ['x.ps1', null, 'osslsigncode verify'],
    ['x.jar', null, 'jarsigner -verify -strict'],
    ['x.nupkg', null, 'dotnet nuget verify --all F'],
    ['x.jar', 'x.jar.p7s', 'openssl cms -verify -binary -inform DER -in S -content F -CAfile ROOT.pem'],
    ['x.tgz', 'x.tgz.p7s.pem', '-inform PEM'],
    ['x.tgz', 'x.tgz.asc', 'gpg --verify S F'],
    ['x', 'x.dsse.json', 'openssl dgst -sha256'],
    ['x.tgz', 'x.tgz.sig', 'openssl dgst -sha256 -verify KEY.pem -signature S F'],
  ])('%s with its signature in %s', (path, signaturePath, command) => {
    expect(outsideCheckOf(checks, { path, signaturePath })?.command(files)).toContain(command);
  });

  it.each(signable)('%s: has one, and no ending has two programs', (type) => {
    expect(formats[type].outside.length).toBeGreaterThan(0);
    const endings = checks.filter(({ isBeside }) => !isBeside).flatMap((check) => check.endings);
    expect(new Set(endings).size).toBe(endings.length);
  });
});

it('a signature beside a file is told with its key and its file', () => {
  const { sign } = formats.file.compile({ type: 'file', sign: { method: 'openpgp' } } as never, undefined);
  expect(signedAs('file', sign ?? {})).toBe('OpenPGP, by the project’s own OpenPGP key; in ….asc');
  expect(signedAs('pe', {})).toBe('Authenticode');
  expect(signedAs('tar', {})).toBeNull();
});
