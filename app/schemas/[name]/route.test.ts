import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GET } from './route.ts';

const get = (name: string) =>
  GET(new Request(`http://portal.example/schemas/${name}`), { params: Promise.resolve({ name }) });

test.each(['foundation', 'trust-root', 'person', 'project', 'signing-policy', 'artifact-configuration'])(
  'publishes the schema of %s under the name that its id ends with',
  async (kind) => {
    const answer = await get(`${kind}.schema.json`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/schema+json');
    const file: unknown = JSON.parse(readFileSync(`schemas/${kind}.schema.json`, 'utf8'));
    expect(await answer.json()).toEqual(file);
  },
);

test.each(['../package.json', 'openapi.yaml', '', '__proto__'])('has nothing else: %s', async (name) => {
  expect((await get(name)).status).toBe(404);
});
