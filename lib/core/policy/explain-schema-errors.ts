import type { ErrorObject } from 'ajv/dist/2020.js';
import type { PolicyLocation } from '../wire/finding/index.ts';
import { diagnosticAt } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import { explainSchemaError, suggestion, unknownKey } from './explain-schema-error.ts';
import { pointerOf } from './pointer.ts';
import type { YamlContent } from './read-yaml.ts';

/** ajv's errors → diagnostics with file, line, column and a fix; what only follows from another is left out. */
export function explainSchemaErrors(
  errors: readonly ErrorObject[],
  content: YamlContent,
  file: string,
  root: object,
): readonly Diagnostic[] {
  const own = errors.filter((error) => !followsFromAnother(error, errors));
  const seen = new Set<string>();
  return own.flatMap((error) => {
    const { message, fix } = explainSchemaError(error, root);
    const one = diagnosticAt(place(error, content, file), `schema.${ruleName(error)}`, message, fix);
    const key = `${one.line}:${one.column}:${message}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [one];
  });
}

function followsFromAnother(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  if (error.keyword === 'if') return true;
  if (error.keyword === 'required') {
    return errors.some((other) => isMisspelling(other, error) || isMissingTag(other, error));
  }
  // Each branch of a oneOf complains; the oneOf itself says what is meant.
  return errors.some(
    (other) =>
      other !== error &&
      other.keyword === 'oneOf' &&
      // By place in the file: a branch that is a reference has a path of its own in the schema.
      (error.instancePath === other.instancePath || error.instancePath.startsWith(`${other.instancePath}/`)),
  );
}

/** `aprovers` is unknown, so that `approvers` is missing needs no line of its own. */
function isMisspelling(unknown: ErrorObject, missing: ErrorObject): boolean {
  if (unknown.keyword !== 'additionalProperties' || unknown.instancePath !== missing.instancePath)
    return false;
  return suggestion(unknown) === (missing.params as { missingProperty: string }).missingProperty;
}

/** The discriminator's own message names the values to choose from. */
function isMissingTag(discriminator: ErrorObject, missing: ErrorObject): boolean {
  if (discriminator.keyword !== 'discriminator' || discriminator.instancePath !== missing.instancePath)
    return false;
  const { tag } = discriminator.params as { tag: string };
  return tag === (missing.params as { missingProperty: string }).missingProperty;
}

function ruleName(error: ErrorObject): string {
  switch (error.keyword) {
    case 'additionalProperties':
      return 'unknown-key';
    case 'required':
      return 'missing-key';
    default:
      return 'value';
  }
}

function place(error: ErrorObject, content: YamlContent, file: string): PolicyLocation {
  const start = { file, line: 1, column: 1 };
  if (error.keyword === 'additionalProperties') {
    return content.keys.get(pointerOf(error.instancePath, unknownKey(error))) ?? start;
  }
  if (error.keyword === 'discriminator') {
    const tag = pointerOf(error.instancePath, (error.params as { tag: string }).tag);
    return content.values.get(tag) ?? content.values.get(error.instancePath) ?? start;
  }
  return content.values.get(error.instancePath) ?? start;
}
