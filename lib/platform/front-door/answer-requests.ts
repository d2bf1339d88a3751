/** The layers in front of Next.js, in order: each keeps out what those behind it would spend time or memory on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { enforcePace, isUpload, type BodyLimits } from '../body-pace/index.ts';
import { isLoopbackAddress, networkOf } from '../client-address/index.ts';
import type { Database } from '../db/index.ts';
import { guardRequests } from '../http-edge/index.ts';
import { cacheAnswers, cachePages } from '../page-cache/index.ts';
import { limitReading } from '../rate-limit/index.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface FrontDoorOptions {
  /** Where the portal is, without a final slash. */
  readonly publicUrl: string;
  /** Of what is sent to a page; routes have limits of their own. */
  readonly formBytesMax: number;
  /** Pages that may be rendered per minute for one network of anonymous readers. */
  readonly readsPerMinute: number;
  readonly bodies: BodyLimits;
  /** Where a request comes from; null: not known. */
  readonly addressOf: (request: IncomingMessage) => string | null;
  /** Where portals count together what networks read; null: not open yet, so this one counts by itself. */
  readonly database?: () => Database | null;
  /** What feeds and badges are made of (lib/platform/page-cache); left out: they are made once a second. */
  readonly contentMark?: () => Promise<string | null>;
  /** `live`: with their scripts and never kept, for development. Documents otherwise (decision 0019). */
  readonly publicPages?: 'documents' | 'live';
}

/** → a handler that lets `handle` answer what passes every limit and guard of the portal. */
export function answerRequests(handle: Handler, options: FrontDoorOptions): Handler {
  const {
    publicUrl,
    formBytesMax,
    readsPerMinute,
    bodies,
    addressOf,
    database,
    contentMark,
    publicPages = 'documents',
  } = options;
  const limited = limitReading(handle, {
    perMinute: readsPerMinute,
    networkOf: (request) => strangersNetwork(addressOf(request)),
    ...(database === undefined ? {} : { database }),
  });
  const answers = (): Handler =>
    cacheAnswers(limited, contentMark === undefined ? {} : { mark: contentMark });
  const pages = publicPages === 'live' ? limited : cachePages(answers());
  const guarded = guardRequests(pages, { publicUrl, formBytesMax });
  // The pace is enforced first: it applies to refused bodies, too.
  return enforcePace(guarded, {
    ...bodies,
    isUpload,
    networkOf: (request) => networkOf(addressOf(request) ?? ''),
  });
}

/** null for programs on this machine. */
const strangersNetwork = (address: string | null): string | null =>
  address === null || isLoopbackAddress(address) ? null : networkOf(address);
