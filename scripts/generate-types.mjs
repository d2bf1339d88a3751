/**
 * schemas/*.schema.json → lib/core/generated/: one TypeScript module of types per schema, a module that
 * embeds the schemas (so that nothing is read from disk at run time) and an index; what the records of policy fields say in
 * schemas and reference (policy-records.mjs); the reference of configurations and their examples (configuration/); the problems that openapi.yaml names (api-problems.mjs); and the licences that the
 * Open Source Initiative has approved, from SPDX's list as spdx-license-list carries it.
 *
 *   node scripts/generate-types.mjs            writes them
 *   node scripts/generate-types.mjs --check    changes nothing; exits 1 where a file differs
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';
import spdxLicences from 'spdx-license-list/spdx.json' with { type: 'json' };
import { configurationFiles } from './configuration/generate.ts';
import { problemsInApi } from './api-problems.mjs';
import { referenceFromRecords, schemasFromRecords } from './policy-records.mjs';
import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' };

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const schemaFolder = join(root, 'schemas');
const target = 'lib/core/generated';
const suffix = '.schema.json';
const banner =
  '// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.\n';

const pascalCase = (name) => name.replace(/(?:^|-)([a-z])/g, (_, letter) => letter.toUpperCase());

async function readSchemas(fromRecords) {
  const names = (await readdir(schemaFolder)).filter((name) => name.endsWith(suffix)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = fromRecords.get(`schemas/${name}`) ?? (await readFile(join(schemaFolder, name), 'utf8'));
      const schema = JSON.parse(text);
      const stem = name.slice(0, -suffix.length);
      const kind = schema.properties?.kind?.const;
      if (kind !== pascalCase(stem))
        throw new Error(`schemas/${name}: kind is ${kind}, expected ${pascalCase(stem)}`);
      if (schema.$id !== `https://countersign.example/schemas/${name}`) {
        throw new Error(`schemas/${name}: $id is ${schema.$id}, expected one that ends with ${name}`);
      }
      return { stem, kind, schema };
    }),
  );
}

function typesOf({ stem, kind, schema }) {
  return compile(structuredClone(schema), kind, {
    bannerComment: banner,
    additionalProperties: false,
    cwd: schemaFolder,
    ignoreMinAndMaxItems: true,
    format: true,
    style: { printWidth: 110, singleQuote: true, trailingComma: 'all' },
  }).catch((cause) => {
    throw new Error(`schemas/${stem}${suffix}: no types could be generated`, { cause });
  });
}

function embedded(all) {
  const kinds = all.map(({ kind }) => `'${kind}'`).join(' | ');
  const entries = all.map(
    ({ kind, schema }) => `  ${kind}: ${JSON.stringify(schema, null, 2).replaceAll('\n', '\n  ')},`,
  );
  return [
    banner,
    `export type Kind = ${kinds};\n`,
    '/** The JSON Schemas by kind. */',
    `export const schemas: Readonly<Record<Kind, object>> = {\n${entries.join('\n')}\n};\n`,
  ].join('\n');
}

/** Only definitions with a structure of their own get a name outside their module; the rest are strings. */
function exportedTypes({ kind, schema }) {
  const named = Object.entries(schema.$defs ?? {}).filter(([, one]) => one.type === 'object');
  return [kind, ...named.map(([name]) => name)];
}

function index(all) {
  const names = all.flatMap(exportedTypes);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`schemas/: two definitions named ${twice}; rename one`);
  const types = all.map(
    (schema) => `export type { ${exportedTypes(schema).join(', ')} } from './${schema.stem}.ts';`,
  );
  return `${banner}\n${types.join('\n')}\nexport { schemas } from './schemas.ts';\nexport type { Kind } from './schemas.ts';\n`;
}

const licenceBanner =
  '// Generated from the package spdx-license-list by scripts/generate-types.mjs: what a new version of it approves shows in the diff.\n';
const approvedMin = 120;

