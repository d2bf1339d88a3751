/**
 * What the records of policy fields (lib/core/policy/fields/) say elsewhere: properties in the JSON Schemas, and the rows of
 * docs/policy/reference.md between its marks. Run by generate-types.mjs.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { identityHosts } from '../lib/core/identity/index.ts';
import { providers } from '../lib/core/origin/index.ts';
import { policyFields } from '../lib/core/policy/fields/index.ts';

/** Schema files by path → their text with the properties that records have a schema for. */
export async function schemasFromRecords(root) {
  const [policy, foundation, person] = ['signing-policy', 'foundation', 'person'].map(
    (stem) => `schemas/${stem}.schema.json`,
  );
  const texts = new Map();
  const policySchema = JSON.parse(await readFile(join(root, policy), 'utf8'));
  const foundationSchema = JSON.parse(await readFile(join(root, foundation), 'utf8'));
  const personSchema = JSON.parse(await readFile(join(root, person), 'utf8'));
  const floors = foundationSchema.$defs.PolicyFloor.properties;
  for (const field of policyFields.Person) putSchema(personSchema, field);
  for (const field of policyFields.SigningPolicy) {
    putSchema(policySchema, field);
    for (const floor of field.floors ?? []) floors[floor.name] = floor.schema;
  }
  texts.set(policy, await asJson(policySchema));
  texts.set(foundation, await asJson(foundationSchema));
  texts.set(person, await asJson(personSchema));
  return texts;
}

/** `https://…/<login>` would be HTML in markdown, and the placeholder wouldn’t be seen. */
const withoutHtml = (text) => text.replace(/\S*<\w+>\S*/g, '`$&`');

function putSchema(schema, field) {
  if (field.schema === undefined) return;
  const steps = field.path.split(' ');
  propertiesAt(schema, steps.slice(0, -1), field.provider)[steps.at(-1)] = field.schema;
}

const asJson = (schema) => format(JSON.stringify(schema, null, 2), { parser: 'json', printWidth: 110 });

/** The `properties` of the object at these steps; in a union of providers' objects, of this provider's. */
function propertiesAt(schema, steps, provider) {
  const resolve = (node) =>
    node.$ref === undefined ? node : resolve(schema.$defs[node.$ref.split('/').at(-1)]);
  const optionsOf = (node) =>
    (node.oneOf ?? [node])
      .map(resolve)
      .filter(({ properties }) => [undefined, provider].includes(properties?.provider?.const));
  let node = schema;
  for (const step of steps) {
    const options = optionsOf(node);
    const next = options.find((option) => option.properties?.[step] !== undefined)?.properties[step];
    if (next === undefined) throw new Error(`schemas/: no object at ${steps.join('.')}`);
    node = resolve(next);
  }
  const object = optionsOf(node).find((option) => option.properties !== undefined);
  if (object === undefined) throw new Error(`schemas/: no object at ${steps.join('.')}`);
  return object.properties;
}

const reference = 'docs/policy/reference.md';

/** The reference with its tables written anew: of origins one for each provider. */
export async function referenceFromRecords(root) {
  const text = await readFile(join(root, reference), 'utf8');
  const rows = policyFields.SigningPolicy.filter((field) => field.reference !== undefined);
  const ofOrigin = (field) => field.provider !== undefined;
  const key = (path) => `\`${path.replaceAll(' ', '.')}\``;
  const tables = {
    'signing-policy': table(
      ['Key', 'Meaning', 'Who enforces it'],
      rows
        .filter((field) => !ofOrigin(field))
        .map(({ path, reference: { meaning, enforcedBy } }) => [key(path), meaning, enforcedBy]),
    ),
    ...Object.fromEntries(
      Object.keys(providers).map((provider) => [
        `origin ${provider}`,
        table(
          ['Key', 'Meaning'],
          rows
            .filter((field) => field.provider === provider)
            .map(({ path, reference: { meaning } }) => [key(path.slice('origin '.length)), meaning]),
        ),
      ]),
    ),
    identities: table(
      ['Host', 'In `identities`', 'What stands there'],
      Object.entries(identityHosts).map(([name, { label, hint }]) => [
        label,
        `\`${name}\``,
        withoutHtml(hint),
      ]),
    ),
    floors: table(
      ['Floor', 'A policy of that purpose must'],
      policyFields.SigningPolicy.flatMap(({ floors = [] }) =>
        floors.map((floor) => [floor.reference.key, floor.reference.must]),
      ),
    ),
  };
  let written = text;
  for (const [name, rowsOf] of Object.entries(tables)) {
    const [start, end] = [`<!-- fields: ${name} -->`, '<!-- end -->'];
    const from = written.indexOf(start);
    const to = written.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${reference}: no ${start} … ${end}`);
    written = `${written.slice(0, from)}${start}\n\n${rowsOf}\n\n${written.slice(to)}`;
  }
  return new Map([[reference, await format(written, { parser: 'markdown', printWidth: 110 })]]);
}

function table(titles, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
