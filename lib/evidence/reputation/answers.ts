/** What the code host answered, by question: as it came and was kept, and what its host's folder understands of it. */
import { z } from 'zod';
import type {
  AskedStarAccount,
  CodeHost,
  HostAnswers,
  HostQuestionName,
} from '../../platform/code-host/index.ts';

export const sources = [
  'repository',
  'owner',
  'community',
  'licence',
  'releases',
  'contributors',
  'activity',
  'stars-first',
  'stars-last',
  'star-accounts',
  'rules',
  'tree',
  'workflows',
  'issues',
  'texts',
  'pages',
] as const;
export type Source = (typeof sources)[number];

export type RawAnswer =
  | { readonly ok: true; readonly body: unknown }
  /** Why there is no answer; a failed fetch is no fault of the project's. */
  | { readonly ok: false; readonly reason: string };
export type RawAnswers = Readonly<Partial<Record<Source, RawAnswer>>>;

/** What the application itself says; null: nothing yet. */
export interface Claims {
  readonly licence: string | null;
  readonly homepage: string | null;
}

/** Put together here of several answers, and so in words of our own. */
const schemas = {
  workflows: z.object({
    files: z.array(z.object({ path: z.string().max(1_000), text: z.string() })).max(100),
  }),
  texts: z.object({
    files: z.array(z.object({ path: z.string().max(4_096), text: z.string().max(100_000) })).max(100),
  }),
  pages: z.object({
    pages: z
      .array(
        z.object({
          url: z.string().max(2_000),
          text: z.string().max(100_000),
          links: z.array(z.object({ text: z.string().max(300), url: z.string().max(2_000) })).max(2_000),
        }),
      )
      .max(10),
    /** Addresses that gave no page, with the reason. */
    failed: z.array(z.object({ url: z.string().max(2_000), reason: z.string().max(1_000) })).max(10),
  }),
} as const;

interface AnswerValues extends HostAnswers {
  readonly 'star-accounts': readonly AskedStarAccount[];
  readonly workflows: z.output<typeof schemas.workflows>;
  readonly texts: z.output<typeof schemas.texts>;
  readonly pages: z.output<typeof schemas.pages>;
}

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };
export type Answers = { readonly [Name in Source]: Read<AnswerValues[Name]> };

/** The part of a host that knows its own words. */
export type HostWords = Pick<CodeHost, 'name' | 'questions' | 'starAccounts' | 'fileAsked'>;

export function readAnswers(raw: RawAnswers, host: HostWords): Answers {
  const asked = <Name extends HostQuestionName>(name: Name): Read<HostAnswers[Name]> =>
    // Each question reads its own answers: the compiler doesn't see it through the name.
    read(raw[name], host.questions[name].read as (body: unknown) => HostAnswers[Name] | null);
  const own = <Name extends keyof typeof schemas>(name: Name): Read<AnswerValues[Name]> =>
    read(raw[name], (body) => {
      const parsed = schemas[name].safeParse(body);
      return parsed.success ? (parsed.data as AnswerValues[Name]) : null;
    });
  return {
    repository: asked('repository'),
    owner: asked('owner'),
    community: asked('community'),
    licence: asked('licence'),
    releases: asked('releases'),
    contributors: asked('contributors'),
    activity: asked('activity'),
    'stars-first': asked('stars-first'),
    'stars-last': asked('stars-last'),
    rules: asked('rules'),
    tree: asked('tree'),
    issues: asked('issues'),
    'star-accounts': read(raw['star-accounts'], host.starAccounts.read),
    workflows: own('workflows'),
    texts: own('texts'),
    pages: own('pages'),
  };
}

function read<T>(answer: RawAnswer | undefined, reading: (body: unknown) => T | null): Read<T> {
  if (answer === undefined) return { ok: false, reason: 'not asked yet' };
  if (!answer.ok) return { ok: false, reason: answer.reason };
  const value = reading(answer.body);
  return value === null ? { ok: false, reason: 'the host’s answer can’t be read' } : { ok: true, value };
}

/** Milliseconds, or null for what is no time. */
export function timeOf(value: string | null | undefined): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : null;
}
