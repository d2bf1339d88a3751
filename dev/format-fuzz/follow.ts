/**
 * Lists that follow signatures: of what is taken, another reader (JSON's own, the package yaml, lines) sees the signed file's values where it saw the
 * unsigned one's, everything else as it was, and no value of the unsigned file left anywhere.
 */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { FormatError } from '#core/formats/format.ts';
import { afterSigning, base64, followOne, hex, program, signedProgram } from '#core/follow/world.fixture.ts';
import type { FollowFormatId } from '#core/follow/follow.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';

interface Lists {
  readonly id: FollowFormatId;
  /** As the fuzzer calls it, where its format’s name isn’t enough. */
  readonly kind?: string;
  readonly name: string;
  readonly seeds: readonly string[];
  readonly read: (text: string) => unknown;
}

const sha256 = hex('sha256', program);
const sha512 = base64('sha512', program);
const size = program.length;

const lists: readonly Lists[] = [
  {
    id: 'checksums',
    name: 'SHA256SUMS',
    seeds: [
      `${sha256}  app.exe\n${hex('sha256', 'x')} *x.txt\n`,
      `SHA256 (app.exe) = ${sha256}\nMD5 (app.exe) = ${hex('md5', program)}\n`,
    ],
    read: (text) => text.split('\n'),
  },
  {
    id: 'electron-updater',
    name: 'latest.yml',
    seeds: [
      `version: 1.2.3\nfiles:\n  - url: app.exe\n    sha512: ${sha512}\n    size: ${size}\npath: app.exe\nsha512: ${sha512}\nreleaseNotes: |-\n  size: 10\n`,
    ],
    read: (text) => parse(text) as unknown,
  },
  {
    id: 'winget',
    name: 'a.installer.yaml',
    seeds: [
      `PackageVersion: 1.2.3 # of all\nInstallers:\n- InstallerUrl: https://example.org/app.exe\n  InstallerSha256: ${sha256.toUpperCase()}\nManifestType: installer\n`,
    ],
    read: (text) => parse(text) as unknown,
  },
  {
    id: 'scoop',
    name: 'app.json',
    seeds: [
      `{ "version": "1.2.3", "url": "https://example.org/app.exe", "hash": "${sha256}" }\n`,
      `{ "architecture": { "64bit": { "url": ["https://example.org/app.exe"], "hash": ["sha512:${hex('sha512', program)}"] } } }`,
    ],
    read: (text) => JSON.parse(text) as unknown,
  },
  {
    id: 'cyclonedx',
    name: 'bom.json',
    seeds: [
      `{ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{ "type": "file", "name": "app.exe", "hashes": [{ "alg": "SHA-256", "content": "${sha256}" }] }] }`,
    ],
    read: (text) => JSON.parse(text) as unknown,
  },
  {
    id: 'cyclonedx',
    kind: 'cyclonedx-xml',
    name: 'bom.xml',
    seeds: [
      `<?xml version="1.0" encoding="utf-8"?>\r\n<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component type="file"><name>app.exe</name><hashes><hash alg="SHA-256">${sha256}</hash></hashes></component></components></bom>`,
    ],
    read: (text) => text.split(/([<>"])/),
  },
  {
    id: 'spdx',
    name: 'bom.spdx.json',
    seeds: [
      `{ "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{ "type": "software_File", "name": "./app.exe", "verifiedUsing": [{ "type": "Hash", "algorithm": "sha256", "hashValue": "${sha256}" }] }] }`,
      `{ "spdxVersion": "SPDX-2.3", "files": [{ "SPDXID": "SPDXRef-a", "fileName": "./app.exe", "checksums": [{ "algorithm": "SHA1", "checksumValue": "${hex('sha1', program)}" }, { "algorithm": "SHA256", "checksumValue": "${sha256}" }] }] }`,
    ],
    read: (text) => JSON.parse(text) as unknown,
  },
];

/** As words of their own: what letters and digits run on from is no digest to anybody. */
const strong = [
  new RegExp(`(?<![0-9a-z])(?:${sha256}|${hex('sha512', program)})(?![0-9a-z])`, 'i'),
  new RegExp(`(?<![0-9A-Za-z+/])${sha512.replaceAll('+', '\\+')}(?!=)`),
];

async function judge({ id, name, read }: Lists, bytes: Uint8Array): Promise<string> {
  const outcome = await followOne(id, name, bytes);
  const [refused] = outcome.refused;
  if (refused !== undefined) throw new FormatError('REFUSED', refused, '');
  const before = Buffer.from(bytes).toString('utf8');
  const after = outcome.written[name] ?? before;
  const [left] = strong.flatMap((digest) => digest.exec(after) ?? []);
  if (left !== undefined) throw new Error(`a value of the unsigned file is left: ${left}`);
  if (after === before) return 'nothing follows';
  if (!isDeepStrictEqual(asSigned(read(before)), asSigned(read(after))))
    throw new Error(`another reader sees other values changed: ${JSON.stringify(outcome.changes)}`);
  return after;
}

/** Every leaf as it is once the program is signed; of a signed one, as it is. */
function asSigned(value: unknown): unknown {
  // Digits may be of both cases.
  if (typeof value === 'string')
    return afterSigning(value.replaceAll(/[0-9a-f]{32,}/gi, (digits) => digits.toLowerCase()));
  // A size stands beside a name; which one it is, the digests tell.
  if (typeof value === 'number') return value === size ? signedProgram.length : value;
  if (Array.isArray(value)) return value.map(asSigned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asSigned(one)]));
}

export const followFuzzes: readonly FuzzedFormat[] = lists.map((one) => ({
  name: one.kind ?? one.id,
  seeds: () => Promise.resolve(one.seeds.map((text) => Buffer.from(text))),
  async read(bytes) {
    const meaning = await judge(one, bytes);
    // Each list is another one: what a signature of it states is all of it.
    return { digest: hex('sha256', Buffer.from(bytes)), meaning };
  },
}));
