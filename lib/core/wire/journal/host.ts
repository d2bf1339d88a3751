/** What a code host was asked, and what it said. */
import { z } from 'zod';
import { defineEvent, hex64, pass, time } from './event.ts';
import { step } from './requests.ts';

export const hostAnswersMax = 16;

const answer = z.object({
  question: z.string().describe('What was asked'),
  path: z.string().describe('Path and query below the API’s address'),
  at: time.describe('When it was answered'),
  status: z.int().nullable().describe('HTTP status; null: no answer'),
  sha256: hex64.nullable().describe('Of the answer’s bytes; of 304, of those that it confirms'),
  outcome: z
    .enum(['told', 'none', 'unknown'])
    .describe('`none`: the host knows that there is none; `unknown`: it didn’t tell'),
  said: z.string().nullable().describe('What was judged of it, as JSON; null: nothing, or too much to keep'),
  problem: z.string().nullable().describe('Outcome `unknown`: why'),
});
export type RecordedAnswer = z.input<typeof answer>;

export const hostAsked = defineEvent({
  kind: 'host.asked',
  says: 'The signer asked the code host itself about a build. What it concluded is in the findings of the step.',
  about: 'request',
  version: 1,
  body: z.object({
    pass,
    step,
    api: z.string().describe('Address of the API'),
    answers: z.array(answer).max(hostAnswersMax).describe('In the order in which they were asked'),
  }),
});