/** The list is part of what the foundation accepts: it changes by a reviewed commit, never by an update alone. */
function osiLicences() {
  const approved = Object.entries(spdxLicences)
    // SPDX writes “or later” of old ids with a plus, which expressions have as an operator.
    .filter(([id, { osiApproved }]) => osiApproved && !id.endsWith('+'))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (approved.length < approvedMin) throw new Error(`spdx-license-list approves only ${approved.length}`);
  const quote = (text) =>
    text.includes("'") && !text.includes('"') ? JSON.stringify(text) : `'${text.replaceAll("'", "\\'")}'`;
  const row = ([id, { name }]) => `  [${quote(id)}, ${quote(name)}],`;
  const isDeprecated = ([id]) => deprecatedIds.includes(id);
  const list = (title, name, entries) =>
    `/** ${title} */\nexport const ${name}: readonly (readonly [id: string, name: string])[] = [\n${entries.map(row).join('\n')}\n];\n`;
  return [
    licenceBanner,
    list(
      'Approved, by the id that SPDX has for it now.',
      'osiApproved',
      approved.filter((licence) => !isDeprecated(licence)),
    ),
    list('Approved, by ids that SPDX has replaced.', 'osiApprovedDeprecated', approved.filter(isDeprecated)),
    '/** All ids that SPDX has replaced. */',
    `export const deprecatedLicences: readonly string[] = [\n${deprecatedIds.map((id) => `  ${quote(id)},`).join('\n')}\n];\n`,
  ].join('\n');
}

/** Path from the root → text, of every generated file. */
async function generate() {
  const fromRecords = await schemasFromRecords(root);
  const all = await readSchemas(fromRecords);
  const files = new Map([
    ...fromRecords,
    ...(await referenceFromRecords(root)),
    ...(await problemsInApi(root)),
    ...(await configurationFiles()),
  ]);
  const generated = (name, text) => files.set(`${target}/${name}`, text);
  for (const one of all) generated(`${one.stem}.ts`, await typesOf(one));
  generated('schemas.ts', embedded(all));
  generated('index.ts', index(all));
  generated('format-types.ts', formatTypes(all));
  generated('osi-licences.ts', osiLicences());
  return files;
}

/** The types that an element of an artifact configuration can have. */
function formatTypes(all) {
  const { schema } = all.find(({ kind }) => kind === 'ArtifactConfiguration');
  const names = new Set();
  for (const { properties } of Object.values(schema.$defs)) {
    const { enum: several = [], const: one } = properties?.type ?? {};
    for (const name of one === undefined ? several : [one]) names.add(name);
  }
  for (const group of ['directory', 'set']) names.delete(group);
  const list = [...names].sort().map((name) => `  '${name}',`);
  return [
    banner,
    '/** Types of files that an element of an artifact configuration can name. */',
    `export const formatTypes = [\n${list.join('\n')}\n] as const;\n`,
  ].join('\n');
}

const textOf = (path) => readFile(join(root, path), 'utf8').catch(() => null);

const wanted = await generate();
const differing = [];
for (const [path, text] of wanted) if ((await textOf(path)) !== text) differing.push(path);
const present = await readdir(join(root, target)).catch(() => []);
const stale = present.map((name) => `${target}/${name}`).filter((path) => !wanted.has(path));

if (process.argv.includes('--check')) {
  for (const path of differing) console.error(`${path} differs from its source`);
  for (const path of stale) console.error(`${path} has no source`);
  if (differing.length + stale.length > 0) {
    console.error('Run: node scripts/generate-types.mjs');
    process.exitCode = 1;
  } else {
    console.log(`${wanted.size} generated files match their sources`);
  }
} else {
  await mkdir(join(root, target), { recursive: true });
  for (const path of differing) await mkdir(dirname(join(root, path)), { recursive: true });
  for (const path of stale) await rm(join(root, path));
  for (const path of differing) await writeFile(join(root, path), wanted.get(path));
  console.log(`${differing.length} of ${wanted.size} files written`);
}
