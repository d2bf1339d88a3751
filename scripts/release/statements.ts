/** What is said of a release beside it: its bill of materials, where it comes from, its digests. Pure. */
import { createHash } from 'node:crypto';
import type { Manifest } from './manifest.ts';

export interface ReleaseFile {
  readonly name: string;
  readonly sha256: string;
}

export interface ReleaseSource {
  /** null: there were changes that no commit has. */
  readonly commit: string | null;
  /** Where the repository is said to be; null: nowhere. */
  readonly repository: string | null;
  /** Of the commit, in seconds since 1970: it stands for every time in the release. */
  readonly epochSeconds: number;
}

/** npm's CycloneDX document, less what differs from run to run: its time is the commit's, its number follows from its content. */
export function billOfMaterials(drawn: Manifest, epochSeconds: number): string {
  const { metadata, serialNumber: _drawn, ...rest } = drawn;
  const { component, ...others } = metadata as Manifest;
  const at = new Date(epochSeconds * 1000).toISOString();
  const document = {
    ...rest,
    metadata: {
      ...others,
      timestamp: at,
      // npm takes the folder's name for the application's.
      component: { ...(component as Manifest), name: 'countersign', type: 'application' },
    },
  };
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('hex');
  return `${JSON.stringify({ ...document, serialNumber: `urn:uuid:${asUuid(digest)}` }, null, 2)}\n`;
}

/** A UUID of version 8 (RFC 9562, 5.8): its bits are a digest's. */
function asUuid(digest: string): string {
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}

/**
 * An in-toto statement with SLSA's provenance (https://slsa.dev/spec/v1.0/provenance), not signed: it says what was built from what, and
 * whoever builds in a system with an identity signs it there. `builder`: the address of that system, null where there is none.
 */
export function provenance(input: {
  readonly subjects: readonly ReleaseFile[];
  readonly source: ReleaseSource;
  readonly lockSha256: string;
  readonly nodeVersion: string;
  readonly builder: string | null;
}): string {
  const { subjects, source, lockSha256, nodeVersion, builder } = input;
  const repository = source.repository ?? 'urn:countersign:repository:unnamed';
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:countersign:build:package:1',
        externalParameters: { command: 'npm run package', repository },
        internalParameters: { node: nodeVersion },
        resolvedDependencies: [
          ...(source.commit === null
            ? []
            : [{ uri: `git+${repository}`, digest: { gitCommit: source.commit } }]),
          { name: 'package-lock.json', digest: { sha256: lockSha256 } },
        ],
      },
      runDetails: { builder: { id: builder ?? 'urn:countersign:builder:unidentified' } },
    },
  };
  return `${JSON.stringify(statement, null, 2)}\n`;
}

/** As sha256sum --check reads it. */
export const digestList = (files: readonly ReleaseFile[]): string =>
  files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
