/** The portal's configuration file. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import {
  databasePasswordSchema,
  parseConfiguration,
  readConfiguration,
  withDatabasePassword,
  type Environment,
  type Paths,
} from '../../host/configuration/index.ts';
import { isNetwork } from '../client-address/index.ts';
import { uploadSchema } from './upload.ts';

const branchForm = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;
/** Credentials are sent: only services on this machine, for tests, may be used without TLS. */
const apiUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (url) => url.startsWith('https://') || isLoopback(url),
    'an https:// address: over http:// the portal’s credentials would be sent unencrypted',
  );
const pinnedStep = (form: RegExp, words: string) =>
  z.strictObject({
    uses: z.string().regex(form, words),
    // Whoever moves a tag would run in every project's builds.
    commit: z.string().regex(/^[0-9a-f]{40}$/, 'a whole commit, 40 hexadecimal digits'),
    version: z
      .string()
      .regex(/^[\w.+-]{1,50}$/, 'a version like v1.2.0')
      .optional(),
  });
/**
 * Where people sign in: a number names an account only together with the host that gave it, so it is the public host, or one on this machine
 * that stands for it in tests.
 */
const onlyHere = z
  .url({ protocol: /^https?$/ })
  .transform(withoutFinalSlash)
  .refine(
    isLoopback,
    'left out, or an address on this machine, for tests: accounts are those of the public host',
  );
/** As `accountHosts` of trust/root.yaml writes it. */
const gitLabServer = z
  .string()
  .max(200)
  .regex(
    /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[\w.~-]+)*$/,
    'an https:// address in lower case, without a final slash',
  );
/** The Git host of the policy repository: a bare repository on this machine, or GitHub as an app. */
const policyHost = ({ path }: Paths) =>
  z.union([
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
        apiUrl: apiUrl.optional(),
      }),
      mainBranch: z.string().regex(branchForm).default('main'),
    }),
  ]);

