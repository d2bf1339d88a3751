/** The kinds of problems that schemas/openapi.yaml enumerates, from their table. Run by generate-types.mjs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { problemsOfApi, problemType } from '../lib/platform/problems/index.ts';

const path = 'schemas/openapi.yaml';
const [begin, end] = [
  '    # problems: made of lib/platform/problems by npm run generate\n',
  '    # end of problems\n',
];

/** The API's description by its path, with what stands between the marks written anew. */
export async function problemsInApi(root) {
  const file = join(root, path);
  const text = await readFile(file, 'utf8');
  const [before, rest, ...more] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined || more.length > 0) throw new Error(`${path}: the marks of problems are missing`);
  const codes = Object.keys(problemsOfApi).sort();
  const list = (values) => values.map((value) => `        - ${value}\n`).join('');
  const made = `    ProblemType:
      description: Address of the page that tells of this kind of problem, from the portal's own address on.
      type: string
      format: uri-reference
      enum:
${list(codes.map(problemType))}    ProblemCode:
      description: Stable; for programs.
      type: string
      enum:
${list(codes)}`;
  const whole = `${before}${begin}${made}${end}${after}`;
  return [[path, await format(whole, { ...(await resolveConfig(file)), parser: 'yaml' })]];
}
