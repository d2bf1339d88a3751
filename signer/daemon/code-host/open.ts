/** The code hosts that this signer may ask, by the address of their API. Nothing is sent anywhere until a policy asks. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  hostRequestsMax,
  type AskedBuild,
  type CodeHostQuestions,
  type HostAnswer,
} from '#core/origin/index.ts';
import type { SignerConfig } from '../../ground/config/index.ts';
import { ask, type AskedAnswer, type Patience } from './ask.ts';
import { openBudget, type Budget } from './budget.ts';
import { openAnswerCache, type AnswerCache } from './cache.ts';
import { openCredentials, type Credentials } from './credentials.ts';
import { HostUnavailable } from './error.ts';
import { openSend, type Send } from './send.ts';

export interface LookInput {
  readonly api: string;
  readonly project: string;
  readonly questions: CodeHostQuestions;
  readonly build: AskedBuild;
}

export interface CodeHosts {
  /** Asks what the policy needs → every answer, in order. Throws HostUnavailable where nobody can be asked now. */
  look(input: LookInput): Promise<readonly AskedAnswer[]>;
}

interface Host {
  readonly send: Send;
  readonly credentials: Credentials;
  readonly budget: Budget;
  readonly cache: AnswerCache;
  /** A limit that one look met holds for all. */
  limitedUntil: Date | null;
}

const answersKeptMax = 5_000;
const bytesKeptMax = 64 * 1024 * 1024;

const patience: Patience = { retries: 2, retryMilliseconds: 1000, limitSecondsMax: 20 };

export function openCodeHosts(
  configured: SignerConfig['codeHosts'],
  now: () => Date,
  wait: (milliseconds: number) => Promise<void> = (milliseconds) => sleep(milliseconds),
): CodeHosts {
  const hosts = new Map<string, Host>(
    configured.map((access) => {
      const send = openSend(access.timeoutSeconds * 1000);
      const host: Host = {
        send,
        credentials: openCredentials(access, send, now),
        budget: openBudget(access.requestsPerHourMax, now),
        cache: openAnswerCache(answersKeptMax, bytesKeptMax),
        limitedUntil: null,
      };
      return [access.api, host];
    }),
  );
  return {
    async look(input) {
      const host = hosts.get(input.api);
      if (host === undefined) {
        throw new HostUnavailable(
          `the policy wants ${input.api} asked, and this signer has no access to it`,
          `add ${input.api} to \`codeHosts\` in the signer’s configuration (docs/guides/code-host.md)`,
        );
      }
      return look(host, input, now, wait);
    },
  };
}

async function look(
  host: Host,
  { api, project, questions, build }: LookInput,
  now: () => Date,
  wait: (milliseconds: number) => Promise<void>,
): Promise<readonly AskedAnswer[]> {
  if (host.limitedUntil !== null && host.limitedUntil > now()) throw limited(host.limitedUntil);
  const token = await host.credentials.token(questions.repositoryPath(build.policy));
  const credential = { token, id: createHash('sha256').update(token).digest('hex').slice(0, 16) };
  const asked: AskedAnswer[] = [];
  const answers = new Map<string, HostAnswer>();
  for (;;) {
    const round = questions.next(build, answers).slice(0, hostRequestsMax - asked.length);
    if (round.length === 0) return asked;
    const until = host.budget.wait(project);
    if (until !== null) throw limited(until);
    const given = await Promise.all(
      round.map((question) =>
        ask(
          {
            api,
            send: host.send,
            cache: host.cache,
            credential,
            wire: questions.wire,
            patience,
            now,
            wait,
            onExchange: (counted) => {
              if (counted) host.budget.count(project);
            },
          },
          question,
        ),
      ),
    );
    for (const one of given) {
      asked.push(one);
      answers.set(one.question.key, one.answer);
      if (one.until !== null) host.limitedUntil = one.until;
    }
  }
}

const limited = (until: Date): HostUnavailable =>
  new HostUnavailable(
    `the code host’s limit of requests is reached until ${until.toISOString()}`,
    'ask the host for a higher limit, or give the signer an App of its own',
    until,
  );
