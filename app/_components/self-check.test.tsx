import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { SelfCheck } from './self-check.tsx';

type Files = Parameters<typeof SelfCheck>[0]['files'];

const signed = (...paths: readonly string[]) =>
  paths.map((path) => ({
    path,
    name: path,
    signaturePath: null,
    certificateSha256: '',
    timestampedAt: null,
  })) as unknown as Files;

/** Words are kept in one line each; that is no part of the command. */
const rendered = (files: Files): string =>
  renderToStaticMarkup(<SelfCheck files={files} certificates={[]} refused={false} />).replaceAll(
    /<span class="whitespace-nowrap">([^<]*)<\/span>/g,
    '$1',
  );

const commandsFor = (files: Files): readonly string[] =>
  [...rendered(files).matchAll(/<pre[^>]*><code>(\S+)[^<]* (\S+)<\/code>/g)].map(
    ([, program = '', file = '']) => `${program} ${file}`,
  );

it('has a command for the first file of each program that checks some of them', () => {
  expect(commandsFor(signed('a/one.exe', 'two.jar', 'three.dll', 'four.msi'))).toEqual([
    expect.stringMatching(/^osslsigncode .*one\.exe/) as string,
    expect.stringMatching(/^(?:jarsigner|keytool) /) as string,
  ]);
});

it('names a file that is signed itself, and in no archive, by its own name', () => {
  const [file] = signed('');
  const html = (name: string) => rendered([{ ...file, name }] as unknown as Files);
  expect(html('parcel.exe')).toMatch(/osslsigncode verify [^<]* -in parcel\.exe</);
  expect(html('parcel.jar')).toContain('parcel.jar</code>');
  expect(html('parcel.jar')).not.toContain('osslsigncode');
  expect(html('parcel.exe')).not.toContain('unpack');
});

it('has jarsigner read the root: from PKCS #12 it reads nothing without the password', () => {
  expect(rendered(signed('two.jar'))).toContain(
    'jarsigner -verify -strict -keystore root.p12 -storepass changeit two.jar',
  );
});
