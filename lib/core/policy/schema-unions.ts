/** A union of objects in a schema, told apart by a constant in each: which of them a value means, and what is wrong with that one. */
import type { ErrorObject } from 'ajv/dist/2020.js';

interface Member {
  /** `#/$defs/GitHubOrigin`. */
  readonly ref: string;
  readonly properties: Readonly<Record<string, { readonly const?: unknown }>>;
  readonly required: readonly string[];
}

/** Validates a value against a definition of the same schema → what is wrong with it, with places from the value on. */
export type ValidateDefinition = (ref: string, value: unknown) => readonly ErrorObject[];

/**
 * ajv says of such a union that no member fits, with the errors of all of them mixed together. Here it becomes what is wrong by the
 * member that the value means: the one whose constant it has, or where it says none the one that doesn't ask for any.
 */
export function byMeantMember(
  errors: readonly ErrorObject[],
  root: object,
  validate: ValidateDefinition,
): readonly ErrorObject[] {
  let found = errors;
  for (const union of errors) {
    const meant = union.keyword === 'oneOf' ? meantIn(union, root, validate) : null;
    if (meant === null) continue;
    found = [...found.filter((one) => !isWithin(one, union.instancePath)), ...meant];
  }
  return found;
}

/** null: it is no such union, or ajv found more than the member alone explains. */
function meantIn(
  union: ErrorObject,
  root: object,
  validate: ValidateDefinition,
): readonly ErrorObject[] | null {
  const { oneOf = [] } = union.parentSchema as { readonly oneOf?: readonly { readonly $ref?: string }[] };
  const members = oneOf.flatMap(({ $ref }) => memberOf($ref, root) ?? []);
  const [first] = members;
  if (first === undefined || members.length < oneOf.length) return null;
  const tag = Object.keys(first.properties).find((key) =>
    members.every(({ properties }) => properties[key]?.const !== undefined),
  );
  if (tag === undefined) return null;
  const said = tagOf(union.data, tag);
  const meant =
    members.find(({ properties }) => said !== undefined && properties[tag]?.const === said) ??
    members.find(({ required }) => said === undefined && !required.includes(tag));
  if (meant === undefined) {
    return [{ ...union, keyword: 'discriminator', params: { error: 'mapping', tag, tagValue: said } }];
  }
  const errors = validate(meant.ref, union.data).map((one) => ({
    ...one,
    instancePath: `${union.instancePath}${one.instancePath}`,
  }));
  return errors.length === 0 ? null : errors;
}

function memberOf(ref: string | undefined, root: object): Member | null {
  const { $defs = {} } = root as { readonly $defs?: Readonly<Record<string, Partial<Member>>> };
  const definition = ref === undefined ? undefined : $defs[ref.replace('#/$defs/', '')];
  if (ref === undefined || definition?.properties === undefined) return null;
  return { ref, properties: definition.properties, required: definition.required ?? [] };
}

const tagOf = (value: unknown, tag: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, tag)
    ? (value as Readonly<Record<string, unknown>>)[tag]
    : undefined;

const isWithin = ({ instancePath }: ErrorObject, place: string): boolean =>
  instancePath === place || instancePath.startsWith(`${place}/`);
