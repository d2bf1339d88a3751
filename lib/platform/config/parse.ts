/** The portal's configuration file: text in, checked value out. No defaults that weaken anything. */
import { resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { isNetwork } from '../client-address/index.ts';
import { uploadSchema } from './upload.ts';

export class ConfigError extends Error {
  static readonly errorName = 'ConfigError';
  readonly code = 'PORTAL_CONFIG_INVALID';
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = ConfigError.errorName;
  }
}

const path = z.string().min(1).max(4096);
const branchForm = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;
/** The Git host of the policy repository: a bare repository on this machine, or GitHub as an app. */
const policyHost = z.union([
  z.strictObject({
    local: z.strictObject({ repository: path }),
    mainBranch: z.string().regex(branchForm).default('main'),
  }),
  z.strictObject({
    github: z.strictObject({
      owner: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/),
      name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/),
      /** Numeric id of the repository: a name can come to belong to somebody else. */
      id: z.string().regex(/^[1-9]\d{0,18}$/, 'digits in quotes'),
      appId: z.number().int().positive(),
      installationId: z.number().int().positive(),
      privateKeyFile: path,
      webhookSecretFile: path.optional(),
      apiUrl: z.url({ protocol: /^https?$/ }).optional(),
    }),
    mainBranch: z.string().regex(branchForm).default('main'),
  }),
]);

