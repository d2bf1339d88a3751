/** One endpoint of the fake: method, path template as GitHub's description writes it, and what it does. */
import { CodedError } from '#core/error/index.ts';
import type { z } from 'zod';
import type { Tickets } from './artifacts/storage.ts';
import type { ProjectsWire } from './projects/wire.ts';
import type { State } from './state.ts';
import type { Wire } from './wire.ts';

export interface Call {
  readonly state: State;
  readonly wire: Wire;
  readonly projects: ProjectsWire;
  /** Decoded values of the template's {names}. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Number of the account whose token it is; null: an installation's, the portal's own, or nobody's. */
  readonly account: number | null;
  /** What the token may read; `bypass`: who can bypass a ruleset. */
  readonly rights: ReadonlySet<string>;
  /** Where the fake listens. */
  readonly base: string;
  /** Number of the repository whose job's token it is. */
  readonly job: number | null;
  readonly tickets: Tickets;
  readonly accept: string;
  /** How often this was asked before. */
  readonly looks: number;
  /** Parsed by the route's own schema; what doesn't fit becomes a 422. */
  readonly body: <S extends z.ZodType>(schema: S) => z.output<S>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Items of a list: the server cuts pages. `within`: the name they stand under, beside total_count. */
  readonly items?: readonly unknown[];
  readonly within?: string;
  /** Of what has moved: below this server, or another one's whole address. */
  readonly location?: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly template: string;
  /** Left out: it is about every repository. */
  readonly applies?: (at: Pick<Call, 'state' | 'path'>) => boolean;
  readonly run: (call: Call) => Answer;
}

/** Thrown by a route: GitHub's error answer. */
export class Refusal extends CodedError<'REFUSED'> {
  static override readonly errorName = 'Refusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super('REFUSED', message, { context: { status } });
    this.status = status;
    this.headers = headers;
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found');

export function found<Value>(value: Value | undefined | null): Value {
  if (value === undefined || value === null) throw notFound();
  return value;
}
