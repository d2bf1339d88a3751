import { describe, expect, test } from 'vitest';
import type { FileSign } from '../generated/index.ts';
import { configuration, problems, sign, signed, zip, type Contents } from './configuration.fixture.ts';
import { ArtifactError, compileConfiguration, configurationProblems } from './index.ts';

describe('what this version can’t do yet', () => {
  const at = { path: 'x' };
  const types: readonly [string, Contents[number], string][] = [
    ['appx', { type: 'appx', ...at, sign }, 'sign app packages (appx)'],
    ['msix', { type: 'msix', ...at, sign }, 'sign app packages (msix)'],
    [
      'an append to a catalog',
      { type: 'catalog', ...at, sign: { ...sign, existingSignature: 'append' } },
      'sign catalog files that are signed already (append)',
    ],
    ['opc', { type: 'opc', ...at, sign: { method: 'opc' } }, 'sign OPC packages (opc)'],
    ['apk', { type: 'apk', ...at, sign: { method: 'apk' } }, 'sign Android packages (apk)'],
    ['rpm', { type: 'rpm', ...at, sign: { method: 'rpm' } }, 'sign RPM packages (rpm)'],
    ['deb', { type: 'deb', ...at, sign: { method: 'debsigs' } }, 'sign Debian packages (deb)'],
    ['xml', { type: 'xml', ...at, sign: { method: 'xml' } }, 'sign XML documents (xml)'],
    [
      'office',
      { type: 'office-oxml', ...at, sign: { method: 'office-macro' } },
      'sign Office documents (office-oxml)',
    ],
    ['oci', { type: 'oci', ...at, sign: { method: 'cosign' } }, 'sign container images (oci)'],
    [
      'directory',
      { type: 'directory', ...at, contents: [signed], sign: { method: 'clickonce' } },
      'sign ClickOnce manifests in directories',
    ],
    ['smime', { type: 'file', ...at, sign: { method: 'smime' } }, 'sign plain files (smime)'],
    [
      'two hashes of a catalog',
      { type: 'catalog', ...at, sign: { ...sign, hashAlgorithm: ['sha256', 'sha512'] } },
      'sign catalog files with sha256 and sha512',
    ],
  ];
  test.each(types)('is refused with its name: %s', (_, element, what) => {
    const found = configurationProblems(zip([signed, element]));
    expect(found.map(({ message }) => message)).toEqual([`This version of the signer can’t ${what} yet.`]);
    expect(found[0]?.path.slice(0, 3)).toEqual(['root', 'contents', 1]);
    expect(() => compileConfiguration(zip([signed, element]))).toThrow(ArtifactError);
  });

  test('is refused at the root and in sets too', () => {
    expect(problems(configuration({ type: 'oci', sign: { method: 'cosign' } }))).toEqual([
      'rule.unsupported root/type',
    ]);
    const set: Contents[number] = {
      type: 'set',
      include: [at],
      each: { type: 'oci', sign: { method: 'cosign' } },
    };
    expect(problems(zip([signed, set]))).toEqual(['rule.unsupported root/contents/1/each/type']);
  });

  test('what is verified can’t be refused for being signed', () => {
    const both = { type: 'pe', verify: 'authenticode', sign } as const;
    expect(problems(configuration(both))).toEqual(['rule.verify-refuse root/sign/existingSignature']);
    const kept = { ...both, sign: { ...sign, existingSignature: 'append' } } as const;
    expect(problems(configuration(kept))).toEqual([]);
  });

  test('a signature beside a file needs a container that it can be put into', () => {
    const file = { type: 'file', sign: { method: 'cms' } } as const;
    const alone = configuration(file);
    expect(problems(alone)).toEqual(['rule.signature-file root/sign']);
    expect(() => compileConfiguration(alone)).toThrow(ArtifactError);
    for (const type of ['zip', 'tar', 'tar.gz'] as const)
      expect(problems(configuration({ type, contents: [{ ...file, ...at }] }))).toEqual([]);
  });

  test('settings of another method than the one chosen are refused', () => {
    const signed = (sign: FileSign) => problems(zip([{ type: 'file', ...at, sign }]));
    const at0 = 'root/contents/0/sign';
    expect(signed({ method: 'dsse', encoding: 'pem' })).toEqual([`rule.sign-method ${at0}/encoding`]);
    expect(signed({ method: 'cms', payloadType: 'a/b' })).toEqual([`rule.sign-method ${at0}/payloadType`]);
  });

  test('a package can’t be signed by the method of another', () => {
    const one = configuration({ type: 'deb', sign: { method: 'rpm' } });
    expect(problems(one)).toEqual(['rule.sign-method root/sign/method', 'rule.unsupported root/type']);
  });
});
