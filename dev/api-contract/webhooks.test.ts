/** What webhooks are sent, as the description and the guide say it: both are held to the contract that messages are made by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readWebhookBody, webhookBody, webhookEventTypes } from '#core/wire/webhook/index.ts';
import { faultsOf } from './document.ts';
import type { Schema } from './document.ts';

const project = join(import.meta.dirname, '../..');
const content = z.object({ schema: z.record(z.string(), z.unknown()), example: z.unknown() });
const operation = z.object({
  post: z.object({ requestBody: z.object({ content: z.object({ 'application/json': content }) }) }),
});
const { webhooks } = z
  .object({ webhooks: z.record(z.string(), operation) })
  .parse(parse(readFileSync(join(project, 'schemas/openapi.yaml'), 'utf8')));
const guide = readFileSync(join(project, 'docs/guides/webhooks.md'), 'utf8');
const examples = [...guide.matchAll(/```json\n([^`]*)```/g)].map(
  ([, text = '']) => JSON.parse(text) as unknown,
);

describe('messages to webhooks', () => {
  it('are all described, and nothing else', () => {
    expect(Object.keys(webhooks).toSorted()).toEqual([...webhookEventTypes, 'webhook.test'].toSorted());
  });

  it.each(Object.entries(webhooks))(
    'of type %s are as described, in the description and the guide',
    (type, of) => {
      const { schema, example } = of.post.requestBody.content['application/json'];
      expect(faultsOf(schema as Schema, example)).toEqual([]);
      const event = readWebhookBody(JSON.stringify(example));
      expect(event.type).toBe(type);
      expect(JSON.parse(webhookBody(event))).toEqual(example);
      expect(faultsOf(schema as Schema, { ...(example as object), more: 1 })).not.toEqual([]);
      expect(examples).toContainEqual(example);
    },
  );
});