const schema = (paths: Paths) => {
  const { path } = paths;
  return z
    .strictObject({
      databaseUrl: z.string().regex(/^postgres(ql)?:\/\//, 'a postgresql:// URL'),
      /** Its password, where it doesn’t stand in the address: once the file is loaded, it does. */
      databasePassword: databasePasswordSchema(paths).optional(),
      /** Folder of the uploaded artifacts and bundles. */
      artifactStore: path,
      /** Folder of the released artifacts, written by the signer; by default the artifact store's sibling. */
      releasedStore: path.optional(),
      policyRepository: z.strictObject({
        // A leading dash would be read as an option by git.
        url: z.string().min(1).max(2048).regex(/^[^-]/, 'a URL or path that does not begin with a dash'),
        cloneDir: path,
      }),
      /** Where policy changes are proposed; without it the portal shows policies but can't change them. */
      policyHost: policyHost(paths).optional(),
      /** Where projects keep their source; by default github.com, without credentials. */
      codeHost: z
        .strictObject({
          apiUrl: apiUrl.transform(withoutFinalSlash).optional(),
          webUrl: z
            .url({ protocol: /^https?$/ })
            .transform(withoutFinalSlash)
            .optional(),
          /** A token without any permission: it only raises the rate limit. */
          tokenFile: path.optional(),
          /** Projects on GitLab: gitlab.com, or one server. */
          gitlab: z
            .strictObject({
              server: gitLabServer.default('https://gitlab.com'),
              /** A token with the scope read_api, of an account that is a member of nothing: without one, GitLab leaves out half of what is asked. */
              tokenFile: path,
              /** What stands for it in tests. */
              url: onlyHere.optional(),
            })
            .optional(),
        })
        .optional(),
      /** Where the public keys of a build system's issuer are fetched, if not at the address that its provider has them at: a mirror. */
      buildKeys: z
        .array(z.strictObject({ issuer: z.url({ protocol: /^https$/ }).max(300), url: apiUrl }))
        .max(20)
        .optional(),
      /**
       * What the foundation offers its projects' builds, each by commit: the Action for GitHub (OWNER/REPOSITORY/FOLDER) and the component
       * for GitLab (GROUP/PROJECT/COMPONENT). Pages show how to use them; without, how to use curl.
       */
      buildSteps: z
        .strictObject({
          github: pinnedStep(
            /^[A-Za-z0-9-]{1,39}(?:\/[\w.-]{1,100}){1,5}$/,
            'OWNER/REPOSITORY/FOLDER',
          ).optional(),
          gitlab: pinnedStep(
            /^[A-Za-z0-9][\w.-]{0,99}(?:\/[\w.-]{1,100}){2,9}$/,
            'GROUP/PROJECT/COMPONENT',
          ).optional(),
        })
        .optional(),
      /** DNS servers, as ADDRESS or ADDRESS:PORT; by default the system's. */
      dnsServers: z.array(z.string().min(3).max(60)).min(1).max(5).optional(),
      /** The mail server; without it messages are only shown on the portal. */
      mail: z
        .strictObject({
          smtp: z.string().regex(/^smtps?:\/\//, 'an smtp:// or smtps:// address'),
          /** One line: the password of that account. */
          passwordFile: path.optional(),
          from: z.string().min(3).max(320),
        })
        .optional(),
      /** Ports that webhooks may lead to; by default 443 alone. */
      webhooks: z
        .strictObject({ ports: z.array(z.number().int().min(1).max(65_535)).min(1).max(20) })
        .optional(),
      /** Starting the jobs that publish, once a file is released. */
      publishing: z
        .strictObject({
          /** Where the API of a build system's host is, if not where its issuer's builds are: by the issuer, as trust/root.yaml names it. */
          hosts: z
            .array(
              z.strictObject({
                issuer: z.url({ protocol: /^https$/ }).max(300),
                apiUrl: apiUrl.transform(withoutFinalSlash),
              }),
            )
            .max(20)
            .optional(),
          /** The GitHub App that answers for environments of projects. It is another one than the policy repository's. */
          github: z
            .strictObject({
              appId: z.number().int().positive(),
              privateKeyFile: path,
              webhookSecretFile: path,
              /** Of the build systems whose host it is an app of. */
              issuers: z
                .array(z.url({ protocol: /^https$/ }).max(300))
                .min(1)
                .max(20)
                .default(['https://token.actions.githubusercontent.com']),
            })
            .optional(),
        })
        .optional(),
      /** For workflows that speak SignPath's protocol. */
      signPath: z
        .strictObject({
          /** How long a question for a status is held: less than a reverse proxy's own limit for an answer. */
          holdSeconds: z.number().int().min(0).max(590).default(570),
        })
        .optional(),
      publicUrl: z.url({ protocol: /^https?$/ }).transform(withoutFinalSlash),
      /** Folder with the public certificates (PEM) and registry.json. */
      keysDir: path,
      /** Folder that the revocation authority publishes: lists, the issuing certificate, and revocations of OpenPGP keys. */
      publicationDir: path.optional(),
      /** Projects' OpenPGP keys with addresses of this domain are found there by Web Key Directory; without it, by nobody. */
      openPgp: z
        .strictObject({
          domain: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,188}[a-z0-9])?$/, 'a domain in lower case'),
        })
        .optional(),
      auth: z.strictObject({
        github: z
          .strictObject({
            clientId: z.string().min(1).max(200),
            clientSecretFile: path,
            url: onlyHere.default('https://github.com'),
            apiUrl: onlyHere.default('https://api.github.com'),
          })
          .optional(),
        gitlab: z
          .strictObject({
            clientId: z.string().min(1).max(200),
            clientSecretFile: path,
            /** The GitLab whose accounts people sign in with, as `accountHosts` of trust/root.yaml names it. */
            server: gitLabServer.default('https://gitlab.com'),
            /** What stands for it in tests. */
            url: onlyHere.optional(),
          })
          .optional(),
        secretFile: path,
        development: z.boolean().default(false),
      }),
      /** The operator's own reverse proxies, as addresses or networks: their X-Forwarded-For is trusted for the client address. */
      trustedProxies: z
        .array(z.string().max(60).refine(isNetwork, 'an IP address, or a network like 10.0.0.0/8'))
        .max(20)
        .optional(),
      /** Uncached pages and answers for one network per minute; by default 600. */
      readsPerMinute: z.number().int().min(10).max(1_000_000).optional(),
      upload: uploadSchema,
      /** How long a portal that is stopped goes on with what it has begun (lib/platform/drain). */
      shutdown: z
        .strictObject({
          delaySeconds: z.number().min(0).max(300).default(0),
          answersSeconds: z.number().min(0).max(300).default(10),
          transfersSeconds: z.number().min(0).max(86_400).default(50),
        })
        .prefault({}),
    })
    .superRefine(({ auth, publicUrl }, context) => {
      if (!auth.development || isLoopback(publicUrl)) return;
      context.addIssue({
        code: 'custom',
        path: ['auth', 'development'],
        message:
          'false, and configure auth.github or auth.gitlab: development sign-in lets anybody sign in as anybody and works only where publicUrl is a loopback address',
      });
    });
};

export interface PortalConfig extends z.output<ReturnType<typeof schema>> {
  readonly releasedStore: string;
}

/** Reads the file. Throws a ConfigurationError. No defaults that weaken anything. */
export function readPortalConfig(file: string, env: Environment): PortalConfig {
  const config = complete(readConfiguration(file, schema));
  return { ...config, databaseUrl: withDatabasePassword(config.databaseUrl, config.databasePassword, env) };
}

/** The same for text, whose paths start in `baseDir`. */
export function parsePortalConfig(text: string, baseDir: string): PortalConfig {
  const bytes = new TextEncoder().encode(text);
  return complete(parseConfiguration({ file: join(baseDir, 'portal.yaml'), bytes }, schema));
}

function complete(config: z.output<ReturnType<typeof schema>>): PortalConfig {
  return { ...config, releasedStore: config.releasedStore ?? resolve(config.artifactStore, '../released') };
}

function withoutFinalSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function isLoopback(url: string): boolean {
  const hostname = URL.parse(url)?.hostname ?? '';
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
