/** What people hear of a code host's answers, whichever host it is. */
import type { Finding } from '../wire/finding/index.ts';
import { fail, hostUnknownRule, info, pass } from '../wire/finding/index.ts';
import type { LocateInOrigin } from './compared.ts';
import { answerTo, type HostAnswer, type HostAnswers, type HostQuestion } from './host.ts';

/** What people hear of one question, before the policy says what an unanswered one means. */
export interface Asked {
  readonly rule: string;
  /** After "whether": "the run is the certified one". */
  readonly whether: string;
  /** Inside `origin`. */
  readonly path: readonly (string | number)[];
}

export interface Judge {
  held(asked: Asked, message: string, found: string, expected?: string): Finding;
  refused(asked: Asked, message: string, found: string, expected: string, fix: string): Finding;
  unknown(asked: Asked, problem: string, fix: string): Finding;
  /** What was told, or the finding that it wasn't. */
  told<Said>(asked: Asked, question: HostQuestion<Said>): { readonly said: Said } | Finding;
}

/** `unknown`: what the policy says that an unanswered question means. */
export function judgeWith(
  {
    unknown: whatUnknownMeans,
    answers,
  }: { readonly unknown: 'deny' | 'allow'; readonly answers: HostAnswers },
  locate: LocateInOrigin,
): Judge {
  const unknown: Judge['unknown'] = ({ rule, whether, path }, problem, fix) => {
    const message = `The code host didn't tell whether ${whether}: ${problem}.`;
    const about = { expected: 'an answer of the code host', found: problem };
    if (whatUnknownMeans === 'deny') return fail({ rule, ...about, message, fix, policy: locate(path) });
    const accepted = `${message} The policy accepts that.`;
    return info({ rule: hostUnknownRule, ...about, message: accepted, policy: locate(['unknown']) });
  };
  return {
    unknown,
    held: ({ rule, path }, message, found, expected) =>
      pass({ rule, message, found, policy: locate(path), ...(expected === undefined ? {} : { expected }) }),
    refused: ({ rule, path }, message, found, expected, fix) =>
      fail({ rule, message, found, expected, fix, policy: locate(path) }),
    told<Said>(asked: Asked, question: HostQuestion<Said>) {
      const answer: HostAnswer<Said> | null = answerTo(answers, question);
      if (answer?.kind === 'told') return { said: answer.said };
      return unknown(asked, problemOf(answer), fixOf(answer));
    },
  };
}

export const isFinding = (value: object): value is Finding => 'outcome' in value;

export const askAgain = 'Submit again once the code host answers, or set `unknown: allow`.';

type Missing = Exclude<HostAnswer, { readonly kind: 'told' }>;

/** Of an answer that isn't one; null: it wasn't asked. */
export function problemOf(answer: Missing | null): string {
  if (answer === null) return 'it was not asked: a look is limited to few requests';
  return answer.kind === 'none' ? 'the code host has none' : answer.problem;
}
export function fixOf(answer: Missing | null): string {
  if (answer === null) return 'Leave out one of the lines that the code host is asked about.';
  return answer.kind === 'unknown' ? answer.fix : askAgain;
}
