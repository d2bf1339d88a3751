/** Which options each command about the portal takes; unknown ones are refused, so that no typo is ignored. */
export const options = {
  project: { type: 'string' },
  policy: { type: 'string' },
  artifact: { type: 'string' },
  bundle: { type: 'string' },
  'bundle-from': { type: 'string' },
  'bundle-run': { type: 'string' },
  parameter: { type: 'string', multiple: true },
  param: { type: 'string', multiple: true },
  configuration: { type: 'string' },
  supersede: { type: 'boolean' },
  until: { type: 'string' },
  status: { type: 'string' },
  since: { type: 'string' },
  json: { type: 'boolean' },
  'retry-for': { type: 'string' },
  key: { type: 'string' },
  reason: { type: 'string' },
  everything: { type: 'boolean' },
  output: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  'idempotency-key': { type: 'string' },
  timeout: { type: 'string' },
  limit: { type: 'string' },
  name: { type: 'string' },
  days: { type: 'string' },
  policies: { type: 'string' },
  wait: { type: 'boolean' },
  'despite-revocation': { type: 'boolean' },
} as const;

export type OptionName = keyof typeof options;
type Repeated = 'parameter' | 'param';
export type TextOption = {
  [Name in Exclude<OptionName, Repeated>]: (typeof options)[Name]['type'] extends 'string' ? Name : never;
}[Exclude<OptionName, Repeated>];

export type SwitchOption = Exclude<OptionName, TextOption | Repeated>;

export interface Accepts {
  readonly options: readonly OptionName[];
  /** Options that have to be there. */
  readonly needs: readonly TextOption[];
  /** What has to follow the command; [FILE] may. */
  readonly names: readonly string[];
}

/** Of all that ask, wait or fetch. */
const usual = ['json', 'retry-for', 'token'] as const;
const waiting = ['wait', 'timeout', 'output'] as const;
const values = ['parameter', 'param'] as const;

export const accepts = {
  submit: {
    options: [
      ...['project', 'policy', 'configuration', 'artifact', 'bundle', 'bundle-from', 'bundle-run'],
      ...['supersede', 'idempotency-key'],
      ...values,
      ...waiting,
      ...usual,
    ],
    needs: ['project', 'policy'],
    names: ['[FILE]'],
  },
  status: { options: usual, needs: [], names: ['REQUEST'] },
  wait: { options: ['until', 'timeout', 'output', ...usual], needs: [], names: ['REQUEST'] },
  cancel: { options: ['reason', ...usual], needs: ['reason'], names: ['REQUEST'] },
  resubmit: {
    options: ['policy', 'configuration', ...values, ...waiting, ...usual],
    needs: [],
    names: ['REQUEST'],
  },
  list: { options: ['project', 'status', 'since', 'limit', ...usual], needs: [], names: [] },
  approve: { options: ['key', 'artifact', 'token'], needs: ['key'], names: ['REQUEST'] },
  deny: { options: ['key', 'artifact', 'token'], needs: ['key'], names: ['REQUEST'] },
  download: { options: ['output', 'despite-revocation', ...usual], needs: ['output'], names: ['REQUEST'] },
  stop: {
    options: ['project', 'everything', 'reason', 'key', 'timeout', 'token'],
    needs: ['reason', 'key'],
    names: [],
  },
  resume: {
    options: ['project', 'everything', 'reason', 'key', 'timeout', 'token'],
    needs: ['reason', 'key'],
    names: [],
  },
  'tokens list': { options: ['project', 'key'], needs: ['project', 'key'], names: [] },
  'tokens create': {
    options: ['project', 'key', 'name', 'days', 'policies'],
    needs: ['project', 'key', 'name'],
    names: [],
  },
  'tokens revoke': { options: ['project', 'key', 'reason'], needs: ['project', 'key'], names: ['TOKEN-ID'] },
  'past-requests': { options: ['output', 'limit', 'token'], needs: ['output'], names: [] },
} as const satisfies Readonly<Record<string, Accepts>>;

export type PortalVerb = keyof typeof accepts;

/** Commands about the portal with the options of each, `--url` among them. */
export const portalCommands: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(accepts).map(([verb, { options: own }]) => [verb, [...own, 'url']]),
);
