/** Generates the reference of the journal's events for operators from their records. */
import { z } from 'zod';
import {
  findingSchema,
  findingVersion,
  inspectedFileSchema,
  journalEvents,
} from '#core/wire/journal/index.ts';

type Schema = z.core.JSONSchema.BaseSchema;
type AnyRecord = (typeof journalEvents)[keyof typeof journalEvents];

const intro = `# The journal's events

<!-- Made of the records in lib/core/wire/journal: npx vitest run dev/reference -u -->

What \`kind\` and \`body\` of an entry say, in \`signer.journal\`, on the auditors' pages and in \`journal.jsonl\` of an
[export](../guides/audit.md). A body is canonical JSON (RFC 8785). Entries are never changed, so those of earlier versions stay as they
were written; how versions go is in [decision 0055](../decisions/0055-the-journals-events.md).

An event's members are there in every entry, but for those marked _may be missing_: entries of earlier versions lack them, or they
belong to some entries alone. Times are ISO 8601 in UTC. A body of version 1 doesn't say its version; a later one has it as \`version\`.`;

/** → the page, as Markdown that nobody has formatted yet. */
export function journalReference(): string {
  const events = Object.values(journalEvents).map(section);
  const files = `## Files of an artifact

What was found in it, in \`entries\` of \`step.finished\`. First the member \`pe\` stood for \`facts\`, with \`signed\`, \`kind\`, which may be
missing, and \`version\` for \`texts\`.

${tableOf(schemaOf(inspectedFileSchema))}`;
  const finding = `## Findings

What a step looked at, in \`findings\` of \`step.finished\`. Version ${findingVersion}.

${tableOf(schemaOf(findingSchema))}`;
  return `${[intro, ...events, finding, files].join('\n\n')}\n`;
}

const abouts = {
  request: 'Of a request.',
  signer: 'Of the signer.',
  either: 'Of a request where its id is known, else of the signer.',
} as const;

function section(record: AnyRecord): string {
  const retired = 'retired' in record ? ` No longer written: \`${record.retired}\` says it.` : '';
  return `## \`${record.kind}\`

${record.says}

${abouts[record.about]} Version ${record.version}.${retired}

${tableOf(schemaOf(record.body))}`;
}

const schemaOf = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

interface Member {
  readonly types: Set<string>;
  description: string;
  /** In how many forms of the body it has to be. */
  required: number;
}

function tableOf(schema: Schema): string {
  const forms = formsOf(schema);
  const members = new Map<string, Member>();
  for (const form of forms) {
    for (const [name, member] of Object.entries(form.properties ?? {})) {
      if (typeof member === 'boolean' || name === 'version') continue;
      const known = members.get(name) ?? { types: new Set<string>(), description: '', required: 0 };
      known.types.add(typeOf(member));
      known.description ||= member.description ?? '';
      if (form.required?.includes(name) === true) known.required += 1;
      members.set(name, known);
    }
  }
  const rows = Array.from(members, ([name, { types, description, required }]) => {
    const missing = required < forms.length ? ' (may be missing)' : '';
    return `| \`${name}\` | ${valuesOf([...types])}${missing} | ${description} |`;
  });
  return ['| Member | Value | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Forms may share words of a list. */
const valuesOf = (types: readonly string[]): string =>
  (types.every((type) => type.startsWith('`'))
    ? [...new Set(types.flatMap((type) => type.split(', ')))]
    : types
  ).join(', ');

/** The forms that a body may have. */
function formsOf(schema: Schema): readonly Schema[] {
  const forms = schema.anyOf ?? schema.oneOf;
  return forms === undefined
    ? [schema]
    : forms.flatMap((form) => (typeof form === 'object' ? formsOf(form) : []));
}

const hex64 = '^[0-9a-f]{64}$';

function typeOf(schema: Schema): string {
  const { anyOf, type, pattern, format, items, properties } = schema;
  if (anyOf !== undefined) {
    const forms = anyOf.flatMap((option) => (typeof option === 'object' ? typeOf(option) : []));
    // A member that may be missing is null to who reads it, and isn't written so.
    return forms.filter((form) => form !== 'null' || schema.default !== null).join(' or ');
  }
  if (Array.isArray(type))
    return typeOf({ ...schema, anyOf: type.map((schemaType) => ({ type: schemaType as 'string' })) });
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (pattern === hex64) return '64 hexadecimal digits';
  if (format === 'date-time') return 'time';
  if (format === 'uuid') return 'UUID';
  if (type === 'array' && typeof items === 'object' && Object.keys(items).length === 0)
    return 'list of findings, see below';
  if (type === 'array' && typeof items === 'object' && !Array.isArray(items))
    return `list of ${plural(items)}`;
  if (properties !== undefined) {
    return `object of ${Object.keys(properties)
      .filter((name) => name !== 'version')
      .map((name) => `\`${name}\``)
      .join(', ')}`;
  }
  if (type === 'object') return 'texts by name';
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return 'number';
  return type ?? 'text';
}

const plural = (schema: Schema): string => {
  const one = typeOf(schema);
  if (one === 'text') return 'texts';
  return one.startsWith('object of') ? one.replace('object of', 'objects of') : one;
};
