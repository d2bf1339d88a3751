/** Keys of the signer's configuration: what it asks and uses of others – tokens, code hosts, timestamp authorities, the scanner. */
import { z } from 'zod';
import { key, keys, type Paths } from '../../../lib/host/configuration/index.ts';
import { moduleKeys, pinKey, pinSchema, registryKey, segmentRecordsKey } from '../service/index.ts';
import { seconds } from './files.ts';

const keyHolder = (paths: Paths) =>
  keys({
    module: key('Path of the PKCS#11 module.', z.string().min(1), {
      example: '/usr/lib/softhsm/libsofthsm2.so',
    }),
    ...moduleKeys(paths),
    tokenLabel: key('Label of the token with the keys of projects.', z.string().min(1).max(32), {
      example: 'signing',
    }),
    pin: pinKey(paths, 'pin-signing'),
    furtherTokens: key(
      'Further tokens with keys of projects, on the same module. One that is missing takes only its own keys away.',
      z
        .array(
          keys({
            label: key('Label of the token.', z.string().min(1).max(32), { sample: 'signing-2' }),
            pin: key('Where its PIN is.', pinSchema(paths), {
              sample: { credential: 'pin-signing-2' },
              secret: 'as `pin`',
            }),
          }),
        )
        .max(15)
        .default([]),
      { default: 'none' },
    ),
    registry: registryKey(paths),
    journal: key('The keyholder’s own record of every signature.', paths.path, {
      names: 'makes',
      example: '/var/lib/countersign/signer/keyholder/journal.jsonl',
    }),
    segmentRecords: segmentRecordsKey(),
    signaturesPerMinuteMax: key(
      'The keyholder refuses further signatures within a minute: what bounds the damage where the signer itself was taken over.',
      z.number().int().positive().default(120),
      {
        unit: 'count',
        risk: (perMinute) =>
          perMinute > 6000
            ? 'Whoever takes over the signer gets that many signatures a minute: set it to a few times what your projects need.'
            : null,
      },
    ),
  }).refine(
    ({ tokenLabel, furtherTokens }) =>
      new Set([tokenLabel, ...furtherTokens.map(({ label }) => label)]).size === 1 + furtherTokens.length,
    { path: ['furtherTokens'], error: 'each label once' },
  );

const codeHost = ({ path }: Paths) =>
  keys({
    api: key(
      'The API’s address, as trust/root.yaml names it (`hostApi`).',
      z.string().regex(/^https?:\/\/[^\s?#@]+[^\s?#@/]$/, 'an address as `hostApi` has it'),
      {
        sample: 'https://api.github.com',
        risk: (address) =>
          address.startsWith('http://') && !/^http:\/\/(?:127\.|localhost\b|\[::1\])/.test(address)
            ? 'Answers about builds come unprotected, and the token goes out so: use https://.'
            : null,
      },
    ),
    token: key(
      'A token without rights to write, its own and never the portal’s.',
      keys({
        file: key('A file with the token in one line.', path, {
          names: 'secret',
          sample: '/run/credentials/countersign-signer.service/code-host-token',
        }),
      }).optional(),
      { default: 'none, and `app` is there', secret: 'file' },
    ),
    app: key(
      'A GitHub App instead of a token.',
      keys({
        id: key('The app’s number.', z.number().int().positive(), { unit: 'count' }),
        key: key('A file with its private key, in PEM.', path, { names: 'secret' }),
      }).optional(),
      { default: 'none, and `token` is there', secret: 'file', notInExample: true },
    ),
    requestsPerHourMax: key(
      'Of the host’s own limit, what is left to this signer.',
      z.number().int().min(50).max(100_000).default(4000),
      { unit: 'count' },
    ),
    timeoutSeconds: key('How long an answer may take.', seconds.max(120).default(15)),
  }).refine(({ token, app }) => (token === undefined) !== (app === undefined), 'one of `token` and `app`');

export const serviceKeys = (paths: Paths) => ({
  keyHolder: key(
    'The keys that this signer works with, and how the keyholder reaches them.',
    keyHolder(paths),
  ),
  auditLog: key(
    'Lets the command `audit` sign the digests of audit exports with the log’s key. The registry names key and token.',
    keys({
      pin: key('Where the PIN of the log’s token is.', pinSchema(paths), {
        sample: { credential: 'pin-log' },
        secret: 'credential `pin-log`, a file, or an environment variable',
      }),
    }).optional(),
    { default: 'exports are not signed' },
  ),
  codeHosts: key(
    'What the signer asks code hosts with, by the host’s address (docs/guides/code-host.md).',
    z
      .array(codeHost(paths))
      .max(10)
      .refine((all) => new Set(all.map(({ api }) => api)).size === all.length, 'each address once')
      .default([]),
    { neededBy: 'policies by which the signer asks the code host itself' },
  ),
  timestamp: key(
    'The timestamp authorities (RFC 3161). Each signature gets a timestamp, or isn’t made.',
    keys({
      urls: key(
        'Their addresses, asked in this order. They are public, so they hold no password.',
        z
          .array(
            z.url().refine((address) => !address.includes('@'), 'an address without user name and password'),
          )
          .min(1),
        {
          example: ['http://127.0.0.1:8318/'],
          risk: (urls) =>
            urls.length < 2
              ? 'There is one timestamp authority: while it is down, nothing is signed. Add a second.'
              : null,
        },
      ),
      trustedRoots: key('Root certificates of theirs, in PEM.', z.array(paths.path).min(1), {
        names: 'file',
        example: ['/var/lib/countersign/keys/foundation-root.pem'],
      }),
      timeoutSeconds: key('How long one may take.', seconds.default(20)),
      hedgeSeconds: key('After this long without an answer the next one is asked, too.', seconds.default(3)),
    }),
  ),
  scanner: key(
    'The virus scanner, clamd (docs/guides/scanning.md).',
    keys({
      host: key('Where it listens.', z.string().min(1).default('127.0.0.1'), {
        risk: (host) =>
          ['127.0.0.1', 'localhost', '::1'].includes(host)
            ? null
            : 'clamd’s protocol has no authentication: whoever is between can answer that a file is clean. Run clamd on this machine, or reach it through a tunnel.',
      }),
      port: key('The port it listens on.', z.number().int().min(1).max(65_535), {
        unit: 'count',
        example: 3310,
      }),
      timeoutSeconds: key('How long one file may take.', seconds.default(300)),
      streamSizeBytesMax: key(
        'The largest file that clamd is sent; a larger one must be an archive that the inspector opens. The signer tests that clamd reads files of this size completely.',
        z
          .number()
          .int()
          .min(1024 ** 2)
          .max(2000 * 1024 ** 2)
          .default(512 * 1024 ** 2),
      ),
      databaseAgeHoursMax: key(
        'Signatures of viruses older than this count as none, and requests wait.',
        z.number().positive().default(48),
        {
          unit: 'hours',
          risk: (hours) =>
            hours > 24 * 7
              ? 'Files would be scanned with signatures older than a week: have freshclam run, and leave 48.'
              : null,
        },
      ),
      developmentDatabase: key(
        'Accepts a scanner that has only local signatures. For development: it detects next to nothing.',
        z.boolean().default(false),
        {
          risk: (isOn) =>
            isOn
              ? 'The scanner detects next to nothing: leave this out where something is really signed.'
              : null,
        },
      ),
    }),
  ),
});
