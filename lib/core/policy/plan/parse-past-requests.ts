import type { FileFacts } from '../../formats/format.ts';
import { fileKinds } from '../../formats/kind/index.ts';
import { formatTypes } from '../../formats/registry.ts';
import { claimNames } from '../../origin/index.ts';
import type { RecordedClaims } from '../../origin/index.ts';
import type { PastApproval, PastEntry, PastInspection, PastOrigin, PastRequest } from './past-request.ts';

export class PastRequestError extends Error {
  readonly code = 'PAST_REQUESTS_MALFORMED';
  /** Where, for example `[3].origin.claims`. */
  readonly place: string;
  constructor(place: string, expected: string) {
    super(`past requests${place}: expected ${expected}`);
    this.name = 'PastRequestError';
    this.place = place;
  }
}

const pastRequestsMax = 200_000;
const entriesMax = 100_000;

/** Parsed JSON → past requests. Rejects (PastRequestError) whatever isn't a list of them, saying where. */
export function parsePastRequests(value: unknown): readonly PastRequest[] {
  return list(value, '', pastRequestsMax, request);
}

function request(value: unknown, at: string): PastRequest {
  const members = record(value, at);
  const read = <T>(key: string, parse: (value: unknown, at: string) => T): T =>
    parse(members[key], `${at}.${key}`);
  return {
    id: read('id', text),
    project: read('project', text),
    policy: read('policy', text),
    submittedBy: read('submittedBy', orNull(text)),
    at: read('at', time),
    decided: read('decided', oneOf('released', 'denied', 'failed', 'open')),
    decidedBy: read('decidedBy', orNull(text)),
    origin: read('origin', orNull(origin)),
    inspection: read('inspection', orNull(inspection)),
    scan: read('scan', orNull(oneOf('clean', 'refused'))),
    approvals: read(
      'approvals',
      orNull((all, place) => list(all, place, 1000, approval)),
    ),
  };
}

function origin(value: unknown, at: string): PastOrigin {
  // Files from before it was recorded have no such member.
  const { claims, integratedAt, attestation = null } = record(value, at);
  return {
    claims: recordedClaims(claims, `${at}.claims`),
    attestation: orNull(text)(attestation, `${at}.attestation`),
    integratedAt: orNull(time)(integratedAt, `${at}.integratedAt`),
  };
}

function recordedClaims(value: unknown, at: string): RecordedClaims {
  const members = record(value, at);
  const known: readonly string[] = claimNames;
  for (const [name, claim] of Object.entries(members)) {
    if (!known.includes(name))
      throw new PastRequestError(`${at}.${name.slice(0, 60)}`, 'the name of a claim');
    text(claim, `${at}.${name}`);
  }
  return members;
}

function inspection(value: unknown, at: string): PastInspection {
  const members = record(value, at);
  return {
    outcome: oneOf('pass', 'fail')(members['outcome'], `${at}.outcome`),
    rule: orNull(text)(members['rule'], `${at}.rule`),
    configurationSha256: orNull(text)(members['configurationSha256'], `${at}.configurationSha256`),
    entries: orNull((all, place) => list(all, place, entriesMax, entry))(members['entries'], `${at}.entries`),
  };
}

/** Entries out of a journal → the entries; null where they are anything else. */
export function parseEntries(value: unknown): readonly PastEntry[] | null {
  try {
    return list(value, '', entriesMax, entry);
  } catch (error) {
    if (error instanceof PastRequestError) return null;
    throw error;
  }
}

function entry(value: unknown, at: string): PastEntry {
  const members = record(value, at);
  const { sizeBytes } = members;
  if (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new PastRequestError(`${at}.sizeBytes`, 'a number of bytes');
  }
  return {
    path: list(members['path'], `${at}.path`, 64, text),
    type: oneOf('file', 'directory')(members['type'], `${at}.type`),
    sizeBytes,
    sha256: orNull(digest)(members['sha256'], `${at}.sha256`),
    facts: factsOf(members, at),
  };
}

/** Entries of before formats were several hold `pe`, what was read of Windows programs alone. */
function factsOf(members: Readonly<Record<string, unknown>>, at: string): FileFacts | null {
  if (!('facts' in members)) return orNull(programFacts)(members['pe'], `${at}.pe`);
  return orNull(fileFacts)(members['facts'], `${at}.facts`);
}

function fileFacts(value: unknown, at: string): FileFacts {
  const { type, signed, kind, texts: said } = record(value, at);
  return { type: oneOf(...formatTypes)(type, `${at}.type`), ...common({ signed, kind, said }, at) };
}

function programFacts(value: unknown, at: string): FileFacts {
  const { signed, kind = null, version } = record(value, at);
  return { type: 'pe', ...common({ signed, kind, said: version }, at) };
}

function common(
  { signed, kind, said }: { readonly signed: unknown; readonly kind: unknown; readonly said: unknown },
  at: string,
): Omit<FileFacts, 'type'> {
  if (typeof signed !== 'boolean') throw new PastRequestError(`${at}.signed`, 'true or false');
  return {
    signed,
    kind: orNull(oneOf(...fileKinds))(kind, `${at}.kind`),
    texts: orNull(texts)(said, `${at}.texts`),
  };
}

function texts(value: unknown, at: string): Readonly<Record<string, string>> {
  const members = record(value, at);
  for (const [name, one] of Object.entries(members)) text(one, `${at}.${name}`);
  return members as Readonly<Record<string, string>>;
}

function approval(value: unknown, at: string): PastApproval {
  const { handle, decision } = record(value, at);
  return {
    handle: text(handle, `${at}.handle`),
    decision: oneOf('approve', 'deny')(decision, `${at}.decision`),
  };
}

function record(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PastRequestError(at, 'an object');
  }
  return value as Readonly<Record<string, unknown>>;
}

function list<T>(
  value: unknown,
  at: string,
  lengthMax: number,
  parse: (value: unknown, at: string) => T,
): readonly T[] {
  if (!Array.isArray(value) || value.length > lengthMax) {
    throw new PastRequestError(at, `a list of at most ${lengthMax}`);
  }
  return value.map((one, index) => parse(one, `${at}[${index}]`));
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string' || value.length > 4096) throw new PastRequestError(at, 'a text');
  return value;
}

function digest(value: unknown, at: string): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) {
    throw new PastRequestError(at, '64 lower-case hexadecimal digits');
  }
  return value;
}

function time(value: unknown, at: string): string {
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) {
    throw new PastRequestError(at, 'a time in ISO 8601');
  }
  return value;
}

const orNull =
  <T>(parse: (value: unknown, at: string) => T) =>
  (value: unknown, at: string): T | null =>
    value === null ? null : parse(value, at);

const oneOf =
  <Word extends string>(...words: readonly Word[]) =>
  (value: unknown, at: string): Word => {
    const found = words.find((one) => one === value);
    if (found === undefined) throw new PastRequestError(at, words.join(' or '));
    return found;
  };
