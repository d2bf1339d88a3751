/** An id of an account is in no key without its host. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const schema = readFileSync(join(import.meta.dirname, '../../../prisma/schema.prisma'), 'utf8');
const models = [...schema.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(([, name = '', body = '']) => ({
  name,
  body,
}));
const hostsOf = (body: string) => [...body.matchAll(/^ +(\w+)Host +String/gm)].map(([, one]) => one ?? '');
const keysOf = (body: string) =>
  body.split('\n').flatMap((line) => {
    const several = /@@(?:id|unique)\(\[([^\]]*)\]/.exec(line)?.[1];
    if (several !== undefined) return [several.split(/, */)];
    const single = /^ +(\w+) .*@(?:id|unique)\b/.exec(line)?.[1];
    return single === undefined ? [] : [[single]];
  });

it('keys that contain an account contain its host', () => {
  const without = models.flatMap(({ name, body }) =>
    hostsOf(body).flatMap((who) =>
      keysOf(body)
        .filter((key) => key.includes(`${who}Id`) && !key.includes(`${who}Host`))
        .map((key) => `${name}: ${key.join(' ')}`),
    ),
  );
  expect(without).toEqual([]);
  expect(models.filter(({ body }) => hostsOf(body).length > 0)).toHaveLength(15);
});
