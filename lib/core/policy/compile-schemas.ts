import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { schemas } from '../generated/index.ts';
import type {
  ArtifactConfiguration,
  Foundation,
  Kind,
  Person,
  Project,
  Revocation,
  SigningPolicy,
  TrustRoot,
} from '../generated/index.ts';

/** The value of each kind. */
export interface KindValues {
  Foundation: Foundation;
  TrustRoot: TrustRoot;
  Person: Person;
  Project: Project;
  SigningPolicy: SigningPolicy;
  ArtifactConfiguration: ArtifactConfiguration;
  Revocation: Revocation;
}

/**
 * The validators, compiled once when the module loads; the schemas are part of the program. All errors of a
 * file are collected: how many there can be is bounded by the number of values that the reader lets through.
 */
const ajv = new Ajv2020({ strict: true, allErrors: true, verbose: true, discriminator: true });

const compile = <K extends Kind>(kind: K): ValidateFunction<KindValues[K]> =>
  ajv.compile<KindValues[K]>(schemas[kind]);

export const validators: { readonly [K in Kind]: ValidateFunction<KindValues[K]> } = {
  Foundation: compile('Foundation'),
  TrustRoot: compile('TrustRoot'),
  Person: compile('Person'),
  Project: compile('Project'),
  SigningPolicy: compile('SigningPolicy'),
  ArtifactConfiguration: compile('ArtifactConfiguration'),
  Revocation: compile('Revocation'),
};

/** One definition of a kind's schema, `#/$defs/Origin`, → what is wrong with a value by it. */
export function validateDefinition(kind: Kind, ref: string, value: unknown): readonly ErrorObject[] {
  const { $id } = schemas[kind] as { readonly $id: string };
  const validate = ajv.getSchema(`${$id}${ref}`);
  if (validate === undefined) throw new TypeError(`${kind} has no definition ${ref}`);
  return validate(value) === true ? [] : (validate.errors ?? []);
}
