/** Keys of the portal's configuration: who signs in, how people are written to, and what protects the pages. */
import { z } from 'zod';
import { key, keys, type Paths } from '../../host/configuration/index.ts';
import { isNetwork } from '../client-address/index.ts';
import { gitLabServer, isLoopback, onlyHere } from './addresses.ts';

const credential = (name: string) => `/run/credentials/countersign-portal.service/${name}`;
const asFile = 'file; from `LoadCredential=` its path is below /run/credentials';

/** What an application at the host is called, and its secret. */
const application = ({ path }: Paths, name: string) => ({
  clientId: key('Its client id.', z.string().min(1).max(200), { sample: 'Iv1.0123456789abcdef' }),
  clientSecretFile: key('Its client secret, in one line.', path, {
    names: 'secret',
    secret: asFile,
    sample: credential(name),
  }),
});

const auth = (paths: Paths) =>
  keys({
    github: key(
      'People sign in with GitHub: an OAuth application there.',
      keys({
        ...application(paths, 'github-client-secret'),
        url: key('What stands for it in tests.', onlyHere.default('https://github.com'), {
          default: 'https://github.com',
          notInExample: true,
        }),
        apiUrl: key('What stands for its API in tests.', onlyHere.default('https://api.github.com'), {
          default: 'https://api.github.com',
          notInExample: true,
        }),
      }).optional(),
      { default: 'nobody signs in with GitHub' },
    ),
    gitlab: key(
      'People sign in with GitLab: an application there.',
      keys({
        ...application(paths, 'gitlab-client-secret'),
        server: key(
          'The GitLab whose accounts people sign in with, as `accountHosts` of trust/root.yaml names it.',
          gitLabServer.default('https://gitlab.com'),
        ),
        url: key('What stands for it in tests.', onlyHere.optional(), {
          default: 'none',
          notInExample: true,
        }),
      }).optional(),
      { default: 'nobody signs in with GitLab' },
    ),
    secretFile: key(
      'What sessions are sealed with, and what the keys of forms are derived from: `openssl rand -base64 32`. The same for every portal of one foundation.',
      paths.path,
      { names: 'secret', secret: asFile, example: credential('session-key') },
    ),
    development: key(
      'Anybody signs in as anybody. Works only where publicUrl is a loopback address.',
      z.boolean().default(false),
      {
        risk: (isOn) =>
          isOn ? 'Anybody signs in as anybody: leave this out where others reach the portal.' : null,
      },
    ),
  });

const mail = ({ path }: Paths) =>
  keys({
    smtp: key(
      'The server, with the account’s name.',
      z.string().regex(/^smtps?:\/\//, 'an smtp:// or smtps:// address'),
      {
        sample: 'smtps://countersign@mail.example.org',
        risk: (address) => {
          const { protocol, hostname, password } = URL.parse(address) ?? {};
          if (password !== undefined && password !== '')
            return 'The password stands in the configuration: move it to `passwordFile`.';
          const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname ?? '');
          return protocol === 'smtp:' && !isHere
            ? 'smtp:// falls back to no encryption where the server offers none: write smtps://.'
            : null;
        },
      },
    ),
    passwordFile: key('One line: the password of that account.', path.optional(), {
      default: 'the server asks for none',
      names: 'secret',
      secret: asFile,
      sample: credential('mail-password'),
    }),
    from: key('The sender’s address.', z.string().min(3).max(320), { sample: 'signing@example.org' }),
  });

/** So many addresses that almost anybody may be among them. */
const isWide = (network: string): boolean => {
  const [address = '', bits] = network.split('/');
  return bits !== undefined && Number(bits) < (address.includes(':') ? 32 : 8);
};

const ports = z.array(z.number().int().min(1).max(65_535)).min(1).max(20);

export const peopleKeys = (paths: Paths) => ({
  publicUrl: key(
    'The address that everybody knows the portal by.',
    z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
    {
      example: 'https://sign.example.org',
      risk: (url) =>
        url.startsWith('https://') || isLoopback(url)
          ? null
          : 'Sessions and tokens go over the network unencrypted: put the portal behind a reverse proxy with TLS, and write https://.',
    },
  ),
  auth: key('How people sign in (docs/guides/sign-in.md).', auth(paths)),
  trustedProxies: key(
    'The operator’s own reverse proxies, as addresses or networks: their X-Forwarded-For is trusted for the client address.',
    z
      .array(z.string().max(60).refine(isNetwork, 'an IP address, or a network like 10.0.0.0/8'))
      .max(20)
      .optional(),
    {
      default: 'none, and the address is the connection’s',
      example: ['127.0.0.1'],
      neededBy: 'portals behind a reverse proxy',
      risk: (networks) =>
        networks.some(isWide)
          ? 'Almost anybody may say which address they come from, and so gets around limits: name the proxies alone.'
          : null,
    },
  ),
  mail: key('The mail server.', mail(paths).optional(), {
    default: 'messages are only shown on the portal',
    neededBy: 'notices and applications by e-mail',
  }),
  webhooks: key(
    'Messages to projects’ own programs (docs/guides/webhooks.md).',
    keys({
      ports: key('Ports that webhooks may lead to.', ports, {
        unit: 'count',
        sample: [443],
        risk: (all) =>
          all.some((port) => ![443, 8443].includes(port))
            ? 'Projects can have the portal talk to services on these ports: leave 443 alone where you can.'
            : null,
      }),
    }).optional(),
    { default: 'port 443 alone' },
  ),
  openPgp: key(
    'Projects’ OpenPGP keys with addresses of this domain are found there by Web Key Directory.',
    keys({
      domain: key(
        'The domain.',
        z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,188}[a-z0-9])?$/, 'a domain in lower case'),
        { sample: 'keys.example.org' },
      ),
    }).optional(),
    { default: 'found there by nobody' },
  ),
  dnsServers: key(
    'DNS servers, as ADDRESS or ADDRESS:PORT.',
    z.array(z.string().min(3).max(60)).min(1).max(5).optional(),
    { default: 'the system’s' },
  ),
  readsPerMinute: key(
    'Uncached pages and answers for one network (IPv4 /24, IPv6 /48).',
    z.number().int().min(10).max(1_000_000).optional(),
    { unit: 'count', default: '600' },
  ),
  shutdown: key(
    'How long a portal that is stopped goes on with what it has begun. The sum is below the unit’s TimeoutStopSec.',
    keys({
      delaySeconds: key(
        'First it says at /readyz that it is going, for a load balancer to notice.',
        z.number().min(0).max(300).default(0),
      ),
      answersSeconds: key('Then answers are finished.', z.number().min(0).max(300).default(10)),
      transfersSeconds: key('And uploads and downloads.', z.number().min(0).max(86_400).default(50)),
    }).prefault({}),
  ),
});
