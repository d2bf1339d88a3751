import type { PolicyLocation } from '../wire/finding/index.ts';
import { validateDefinition, validators } from './compile-schemas.ts';
import type { KindValues } from './compile-schemas.ts';
import { diagnosticAt, inOrder } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { AnyPolicyDocument, DocumentPath, PolicyDocument } from './document.ts';
import { explainSchemaErrors } from './explain-schema-errors.ts';
import { schemas } from '../generated/index.ts';
import type { Kind } from '../generated/index.ts';
import { findOffset } from './offsets.ts';
import { pointerOf } from './pointer.ts';
import { PolicyError } from './policy-error.ts';
import { readYaml } from './read-yaml.ts';
import type { YamlContent } from './read-yaml.ts';
import { parseRepositoryPath, pathOfKind } from './repository-path.ts';
import { byMeantMember } from './schema-unions.ts';
import { decodeSource } from './source-text.ts';

export type ParsedFile<Document> =
  | { readonly ok: true; readonly document: Document }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Errors of ajv's that are explained: each is compared with each, a value can have several, and nobody reads as many. */
const errorsMax = 1000;

/**
 * One file of the policy repository → document of the kind that its path requires.
 *
 * Bytes are read as YAML 1.2 within the limits of `readYaml` and 256 KiB, then validated against the kind's
 * JSON Schema, unknown keys being errors. References between files are checked by `loadSnapshot`.
 */
export function parsePolicyFile(file: { path: string; bytes: Uint8Array }): ParsedFile<AnyPolicyDocument> {
  const place = parseRepositoryPath(file.path);
  const start = { file: file.path, line: 1, column: 1 };
  if (!place.ok) return refuse(diagnosticAt(start, 'file.path', place.message, place.fix));
  if (place.path === null) {
    return refuse(diagnosticAt(start, 'file.path', 'This is not a policy file.', 'It is not validated.'));
  }
  return parseDocumentOfKind(file, place.path.kind);
}

/** As `parsePolicyFile`, for a kind that is known. */
export function parseDocumentOfKind<K extends Kind>(
  { path, bytes }: { path: string; bytes: Uint8Array },
  kind: K,
): ParsedFile<PolicyDocument<KindValues[K]>> {
  const decoded = decodeSource(path, bytes);
  if (!decoded.ok) return refuse(decoded.diagnostic);
  const read = readYaml(decoded.source, { places: false });
  if (!read.ok) return { ok: false, diagnostics: inOrder(read.diagnostics) };
  const { value } = read.content;
  const validate = validators[kind];
  // Where everything stands is looked up for what is wrong, and when somebody asks: it takes more memory than the values themselves.
  if (checkHeader(read.content, path, kind) === null && validate(value))
    return { ok: true, document: { value, file: path, locate: locator(bytes, path, read.content) } };
  const content = withPlaces(bytes, path);
  const header = checkHeader(content, path, kind);
  if (header !== null) return refuse(header);
  const found = (validate.errors ?? []).slice(0, errorsMax);
  const meant = byMeantMember(found, schemas[kind], (ref, part) => validateDefinition(kind, ref, part));
  const errors = explainSchemaErrors(meant, content, path, schemas[kind]);
  return { ok: false, diagnostics: inOrder(errors) };
}

/** The same bytes read again, with where everything in them stands. They have been read before, so they can be. */
function withPlaces(bytes: Uint8Array, path: string): YamlContent {
  const decoded = decodeSource(path, bytes);
  const read = decoded.ok ? readYaml(decoded.source) : null;
  if (read?.ok !== true) throw new PolicyError('SNAPSHOT_INCONSISTENT', path);
  return read.content;
}

function refuse(diagnostic: Diagnostic): { ok: false; diagnostics: readonly Diagnostic[] } {
  return { ok: false, diagnostics: [diagnostic] };
}

/** Checked first, since they make all other messages misleading: no keys at all, another version, another kind. */
function checkHeader(content: YamlContent, file: string, kind: Kind): Diagnostic | null {
  const { value, values } = content;
  const at = (pointer: string): PolicyLocation => values.get(pointer) ?? { file, line: 1, column: 1 };
  const begin = `Start it with \`apiVersion: countersign/v1\` and \`kind: ${kind}\`.`;
  if (value === null) return diagnosticAt(at(''), 'file.empty', 'The file is empty.', begin);
  if (typeof value !== 'object' || Array.isArray(value)) {
    return diagnosticAt(at(''), 'schema.value', 'The file must be a group of keys.', begin);
  }
  const { apiVersion, kind: written } = value as { apiVersion?: unknown; kind?: unknown };
  if (typeof apiVersion === 'string' && apiVersion !== 'countersign/v1') {
    const message = `Version ${JSON.stringify(apiVersion.slice(0, 60))} is not known to this program.`;
    return diagnosticAt(at('/apiVersion'), 'schema.version', message, 'Write `countersign/v1`.');
  }
  if (typeof written === 'string' && written !== kind) {
    const belongs = Object.hasOwn(pathOfKind, written)
      ? `or move the file to ${pathOfKind[written as Kind]}`
      : 'the only kind for this path';
    const message = `A file at this path has kind ${kind}, not ${JSON.stringify(written.slice(0, 60))}.`;
    return diagnosticAt(at('/kind'), 'schema.kind', message, `Write \`kind: ${kind}\`, ${belongs}.`);
  }
  return null;
}

function locator(
  bytes: Uint8Array,
  file: string,
  { value, offsets }: Pick<YamlContent, 'value' | 'offsets'>,
): (path: DocumentPath) => PolicyLocation {
  if (offsets === null) return locatorByReading(bytes, file);
  return (path) => {
    const decoded = decodeSource(file, bytes);
    if (!decoded.ok) throw new PolicyError('SNAPSHOT_INCONSISTENT', file);
    return decoded.source.locate(findOffset(value, offsets, path));
  };
}

/** Of few files: long ones, and such with numbers for names. */
function locatorByReading(bytes: Uint8Array, file: string): (path: DocumentPath) => PolicyLocation {
  let kept: WeakRef<YamlContent> | null = null;
  return (path) => {
    const content = kept?.deref() ?? withPlaces(bytes, file);
    kept = new WeakRef(content);
    let found = content.values.get('') ?? { file, line: 1, column: 1 };
    let pointer = '';
    for (const step of path) {
      pointer = pointerOf(pointer, step);
      const next = content.values.get(pointer);
      if (next === undefined) return found;
      found = next;
    }
    return found;
  };
}
