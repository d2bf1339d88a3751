import { wholeResponse } from '../../../../lib/platform/http/index.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answer } from '../../_edge/answer.ts';

/** The API's description, as it is in the source tree. */
export async function GET(request: Request): Promise<Response> {
  return answer(request, async () => {
    const text = await readFile(join(process.cwd(), 'schemas', 'openapi.yaml'), 'utf8');
    return wholeResponse(text, {
      headers: { 'content-type': 'application/yaml', 'cache-control': 'public, max-age=300' },
    });
  });
}
