import type { ErrorObject } from 'ajv/dist/2020.js';
import { didYouMean, suggestName } from '../text/near-name/index.ts';

/** What is wrong, in one sentence, and how to put it right. */
export interface Explanation {
  readonly message: string;
  readonly fix: string;
}

/** One error of ajv → words. `root` is the schema that was applied, for looking up its definitions. */
export function explainSchemaError(error: ErrorObject, root: object): Explanation {
  const name = nameOf(error.instancePath);
  const found = show(error.data);
  const about = describe(error.parentSchema);
  switch (error.keyword) {
    case 'additionalProperties':
      return explainUnknownKey(error);
    case 'required': {
      const missing = (error.params as { missingProperty: string }).missingProperty;
      if (inThen(error)) {
        return {
          message: `A release policy must name its ${missing}.`,
          fix: `Add \`${missing}\`, or set purpose to test and use a test certificate.`,
        };
      }
      return { message: `\`${missing}\` is missing${inside(error)}.`, fix: fixMissing(error, missing, root) };
    }
    case 'type':
      return explainType(error, name, found);
    case 'const':
    case 'enum':
      return {
        ...explainEnum(error, name, found),
        ...(inThen(error) && about !== null ? { fix: about } : {}),
      };
    case 'discriminator':
      return explainDiscriminator(error, root);
    case 'minimum':
    case 'maximum': {
      const { comparison, limit } = error.params as { comparison: string; limit: number };
      const bound = comparison === '>=' ? `at least ${limit}` : `at most ${limit}`;
      return { message: `${name} is ${found}; it must be ${bound}.`, fix: about ?? `Write ${bound}.` };
    }
    case 'minProperties':
      return { message: `${name} is empty.`, fix: 'Remove it, or fill it in.' };
    case 'uniqueItems': {
      const { i, j } = error.params as { i: number; j: number };
      return {
        message: `${name} lists the same twice (items ${j + 1} and ${i + 1}).`,
        fix: 'Remove one of the two.',
      };
    }
    case 'not':
      return { message: `${name} can't be here.`, fix: about ?? 'Remove it.' };
    case 'pattern':
    case 'oneOf':
      return {
        message: `${name} can't be ${found}.`,
        fix: about ?? 'Write it in the form that is asked for.',
      };
    default:
      return { message: `${name} ${error.message ?? 'is not valid'}.`, fix: about ?? 'Correct the value.' };
  }
}

function explainUnknownKey(error: ErrorObject): Explanation {
  const key = show(unknownKey(error)).slice(1, -1);
  const meant = suggestion(error);
  if (meant !== null) {
    return {
      message: `Unknown key \`${key}\`; did you mean \`${meant}\`?`,
      fix: `Rename it to \`${meant}\`.`,
    };
  }
  const known = knownKeys(error);
  const names = known.map((one) => `\`${one}\``).join(', ');
  return { message: `Unknown key \`${key}\`.`, fix: `Remove it; the keys here are ${names}.` };
}

function explainType(error: ErrorObject, name: string, found: string): Explanation {
  const wanted = String((error.params as { type: unknown }).type);
  const words: Record<string, string> = {
    string: 'text',
    integer: 'a whole number',
    array: 'a list',
    object: 'a group of keys',
    boolean: 'true or false',
  };
  const expected = words[wanted] ?? wanted;
  if (error.data === null)
    return { message: `${name} is empty; it must be ${expected}.`, fix: 'Fill it in.' };
  if (wanted === 'string' && (typeof error.data === 'number' || typeof error.data === 'boolean')) {
    return {
      message: `${name} must be text, but ${found} is not.`,
      fix: 'Put it in quotes as it is written.',
    };
  }
  if (wanted === 'array')
    return { message: `${name} must be a list.`, fix: 'Put each item on its own line after `- `.' };
  return { message: `${name} must be ${expected}, but is ${found}.`, fix: `Write ${expected}.` };
}

