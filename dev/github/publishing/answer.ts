/** Whether a request is the publishing app's, and what it is answered. Other apps and people are answered elsewhere. */
import type { KeyObject } from 'node:crypto';
import { Buffer } from 'node:buffer';
import type { z } from 'zod';
import { refuseAppJwt } from '../auth.ts';
import { found, notFound, Refusal, type Answer } from '../route.ts';
import { dispatchBody, dispatchTemplate, publishingRoutes } from './routes.ts';
import { publishAppId, type PublishingState } from './state.ts';

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly credential: string;
  readonly nowSeconds: number;
  readonly appKey: KeyObject;
  readonly match: (template: string, pathname: string) => Record<string, string> | null;
  readonly read: <S extends z.ZodType>(schema: S) => z.output<S>;
}

/** null: it isn't this app's. */
export function answerPublishing(state: PublishingState, asked: Asked): readonly [string, Answer] | null {
  const { method, url, credential, nowSeconds } = asked;
  const dispatched = method === 'POST' ? asked.match(dispatchTemplate, url.pathname) : null;
  if (dispatched !== null) return [dispatchTemplate, dispatch(state, dispatched, asked)];
  const token = state.tokens.get(credential);
  const isApp = token === undefined && isOfApp(credential);
  if (token === undefined && !isApp) return null;
  if (token !== undefined && token.until <= nowSeconds) throw new Refusal(401, 'Bad credentials');
  if (isApp) {
    const refused = refuseAppJwt(credential, publishAppId, asked.appKey, nowSeconds);
    if (refused !== null) throw new Refusal(401, refused);
  }
  for (const route of publishingRoutes) {
    if (route.method !== method || (route.as === 'app') !== isApp) continue;
    const path = asked.match(route.template, url.pathname);
    if (path === null) continue;
    const answer = route.run({
      state,
      base: url.origin,
      path,
      query: url.searchParams,
      repositoryIds: token?.repositoryIds ?? null,
      body: asked.read,
      nowSeconds,
    });
    return [route.template, answer];
  }
  throw notFound();
}

function dispatch(state: PublishingState, path: Readonly<Record<string, string>>, asked: Asked): Answer {
  if (asked.credential === '') throw new Refusal(401, 'Requires authentication');
  const { owner = '', repo = '' } = path;
  found([...state.repositories.values()].find((one) => one.owner === owner && one.name === repo));
  const { event_type: eventType, client_payload: payload } = asked.read(dispatchBody);
  state.dispatches.push({ repository: `${owner}/${repo}`, eventType, payload });
  return { status: 204 };
}

function isOfApp(credential: string): boolean {
  try {
    const claims: unknown = JSON.parse(Buffer.from(credential.split('.')[1] ?? '', 'base64url').toString());
    return (
      typeof claims === 'object' &&
      claims !== null &&
      'iss' in claims &&
      String(claims.iss) === String(publishAppId)
    );
  } catch {
    return false;
  }
}
