/** Are the fake's answers what GitHub's own OpenAPI description says? */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { z } from 'zod';

const description = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ responses: z.record(z.string(), z.unknown()) }).loose(),
});
const operation = z.object({ responses: z.record(z.string(), z.unknown()) });
const response = z.object({
  $ref: z.string().optional(),
  content: z.record(z.string(), z.object({ schema: z.unknown() })).optional(),
});

/** method, path template, status → a problem in words, null where it fits, undefined where nothing describes it. */
export type Describes = (
  method: string,
  template: string,
  status: number,
  body: unknown,
) => string | null | undefined;

/** What is `nullable` and an enumeration may be null as well (OpenAPI 3.0.3), whatever a validator of JSON Schema makes of it. */
function withNull(schema: unknown): Record<string, unknown> {
  const text = JSON.stringify(schema, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const { nullable, enum: values } = value as { readonly nullable?: unknown; readonly enum?: unknown };
    return nullable === true && Array.isArray(values) && !values.includes(null)
      ? { ...value, enum: [...(values as readonly unknown[]), null] }
      : value;
  });
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

/** file of an OpenAPI 3.0 description, and paths that it lacks → validator of answers; null where the file is absent. */
export function readDescription(
  file: string,
  more: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): Describes | null {
  if (!existsSync(file)) return null;
  const parsed = description.parse(JSON.parse(readFileSync(file, 'utf8')));
  // OpenAPI has words of its own (example, discriminator); formats are hints there.
  const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
  ajv.addSchema({ $id: 'github', components: withNull(parsed.components) });
  const compiled = new Map<string, ValidateFunction | null>();
  const compile = (method: string, template: string, status: number): ValidateFunction | null => {
    const found = { ...more, ...parsed.paths }[template]?.[method.toLowerCase()];
    if (found === undefined) return null;
    const direct = response.safeParse(operation.parse(found).responses[String(status)]).data;
    const named = direct?.$ref?.replace('#/components/responses/', '');
    const meant = named === undefined ? direct : response.parse(parsed.components.responses[named]);
    const schema = meant?.content?.['application/json']?.schema;
    if (schema === undefined) return null;
    const absolute: unknown = JSON.parse(JSON.stringify(withNull(schema)).replaceAll('"#/', '"github#/'));
    return ajv.compile(z.record(z.string(), z.unknown()).parse(absolute));
  };
  return (method, template, status, body) => {
    const key = `${method} ${template} ${status}`;
    const validate = compiled.get(key) ?? compile(method, template, status);
    compiled.set(key, validate);
    if (validate === null) return undefined;
    return validate(body) ? null : `${key}: ${ajv.errorsText(validate.errors)}`;
  };
}
