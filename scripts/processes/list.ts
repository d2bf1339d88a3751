/** Every process of Countersign that is built: where its source begins, and what may be in it. */

export interface ProcessSource {
  /** From the project's root. */
  readonly entry: string;
  /** What it is, for people. */
  readonly what: string;
  /** Another process starts it. */
  readonly child?: boolean;
  /** Packages that stay outside the built file and are loaded from node_modules as it runs. */
  readonly outside?: readonly string[];
  /** All that it may hold, where that is little: the build fails for anything else. */
  readonly only?: {
    readonly packages: readonly string[];
    /** Folders of own code, from the project's root. */
    readonly folders: readonly string[];
    readonly builtins: readonly string[];
  };
  /** What Node.js is started with to run it. Left out: --enable-source-maps, so that stack traces name the sources. */
  readonly flags?: readonly string[];
  /** One that starts others runs it as a script, with compiled code (signer/inspector/compiled-code.ts), and gives it its modules. */
  readonly isScript?: boolean;
  /** Packages that it must not hold, where `only` doesn't say it already. */
  readonly never?: readonly string[];
}

/** Reaches the keys. Native code: it can’t be in a JavaScript file. */
const token = 'pkcs11js';
/** What an inspector may load of Node.js (signer/inspector/child/lockdown.ts refuses others as it runs). */
const bytesAndFiles = ['crypto', 'events', 'fs/promises', 'path', 'zlib'];
const holder = {
  child: true,
  outside: [token],
  only: {
    packages: ['zod', token],
    folders: [
      'signer/keyholder/holder/',
      'signer/keyholder/protocol/',
      'signer/keyholder/segments/',
      'signer/keyholder/token/',
      'lib/core/',
    ],
    builtins: ['crypto', 'fs/promises', 'path'],
  },
};
/** Of the portal alone. */
const portalOnly = ['next', 'react', 'next-auth', '@prisma/client'];
const withoutKeys = [token, ...portalOnly];

const list = {
  portal: { entry: 'server.ts', what: 'the portal’s server', outside: ['next'], never: [token] },
  daemon: {
    entry: 'signer/daemon/main.ts',
    what: 'the signer',
    never: withoutKeys,
    // V8's young generation would grow to 48 MB and never shrink. Its log finds the places of stack traces in the sources by itself.
    flags: ['--max-semi-space-size=4'],
  },
  inspector: {
    entry: 'signer/inspector/child/main.ts',
    what: 'the signer’s child that parses hostile bytes',
    child: true,
    isScript: true,
    only: { packages: [], folders: ['signer/inspector/', 'lib/core/'], builtins: bytesAndFiles },
  },
  'inspector-lockdown': {
    entry: 'signer/inspector/child/start.ts',
    what: 'the inspector’s lockdown, which starts it',
    child: true,
    only: { packages: [], folders: ['signer/inspector/child/'], builtins: ['fs', 'module', 'vm'] },
  },
  keyholder: {
    ...holder,
    entry: 'signer/keyholder/holder/main.ts',
    what: 'the only process with the PIN',
  },
  'log-keyholder': {
    ...holder,
    entry: 'signer/keyholder/holder/log-main.ts',
    what: 'the process that has the log’s PIN for the signatures of one round',
  },
  'timestamp-authority': {
    entry: 'signer/authorities/tsa/main.ts',
    what: 'the RFC 3161 timestamp authority',
    never: [...withoutKeys, 'pg'],
  },
  'revocation-authority': {
    entry: 'signer/authorities/revocation/main.ts',
    what: 'publishes lists and status answers',
    never: withoutKeys,
  },
  responder: {
    entry: 'signer/authorities/responder/main.ts',
    what: 'serves lists and status answers to everybody',
    never: [...withoutKeys, 'pg'],
  },
  ceremony: {
    entry: 'signer/authorities/ceremony/main.ts',
    what: 'the key ceremony',
    outside: [token],
    never: [...portalOnly, 'pg'],
  },
  issue: {
    entry: 'signer/authorities/issue/main.ts',
    what: 'issues certificates for projects',
    outside: [token],
    never: portalOnly,
  },
  audit: { entry: 'signer/daemon/audit/main.ts', what: 'signs audit exports', never: withoutKeys },
  'emergency-stop': {
    entry: 'signer/rulings/emergency-stop/main.ts',
    what: 'stops a signer at once',
    never: withoutKeys,
  },
  reconcile: {
    entry: 'signer/reconcile/main.ts',
    what: 'brings a signer and a database back together',
    never: withoutKeys,
  },
  revocations: {
    entry: 'signer/rulings/revocations/main.ts',
    what: 'rebuilds the register of revocations',
    never: withoutKeys,
  },
  journal: {
    entry: 'signer/ground/journal/main.ts',
    what: 'walks the journal’s chain',
    never: withoutKeys,
  },
  migrate: {
    entry: 'scripts/database/main.ts',
    what: 'brings the database to this version',
    outside: ['@prisma/schema-engine-wasm'],
    never: withoutKeys,
  },
  config: {
    entry: 'scripts/configuration/main.ts',
    what: 'checks configurations',
    never: [...withoutKeys, 'pg'],
  },
  'store-migrate': {
    entry: 'scripts/store/main.ts',
    what: 'copies a store between a folder and a bucket',
    never: [...withoutKeys, 'pg'],
  },
  retention: {
    entry: 'scripts/retention/main.ts',
    what: 'lists what rules of retention would remove',
    never: [token, 'next', 'react', 'next-auth'],
  },
  countersign: { entry: 'cli/main.ts', what: 'the command line', never: [...withoutKeys, 'pg'] },
} satisfies Readonly<Record<string, ProcessSource>>;

/** No process of a foundation's: it runs in a project's workflow, with what an attacker of the workflow would like to have. */
export const action: ProcessSource = {
  entry: 'action/main.ts',
  what: 'the Action for GitHub',
  only: {
    packages: ['zod'],
    folders: ['action/', 'cli/client/', 'cli/plain.ts', 'lib/core/'],
    builtins: [
      ...[
        'buffer',
        'crypto',
        'fs',
        'fs/promises',
        'http',
        'https',
        'os',
        'path',
        'stream',
        'stream/promises',
      ],
      'timers/promises',
    ],
  },
};

export type ProcessName = keyof typeof list;
export const processes: Readonly<Record<ProcessName, ProcessSource>> = list;
export const processNames = Object.keys(list) as readonly ProcessName[];

/** What people and service managers start. */
export const startable = processNames.filter((name) => processes[name].child !== true);

/** What works on the signer’s side: every package in it stands in the reviewed list. */
export const signing = processNames.filter((name) => processes[name].entry.startsWith('signer/'));
