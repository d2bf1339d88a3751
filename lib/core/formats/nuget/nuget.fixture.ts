/** NuGet packages as `dotnet pack` lays them out, and broken ones; and a signer for them. */
import { sign as rawSign } from 'node:crypto';
import { collect } from '../archive/stream.fixture.ts';
import type { NugetSign } from '../../generated/index.ts';
import type { TestSigner } from '../../pki/cms/signer.fixture.ts';
import { memorySource } from '../random-access.ts';
import { zip, type ZipPart } from '../zip/zip.fixture.ts';
import { nugetSigning } from './sign.ts';

const namespace = 'http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd';

export interface NuspecOptions {
  readonly id?: string;
  readonly version?: string;
  /** XML after id and version. */
  readonly more?: string;
}

const usual =
  '<authors>The Widget team</authors><repository type="git" url="https://example.org/widget" commit="5f1d3c2b" />';

export function nuspec({ id = 'Widget', version = '1.2.0', more = usual }: NuspecOptions = {}): string {
  return `\uFEFF<?xml version="1.0" encoding="utf-8"?>\r\n<package xmlns="${namespace}">\r\n  <metadata>
    <id>${id}</id>\r\n    <version>${version}</version>${more}\n  </metadata>\n</package>`;
}

/** → package; `parts` stand behind what every package has. */
export function nupkg(
  parts: readonly ZipPart[] = [{ name: 'lib/net8.0/Widget.dll', content: 'MZ library' }],
  {
    spec = nuspec(),
    ...options
  }: Parameters<typeof zip>[1] & { readonly spec?: string | Uint8Array | null } = {},
): Buffer {
  return zip(
    [
      { name: '_rels/.rels', content: '<Relationships/>' },
      ...(spec === null ? [] : [{ name: 'Widget.nuspec', content: spec }]),
      ...parts,
      { name: '[Content_Types].xml', content: '<Types/>' },
    ],
    options,
  );
}

export const signatureTime = new Date('2026-11-29T12:00:00Z');

/** The way of one package through signing; `stamp` gives a timestamp over the raw signature. */
export async function signPackage(
  signer: TestSigner,
  unsigned: Uint8Array,
  {
    sign = { method: 'nuget' },
    stamp = () => null,
  }: { readonly sign?: NugetSign; readonly stamp?: (signature: Uint8Array) => Uint8Array | null } = {},
) {
  const source = memorySource(unsigned);
  const subject = await nugetSigning.subject(source, sign);
  const by = { certificate: signer.certificate, chain: [signer.root], time: signatureTime };
  const toBeSigned = nugetSigning.toBeSigned(subject, sign, by);
  const signature = Uint8Array.from(rawSign(nugetSigning.hash(sign), toBeSigned, signer.key));
  const timestampToken = stamp(signature);
  const parts = { subject, toBeSigned, signature, signer: by, timestampToken };
  const p7s = nugetSigning.assemble(parts, sign);
  const signed = await collect(nugetSigning.embed(source, p7s, sign));
  const read = await nugetSigning.readBack(source, memorySource(signed), p7s, sign);
  return { subject, toBeSigned, signature, timestampToken, p7s, signed, read };
}
