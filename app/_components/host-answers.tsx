import type { HostLook } from '../../lib/requests/index.ts';
import { Typed } from './typed.tsx';

type Answer = HostLook['answers'][number];

/** What a code host was asked, what it said in short, and when: a line for each question. */
export function HostAnswers({ look }: { readonly look: HostLook }) {
  return (
    <div className="mt-2 text-sm">
      <p className="text-muted">
        Asked of <span className="wrap-anywhere">{look.api}</span>:
      </p>
      <dl className="mt-1 grid gap-x-4 gap-y-1 sm:grid-cols-[8.5rem_minmax(0,1fr)_auto]">
        {look.answers.map((answer, at) => (
          <div key={at} className="contents">
            <dt className="font-medium wrap-anywhere">{inShort(capital(answer.question))}</dt>
            <dd className={`min-w-0 wrap-anywhere ${answer.outcome === 'unknown' ? 'text-wait' : ''}`}>
              <Typed>{saidInShort(answer)}</Typed>
            </dd>
            <dd className="mb-1.5 text-muted sm:mb-0">
              <time dateTime={answer.at}>{clock(answer.at)}</time>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** To the second: the answers of a look are seconds apart. */
const clock = (at: string): string => `${at.slice(11, 19)} UTC`;

function saidInShort({ outcome, said, problem, status }: Answer): string {
  if (outcome === 'none') return 'there is none';
  if (outcome === 'unknown') return `not told: ${problem ?? 'no reason is on record'}`;
  // What is too long for the journal is there by its digest alone.
  return said === null ? `answered ${status ?? ''}`.trim() : factsInShort(said);
}

const charactersMax = 180;

/** JSON of an answer → `status completed, conclusion success, 3 jobs`. Ids and digests are cut; the whole is folded below. */
export function factsInShort(said: string): string {
  const value = parsed(said);
  const facts = factsOf(value, '');
  const text = facts.length === 0 ? 'answered, and nothing of it is judged' : facts.join(', ');
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1).toWellFormed()}…`;
}

/** One level deep: of what is nested further, how much there is. */
function factsOf(value: unknown, name: string): readonly string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return [`${value.length} ${name === '' ? 'entries' : name}`];
  if (typeof value === 'object') {
    if (name.includes(' ')) return [];
    return Object.entries(value).flatMap(([key, inner]) =>
      factsOf(inner, `${name} ${key.replaceAll('_', ' ')}`.trim()),
    );
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [`${name} ${inShort(text)}`.trim()];
}

/** Commits and other digests, of which nobody compares all digits here. */
const inShort = (text: string): string =>
  text.replaceAll(/\b[0-9a-f]{40,64}\b/g, (digits) => `${digits.slice(0, 12)}…`);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
