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

const commandsFor = (files: Files): readonly string[] =>
  [
    ...renderToStaticMarkup(<SelfCheck files={files} certificates={[]} refused={false} />).matchAll(
      /<pre[^>]*><code>(\S+)[^<]* (\S+)<\/code>/g,
    ),
  ].map(([, program = '', file = '']) => `${program} ${file}`);

it('has a command for the first file of each program that checks some of them', () => {
  expect(commandsFor(signed('a/one.exe', 'two.jar', 'three.dll', 'four.msi'))).toEqual([
    expect.stringMatching(/^osslsigncode .*one\.exe/) as string,
    expect.stringMatching(/^(?:jarsigner|keytool) /) as string,
  ]);
});

it('names a file that is signed itself, and in no archive, by its own name', () => {
  const [file] = signed('');
  const html = (name: string) =>
    renderToStaticMarkup(
      <SelfCheck files={[{ ...file, name }] as unknown as Files} certificates={[]} refused={false} />,
    );
  expect(html('parcel.exe')).toMatch(/osslsigncode verify [^<]* -in parcel\.exe</);
  expect(html('parcel.jar')).toContain('parcel.jar</code>');
  expect(html('parcel.jar')).not.toContain('osslsigncode');
  expect(html('parcel.exe')).not.toContain('unpack');
});

it('has jarsigner read the root: from PKCS #12 it reads nothing without the password', () => {
  const html = renderToStaticMarkup(
    <SelfCheck files={signed('two.jar')} certificates={[]} refused={false} />,
  );
  expect(html).toContain('jarsigner -verify -strict -keystore root.p12 -storepass changeit two.jar');
});
