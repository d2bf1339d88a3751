import type { JsonValue } from '#core/json/index.ts';
import type { Subject } from './provenance.ts';

/** Statements that workflows sign beside provenance; none of them proves that the file was built. */
export const otherStatements = {
  'sbom-spdx': {
    predicateType: 'https://spdx.dev/Document/v2.3',
    predicate: { spdxVersion: 'SPDX-2.3', name: 'widget', packages: [] },
  },
  'sbom-cyclonedx': {
    predicateType: 'https://cyclonedx.org/bom',
    predicate: { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] },
  },
  'test-failed': {
    predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
    predicate: { result: 'FAILED', configuration: [], failedTests: ['all of them'] },
  },
  'verification-failed': {
    predicateType: 'https://slsa.dev/verification_summary/v1',
    predicate: {
      verifier: { id: 'https://verifier.example' },
      timeVerified: '2026-01-01T00:00:00Z',
      resourceUri: 'pkg:generic/widget',
      policy: { uri: 'https://verifier.example/policy' },
      verificationResult: 'FAILED',
      verifiedLevels: [],
    },
  },
  release: {
    predicateType: 'https://in-toto.io/attestation/release/v0.2',
    predicate: { repository: 'example/widget', tag: 'v1.0.0' },
  },
  'npm-publish': {
    predicateType: 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1',
    predicate: { name: 'widget', version: '1.0.0', registry: 'https://packages.example' },
  },
} as const satisfies Readonly<Record<string, { predicateType: string; predicate: JsonValue }>>;

export type OtherStatement = keyof typeof otherStatements;

/** in-toto statement v1 of another kind than provenance, about these files. */
export function otherStatement(kind: OtherStatement, subjects: readonly Subject[]): JsonValue {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects.map((subject) => ({ name: subject.name, digest: { ...subject.digest } })),
    ...otherStatements[kind],
  };
}
