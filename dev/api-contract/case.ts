/** A case of the API's contract: what is asked, and the status that has to come. */
import type { Portal } from '../../lib/platform/portal/index.ts';

export interface Sent {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Which portal answers; left out, the foundation's. */
  readonly portal?: Portal;
  /** What holds while it is asked. */
  readonly during?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What was answered to the case before, of the same operation. */
export interface Before {
  readonly body: unknown;
  readonly link: string | null;
  readonly etag: string | null;
}

export interface Case {
  /** error: asked wrongly; refused: not who may, or not there; away: something that the portal needs. */
  readonly kind: 'happy' | 'error' | 'refused' | 'away';
  readonly status: number;
  /** What stands in the answer. */
  readonly says?: RegExp;
  readonly send: (before: Before) => Sent | Promise<Sent>;
}

const of =
  (kind: Case['kind']) =>
  (status: number, send: Case['send'] | Sent): Case => ({
    kind,
    status,
    send: typeof send === 'function' ? send : () => send,
  });
export const [happy, error, refused, away] = [of('happy'), of('error'), of('refused'), of('away')];
export const saying = (says: RegExp, one: Case): Case => ({ ...one, says });
export const unknownId = '00000000-0000-4000-8000-000000000000';
export const noToken = { headers: { authorization: 'Bearer csn_no-token' } };