const schema = z.strictObject({
  databaseUrl: z.string().regex(/^postgres(ql)?:\/\//, 'a postgresql:// URL'),
  /** Folder of the uploaded artifacts and bundles. */
  artifactStore: path,
  /** Folder of the released artifacts, written by the signer; by default the artifact store's sibling. */
  releasedStore: path.optional(),
  policyRepository: z.strictObject({
    // A leading dash would be read as an option by git.
    url: z.string().min(1).max(2048).regex(/^[^-]/, 'a URL or path that does not begin with a dash'),
    cloneDir: path,
  }),
  /** Where changes of the policy are proposed; without it the portal shows policies and changes none. */
  policyHost: policyHost.optional(),
  /** Where projects keep their source; by default github.com, asked as nobody. */
  codeHost: z
    .strictObject({
      apiUrl: z.url({ protocol: /^https?$/ }).optional(),
      webUrl: z.url({ protocol: /^https?$/ }).optional(),
      /** A token without any right: it only lets the portal ask more often. */
      tokenFile: path.optional(),
    })
    .optional(),
  /** DNS servers, as ADDRESS or ADDRESS:PORT; by default the system's. */
  dnsServers: z.array(z.string().min(3).max(60)).min(1).max(5).optional(),
  /** Where e-mail is handed in; without it messages are kept and shown to whom they are for. */
  mail: z
    .strictObject({
      smtp: z.string().regex(/^smtps?:\/\//, 'an smtp:// or smtps:// address'),
      /** One line: the password of that account. */
      passwordFile: path.optional(),
      from: z.string().min(3).max(320),
    })
    .optional(),
  publicUrl: z.url({ protocol: /^https?$/ }),
  /** Folder with the public certificates (PEM) and registry.json. */
  keysDir: path,
  /** Folder that the revocation authority publishes: lists and the issuing certificate. */
  publicationDir: path.optional(),
  auth: z.strictObject({
    github: z.strictObject({ clientId: z.string().min(1).max(200), clientSecretFile: path }).optional(),
    secretFile: path,
    development: z.boolean().default(false),
  }),
  /** Reverse proxies of one's own, as address or network: their X-Forwarded-For says where a call comes from. */
  trustedProxies: z
    .array(z.string().max(60).refine(isNetwork, 'an IP address, or a network like 10.0.0.0/8'))
    .max(20)
    .optional(),
  /** Pages and answers of one network that the cache doesn't have, in a minute; by default 600. */
  readsPerMinute: z.number().int().min(10).max(1_000_000).optional(),
  upload: uploadSchema,
});

export interface PortalConfig extends z.infer<typeof schema> {
  readonly releasedStore: string;
}

const configBytesMax = 64 * 1024;

/**
 * YAML text → configuration, paths made absolute against `baseDir`.
 * Rejects unknown keys, files over 64 KiB, and development sign-in on an address others can reach.
 */
export function parsePortalConfig(text: string, baseDir: string): PortalConfig {
  if (text.length > configBytesMax) throw new ConfigError(`longer than ${configBytesMax} characters`);
  let document: unknown;
  try {
    document = parseYaml(text, { uniqueKeys: true, maxAliasCount: 0, merge: false });
  } catch (cause) {
    throw new ConfigError(`not YAML: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  const parsed = schema.safeParse(document);
  if (!parsed.success) throw new ConfigError(z.prettifyError(parsed.error), parsed.error);
  const config = parsed.data;
  if (config.auth.development && !isLoopback(config.publicUrl)) {
    throw new ConfigError(
      `auth.development lets anybody sign in as anybody and works only where publicUrl is a loopback address; ` +
        `found ${config.publicUrl}. Remove auth.development, and configure auth.github.`,
    );
  }
  refusePlainHost(config.policyHost);
  refusePlain('codeHost.apiUrl', config.codeHost?.apiUrl);
  const absolute = (file: string): string => resolve(baseDir, file);
  const artifactStore = absolute(config.artifactStore);
  return {
    ...config,
    ...withAbsolutePaths(config.policyHost, absolute),
    artifactStore,
    releasedStore:
      config.releasedStore === undefined
        ? resolve(artifactStore, '../released')
        : absolute(config.releasedStore),
    publicUrl: config.publicUrl.replace(/\/+$/, ''),
    keysDir: absolute(config.keysDir),
    ...(config.publicationDir === undefined ? {} : { publicationDir: absolute(config.publicationDir) }),
    ...withCodeHost(config.codeHost, absolute),
    ...withMail(config.mail, absolute),
    policyRepository: { ...config.policyRepository, cloneDir: absolute(config.policyRepository.cloneDir) },
    auth: {
      ...config.auth,
      secretFile: absolute(config.auth.secretFile),
      ...(config.auth.github === undefined
        ? {}
        : {
            github: {
              ...config.auth.github,
              clientSecretFile: absolute(config.auth.github.clientSecretFile),
            },
          }),
    },
  };
}

type PolicyHostConfig = z.infer<typeof policyHost>;

/** An app's key and what it reads go over the wire: only a fake on this machine may be spoken to without TLS. */
function refusePlainHost(host: PolicyHostConfig | undefined): void {
  if (host === undefined || !('github' in host)) return;
  refusePlain('policyHost.github.apiUrl', host.github.apiUrl);
}

function refusePlain(name: string, url: string | undefined): void {
  if (url === undefined || url.startsWith('https://') || isLoopback(url)) return;
  throw new ConfigError(
    `${name} is ${url}: the portal would send its credentials unencrypted. Use https://.`,
  );
}

function withAbsolutePaths(
  host: PolicyHostConfig | undefined,
  absolute: (file: string) => string,
): { readonly policyHost?: PolicyHostConfig } {
  if (host === undefined) return {};
  if ('local' in host) {
    return { policyHost: { ...host, local: { repository: absolute(host.local.repository) } } };
  }
  const { github } = host;
  const secret = github.webhookSecretFile;
  return {
    policyHost: {
      ...host,
      github: {
        ...github,
        privateKeyFile: absolute(github.privateKeyFile),
        ...(secret === undefined ? {} : { webhookSecretFile: absolute(secret) }),
      },
    },
  };
}

/** Addresses lose their final slash, paths become absolute. */
function withCodeHost(
  host: z.infer<typeof schema>['codeHost'],
  absolute: (file: string) => string,
): Pick<z.infer<typeof schema>, 'codeHost'> {
  if (host === undefined) return {};
  const { apiUrl, webUrl, tokenFile } = host;
  return {
    codeHost: {
      ...(apiUrl === undefined ? {} : { apiUrl: apiUrl.replace(/\/+$/, '') }),
      ...(webUrl === undefined ? {} : { webUrl: webUrl.replace(/\/+$/, '') }),
      ...(tokenFile === undefined ? {} : { tokenFile: absolute(tokenFile) }),
    },
  };
}

function withMail(
  mail: z.infer<typeof schema>['mail'],
  absolute: (file: string) => string,
): Pick<z.infer<typeof schema>, 'mail'> {
  if (mail === undefined) return {};
  const { passwordFile } = mail;
  return {
    mail: { ...mail, ...(passwordFile === undefined ? {} : { passwordFile: absolute(passwordFile) }) },
  };
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
