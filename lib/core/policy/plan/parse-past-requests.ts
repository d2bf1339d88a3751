import { CodedError } from '#core/error/index.ts';
import { claimNames } from '../../origin/index.ts';
import { noParameters, readParameters } from '../../wire/parameters/index.ts';
import type { ParameterValues } from '../../wire/parameters/index.ts';
import type { RecordedClaims } from '../../origin/index.ts';
import { inspectedFileSchema, inspectedFilesMax } from '../../wire/journal/index.ts';
import type { PastApproval, PastEntry, PastInspection, PastOrigin, PastRequest } from './past-request.ts';

export class PastRequestError extends CodedError<'PAST_REQUESTS_MALFORMED'> {
  static override readonly errorName = 'PastRequestError';
  /** Where, for example `[3].origin.claims`. */
  readonly place: string;
  constructor(place: string, expected: string) {
    super('PAST_REQUESTS_MALFORMED', `past requests${place}: expected ${expected}`, {
      context: { place },
    });
    this.place = place;
  }
}

const pastRequestsMax = 200_000;

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
    // Files from before requests had parameters have no such member.
    parameters: parameters(members['parameters'] ?? noParameters, `${at}.parameters`),
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

function parameters(value: unknown, at: string): ParameterValues {
  const read = readParameters(value);
  if (read.ok) return read.value;
  throw new PastRequestError(at, 'names and values of parameters');
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
  const claims = Object.entries(members).map(([name, claim]) => {
    if (!claimNames.has(name))
      throw new PastRequestError(`${at}.${name.slice(0, 60)}`, 'the name of a claim');
    return [name, text(claim, `${at}.${name}`)] as const;
  });
  return Object.fromEntries(claims);
}

function inspection(value: unknown, at: string): PastInspection {
  const members = record(value, at);
  return {
    outcome: oneOf('pass', 'fail')(members['outcome'], `${at}.outcome`),
    rule: orNull(text)(members['rule'], `${at}.rule`),
    configurationSha256: orNull(text)(members['configurationSha256'], `${at}.configurationSha256`),
    entries: orNull((all, place) => list(all, place, inspectedFilesMax, entry))(
      members['entries'],
      `${at}.entries`,
    ),
  };
}

function entry(value: unknown, at: string): PastEntry {
  const parsed = inspectedFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const place = (first?.path ?? []).map((propertyKey) =>
    typeof propertyKey === 'number' ? `[${propertyKey}]` : `.${String(propertyKey)}`,
  );
  throw new PastRequestError(`${at}${place.join('')}`, first?.message ?? 'a file or a folder');
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
    const found = words.find((word) => word === value);
    if (found === undefined) throw new PastRequestError(at, words.join(' or '));
    return found;
  };
