import type { Bundle } from '@sigstore/bundle';
import { fail, pass } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import type { AttestationKind, LocateInOrigin } from './compared.ts';

/** What a bundle's signature is over, before anybody asks whether that proves a build. */
export type SignedStatement =
  | { readonly kind: 'message' }
  | {
      readonly kind: 'statement';
      readonly predicateType: string;
      readonly predicate: unknown;
      readonly subject: unknown;
    }
  | { readonly kind: 'unreadable'; readonly problem: string; readonly found: string | null };

const inTotoPayload = 'application/vnd.in-toto+json';
const statementTypes: readonly unknown[] = [
  'https://in-toto.io/Statement/v1',
  'https://in-toto.io/Statement/v0.1',
];

const unreadable = (problem: string, found: string | null = null): SignedStatement => ({
  kind: 'unreadable',
  problem,
  found,
});

/**
 * Bundle → the one in-toto statement in its envelope, or that it signs the file's bytes themselves. Types are compared
 * exactly. Rejects envelopes with any number of signatures but one, and JSON that two readers could read differently.
 */
export function readStatement(bundle: Bundle): SignedStatement {
  const { content } = bundle;
  if (content.$case === 'messageSignature') return { kind: 'message' };
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  if (signatures.length !== 1) return unreadable(`its envelope has ${signatures.length} signatures, not one`);
  if (payloadType !== inTotoPayload)
    return unreadable('its payload is no in-toto statement', shown(payloadType));
  const statement = parseObject(payload);
  if (statement === null || !statementTypes.includes(statement['_type'])) {
    return unreadable('its payload is no in-toto statement of version 0.1 or 1');
  }
  const { predicateType, predicate, subject } = statement;
  if (typeof predicateType !== 'string') return unreadable('its statement has no predicateType');
  return { kind: 'statement', predicateType, predicate, subject };
}

const provenance: Readonly<Record<string, AttestationKind>> = {
  'https://slsa.dev/provenance/v1': 'slsa-provenance-v1',
  'https://slsa.dev/provenance/v0.2': 'slsa-provenance-v0.2',
};

/** Statements that projects publish beside their provenance, by how their types begin. */
const otherStatements: readonly (readonly [prefix: string, what: string])[] = [
  ['https://spdx.dev/Document', 'a list of what the file is made of (SBOM)'],
  ['https://cyclonedx.org/bom', 'a list of what the file is made of (SBOM)'],
  ['https://in-toto.io/attestation/test-result/', 'the result of a test'],
  ['https://slsa.dev/verification_summary/', 'what somebody else’s verification came to'],
  ['https://in-toto.io/attestation/release/', 'that the file belongs to a release'],
  ['https://github.com/npm/attestation/', 'that the file was published on npm'],
  ['https://in-toto.io/attestation/vulns', 'the result of a scan for vulnerabilities'],
];

/** What this kind of proof is called in a policy; null: it proves no build. */
export function attestationKind(statement: SignedStatement): AttestationKind | null {
  if (statement.kind === 'message') return 'signature';
  if (statement.kind === 'unreadable') return null;
  const { predicateType, predicate } = statement;
  const kind = Object.hasOwn(provenance, predicateType) ? provenance[predicateType] : undefined;
  return kind !== undefined && namesBuildType(kind, predicate) ? kind : null;
}

/** Provenance of either version has to say by which kind of build the file was made; nothing else is read from it. */
function namesBuildType(kind: AttestationKind, predicate: unknown): boolean {
  const definition = kind === 'slsa-provenance-v1' ? member(predicate, 'buildDefinition') : predicate;
  const buildType = member(definition, 'buildType');
  return typeof buildType === 'string' && buildType !== '';
}

/**
 * Whether a signature states that the file was built, in a way that the policy accepts: a signature counts for what it
 * states, and an SBOM or a test result by the right workflow is no provenance. `attest`: how the provider's builds attest.
 */
export function judgeStatement(
  statement: SignedStatement,
  accepted: readonly AttestationKind[],
  { locate, attest }: { readonly locate: LocateInOrigin; readonly attest: string },
): Finding {
  const about = {
    rule: 'origin.statement',
    expected: accepted.join(', '),
    policy: locate(['attestations']),
  };
  if (statement.kind === 'unreadable') {
    const message = `The attestation can't be read: ${statement.problem}.`;
    return fail({ ...about, message, found: statement.found, fix: attest });
  }
  const kind = attestationKind(statement);
  const found = statement.kind === 'message' ? 'signature' : shown(statement.predicateType);
  if (kind !== null && accepted.includes(kind)) {
    const message =
      kind === 'signature'
        ? 'The build’s certificate signed the file itself; the policy accepts that.'
        : 'The signature states how the file was built.';
    return pass({ ...about, message, found });
  }
  if (kind === 'signature') {
    const message = 'The bundle is a bare signature over the file: it doesn’t state that the file was built.';
    const fix = `${attest} Or list signature under attestations in the policy.`;
    return fail({ ...about, message, found, fix });
  }
  if (kind !== null) {
    const message = `The signature states how the file was built, in a form that the policy doesn’t accept: ${kind}.`;
    const fix = `Attest in one of the accepted forms, or add ${kind} to attestations in the policy.`;
    return fail({ ...about, message, found, fix });
  }
  return fail({ ...about, message: `${refusalOf(statement)}.`, found, fix: attest });
}

function refusalOf(statement: SignedStatement): string {
  if (statement.kind !== 'statement') return 'The signature states nothing about a build';
  const { predicateType } = statement;
  if (Object.hasOwn(provenance, predicateType)) {
    return 'The attestation calls itself provenance and names no buildType, so it doesn’t say how the file was built';
  }
  const other = otherStatements.find(([prefix]) => predicateType.startsWith(prefix));
  const states = other === undefined ? 'something else' : other[1];
  return `The signature doesn’t state how the file was built, but ${states}`;
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return isRecord(value) && Object.keys(value).length === countMembers(text) ? value : null;
  } catch (error) {
    // Both ways to be no JSON text: malformed UTF-8 (TypeError) and malformed JSON.
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** Text of a JSON object → how many members it has of its own, each repetition counted: others may read the first one. */
function countMembers(json: string): number {
  let depth = 0;
  let members = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (token === ':' && depth === 1) members += 1;
  }
  return members;
}

function member(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const shown = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '\uFFFD').slice(0, 200);
