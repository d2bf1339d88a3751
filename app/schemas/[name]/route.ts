/** The JSON Schemas of policy files, for editors: /schemas/<kind>.schema.json, as in each schema's `$id`. */
import { schemas } from '#core/generated/index.ts';
import { wholeResponse } from '../../../lib/platform/http/index.ts';

const byName = new Map(
  Object.values(schemas).flatMap((schema) => {
    const id = '$id' in schema && typeof schema.$id === 'string' ? schema.$id : null;
    return id === null ? [] : [[id.slice(id.lastIndexOf('/') + 1), schema] as const];
  }),
);

export async function GET(
  _request: Request,
  context: { params: Promise<{ name: string }> },
): Promise<Response> {
  const { name } = await context.params;
  const schema = byName.get(name);
  if (schema === undefined) {
    return wholeResponse(`No such schema. There are ${[...byName.keys()].join(', ')}.\n`, { status: 404 });
  }
  return wholeResponse(`${JSON.stringify(schema, null, 2)}\n`, {
    headers: {
      'content-type': 'application/schema+json',
      'cache-control': 'public, max-age=300',
      // Public text; editors in a browser read it from other sites.
      'access-control-allow-origin': '*',
    },
  });
}
