/** What the signer asks with: a token of its own, or an App's key, of which it makes a token that reads one repository. */
import { createPrivateKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { SignerConfig } from '../../ground/config/index.ts';
import { HostUnavailable } from './error.ts';
import type { Exchange, Send } from './send.ts';

type Access = SignerConfig['codeHosts'][number];

export interface Credentials {
  /** Of a repository's path (/repos/OWNER/NAME) → the token; its answers are kept apart from those of others. */
  token(repository: string): Promise<string>;
}

const configured = 'see `codeHosts` in the signer’s configuration';

export function openCredentials(access: Access, send: Send, now: () => Date): Credentials {
  const { token, app } = access;
  if (app !== undefined) return ofApp(access.api, app, send, now);
  return { token: () => readSecret(token?.file ?? '') };
}

async function readSecret(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new HostUnavailable(
      'its credentials can’t be read',
      `make ${file} readable; ${configured}`,
      null,
      error,
    );
  });
  return text.trim();
}

/** The least that all questions need. */
const permissions = {
  actions: 'read',
  administration: 'read',
  contents: 'read',
  metadata: 'read',
} as const;

const installationSchema = z.object({ id: z.int().positive() });
const tokenSchema = z.object({
  token: z.string().regex(/^[\x21-\x7e]{1,1000}$/),
  expires_at: z.iso.datetime({ offset: true }),
});

function read<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new HostUnavailable(
    'its answer about the App can’t be read',
    `see what answers there; ${configured}`,
  );
}

/** Tokens live for an hour; one that is nearly over isn't used any more. */
const spareMilliseconds = 5 * 60_000;
const tokensMax = 500;

function ofApp(api: string, app: NonNullable<Access['app']>, send: Send, now: () => Date): Credentials {
  const made = new Map<string, { readonly token: string; readonly until: number }>();
  const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> => {
    const jwt = appJwt(app.id, await readSecret(app.key), now());
    const exchange: Exchange = await send({
      url: `${api}${path}`,
      method,
      token: jwt,
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
      ...(body === undefined ? {} : { body }),
    });
    if (exchange.kind === 'answer' && (exchange.status === 200 || exchange.status === 201))
      return exchange.body;
    const why = exchange.kind === 'answer' ? `status ${exchange.status}` : exchange.problem;
    throw new HostUnavailable(
      `no token for ${path.split('/').slice(0, 4).join('/')} (${why})`,
      `install the App on the repository, with the rights that docs/guides/code-host.md names; ${configured}`,
    );
  };
  return {
    async token(repository) {
      const known = made.get(repository);
      if (known !== undefined && known.until > now().getTime()) return known.token;
      const { id } = read(installationSchema, await ask('GET', `${repository}/installation`));
      const given = read(
        tokenSchema,
        await ask('POST', `/app/installations/${id}/access_tokens`, {
          repositories: [repository.split('/').at(-1)],
          permissions,
        }),
      );
      if (made.size >= tokensMax) made.clear();
      made.set(repository, {
        token: given.token,
        until: Date.parse(given.expires_at) - spareMilliseconds,
      });
      return given.token;
    },
  };
}

/** https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
function appJwt(id: number, pem: string, now: Date): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(now.getTime() / 1000);
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: seconds - 60, exp: seconds + 540, iss: String(id) })}`;
  try {
    return `${text}.${sign('sha256', Buffer.from(text), createPrivateKey(pem)).toString('base64url')}`;
  } catch (error) {
    throw new HostUnavailable(
      'the App’s key can’t be used',
      `give a PEM file of an RSA key; ${configured}`,
      null,
      error,
    );
  }
}