function explainEnum(error: ErrorObject, name: string, found: string): Explanation {
  const params = error.params as { allowedValues?: readonly unknown[]; allowedValue?: unknown };
  const allowed = (params.allowedValues ?? [params.allowedValue]).map(String);
  const wanted = allowed.map((one) => `\`${one}\``).join(', ');
  const hint = typeof error.data === 'string' ? didYouMean(error.data, allowed) : '.';
  return {
    message: error.data === null ? `${name} is empty.` : `${name} can't be ${found}${hint}`,
    fix: allowed.length === 1 ? `Write ${wanted}.` : `Write one of ${wanted}.`,
  };
}

function explainDiscriminator(error: ErrorObject, root: object): Explanation {
  const { tag, tagValue } = error.params as { tag: string; tagValue: unknown };
  const allowed = tagValues(error.parentSchema, tag, root);
  const fix = `Write one of ${allowed.map((one) => `\`${one}\``).join(', ')}.`;
  if (tagValue === undefined) return { message: `\`${tag}\` is missing${inside(error)}.`, fix };
  const hint = typeof tagValue === 'string' ? didYouMean(tagValue, allowed) : '.';
  return { message: `\`${tag}\` can't be ${show(tagValue)}${hint}`, fix };
}

const inThen = (error: ErrorObject): boolean => error.schemaPath.startsWith('#/then/');

export function unknownKey(error: ErrorObject): string {
  return (error.params as { additionalProperty: string }).additionalProperty;
}

/** For an unknown key: the key that was probably meant, unless it is there already. */
export function suggestion(error: ErrorObject): string | null {
  const present = new Set(Object.keys(error.data ?? {}));
  return suggestName(
    unknownKey(error),
    knownKeys(error).filter((key) => !present.has(key)),
  );
}

interface SchemaPart {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly oneOf?: readonly SchemaPart[];
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

function knownKeys(error: ErrorObject): readonly string[] {
  return Object.keys((error.parentSchema as SchemaPart | undefined)?.properties ?? {});
}

function describe(schema: unknown): string | null {
  return (schema as SchemaPart | undefined)?.description ?? null;
}

function fixMissing(error: ErrorObject, missing: string, root: object): string {
  const property = (schema: unknown): SchemaPart | undefined =>
    (schema as SchemaPart | undefined)?.properties?.[missing];
  const described = (one: SchemaPart | undefined): string | null =>
    one === undefined ? null : describe(resolve(one, root));
  // A condition of the whole file only repeats the name of what is described once.
  const description =
    described(property(error.parentSchema)) ?? (error.instancePath === '' ? described(property(root)) : null);
  return description === null ? `Add \`${missing}\`.` : `Add \`${missing}\`: ${description}`;
}

function resolve(schema: SchemaPart, root: object): SchemaPart {
  if (schema.description !== undefined || schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/$defs/', '');
  return (root as { $defs?: Record<string, SchemaPart> }).$defs?.[name] ?? schema;
}

function tagValues(schema: unknown, tag: string, root: object): readonly string[] {
  const branches = (schema as SchemaPart | undefined)?.oneOf ?? [];
  return branches.flatMap((branch) => {
    const property = resolve({ ...(branch.$ref === undefined ? {} : { $ref: branch.$ref }) }, root)
      .properties?.[tag];
    return (property?.enum ?? [property?.const]).map(String);
  });
}

function inside(error: ErrorObject): string {
  return error.instancePath === '' ? '' : ` in ${nameOf(error.instancePath)}`;
}

/** `/approval/approvers/0` → `approval.approvers[0]` in code marks. */
function nameOf(pointer: string): string {
  if (pointer === '') return 'The file';
  const steps = pointer.slice(1).split('/');
  const text = steps
    .map((step) =>
      /^[0-9]+$/.test(step) ? `[${step}]` : `.${step.replaceAll('~1', '/').replaceAll('~0', '~')}`,
    )
    .join('');
  return `\`${text.replace(/^\./, '').slice(0, 120)}\``;
}

/** A value as it is shown in a message: JSON, at most 60 characters. */
function show(value: unknown): string {
  if (value !== null && typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a group of keys';
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…${text.startsWith('"') ? '"' : ''}` : text;
}
