/** The environment variables that Countersign's programs read: one record each. A test compares them with the sources. */

export interface Variable {
  readonly name: string;
  readonly means: string;
  readonly default: string;
  /** How it comes, where it is a secret. */
  readonly secret?: string;
  readonly readBy: string;
}

export const variables: readonly Variable[] = [
  {
    name: 'COUNTERSIGN_PORTAL_CONFIG',
    means: 'Path of the portal’s configuration.',
    default: 'none: the portal doesn’t start',
    readBy: 'portal',
  },
  {
    name: 'COUNTERSIGN_LOG_LEVEL',
    means: 'From which level on the portal logs: fatal, error, warn, info, debug, trace, silent.',
    default: 'info',
    readBy: 'portal',
  },
  {
    name: 'COUNTERSIGN_OWNER_DATABASE_URL',
    means: 'Where PostgreSQL is, with the role that owns the tables.',
    default: 'none: migrations don’t run',
    secret: 'if it has a password in it: hand that over by one of the next two instead',
    readBy: 'migrate',
  },
  {
    name: 'COUNTERSIGN_OWNER_PASSWORD_CREDENTIAL',
    means: 'The name of a systemd credential with that role’s password in one line.',
    default: 'the address says it',
    secret: 'credential `database-owner`',
    readBy: 'migrate',
  },
  {
    name: 'COUNTERSIGN_OWNER_PASSWORD_FILE',
    means: 'A file with that role’s password in one line, which its owner alone can read.',
    default: 'the address says it',
    secret: 'file',
    readBy: 'migrate',
  },
  {
    name: 'COUNTERSIGN_SUPERUSER_DATABASE_URL',
    means: 'Where PostgreSQL is, with a superuser: brings the roles up to date, too.',
    default: 'roles stay as they are',
    secret: 'in the environment of that one run',
    readBy: 'migrate',
  },
  {
    name: 'COUNTERSIGN_URL',
    means: 'Address of the portal.',
    default: 'none: --url says it',
    readBy: 'countersign, the Action for GitHub, the component for GitLab',
  },
  {
    name: 'COUNTERSIGN_TOKEN',
    means: 'An API token (docs/guides/tokens.md).',
    default: 'the build’s own identity, or none',
    secret: 'environment, as CI systems hand out secrets',
    readBy: 'countersign, the Action for GitHub, the component for GitLab',
  },
  {
    name: 'COUNTERSIGN_ID_TOKEN',
    means: 'An identity token of the build system, for builds without an API token.',
    default: 'asked of the build system, where it has a way',
    secret: 'environment',
    readBy: 'countersign',
  },
  {
    name: 'COUNTERSIGN_BUNDLE_TOKEN',
    means:
      'A token of the code host with `attestations: read`, sent to the portal for one look (`--bundle-from`).',
    default: 'none',
    secret: 'environment',
    readBy: 'countersign',
  },
  {
    name: 'COUNTERSIGN_TRACE',
    means: '1: a fault of the program is printed with its stack trace.',
    default: 'one line',
    readBy: 'countersign',
  },
  {
    name: 'COUNTERSIGN_BUILDER_ID',
    means: 'Who builds: goes into the release’s provenance.',
    default: 'no statement of a builder',
    readBy: 'npm run package',
  },
];
