/** Keys of the portal's configuration: policy repository, code hosts, build systems, jobs that publish. */
import { z } from 'zod';
import { key, keys, type Paths } from '../../host/configuration/index.ts';
import { apiUrl, gitLabServer, httpUrl, onlyHere, withoutFinalSlash } from './addresses.ts';

const branchForm = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;
const mainBranch = () =>
  key('The branch that policies take effect from.', z.string().regex(branchForm).default('main'));
const credential = (name: string) => `/run/credentials/countersign-portal.service/${name}`;
const asFile = 'file; from `LoadCredential=` its path is below /run/credentials';
/** A file with a secret, which `LoadCredential=` may put there. */
const secretFile = <Schema extends z.ZodType<string | undefined>>(
  means: string,
  schema: Schema,
  name: string,
) => key(means, schema, { default: 'none', names: 'secret', secret: asFile, sample: credential(name) });

const pinnedStep = (form: RegExp, words: string, sample: string) =>
  keys({
    uses: key('What it is called.', z.string().regex(form, words), { sample }),
    // Whoever moves a tag would run in every project's builds.
    commit: key(
      'The commit of it that your foundation reviewed.',
      z.string().regex(/^[0-9a-f]{40}$/, 'a whole commit, 40 hexadecimal digits'),
      { sample: '0123456789abcdef0123456789abcdef01234567' },
    ),
    version: key(
      'Shown beside the commit.',
      z
        .string()
        .regex(/^[\w.+-]{1,50}$/, 'a version like v1.2.0')
        .optional(),
      { default: 'the commit alone', sample: 'v1.2.0' },
    ),
  });

/** The Git host of the policy repository: a bare repository on this machine, or GitHub as an app. */
const policyHost = ({ path }: Paths) =>
  z.union([
    keys({
      github: key(
        'A repository on GitHub, as a GitHub App (docs/guides/github-app.md).',
        keys({
          owner: key('Owner.', z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/), {
            sample: 'example-foundation',
          }),
          name: key('Name.', z.string().regex(/^[A-Za-z0-9._-]{1,100}$/), { sample: 'policies' }),
          id: key(
            'Number of the repository: a name can come to belong to somebody else.',
            z.string().regex(/^[1-9]\d{0,18}$/, 'digits in quotes'),
            { sample: '123456789' },
          ),
          appId: key('Number of the app.', z.number().int().positive(), { unit: 'count', sample: 12345 }),
          installationId: key('Number of its installation there.', z.number().int().positive(), {
            unit: 'count',
            sample: 67890,
          }),
          privateKeyFile: secretFile('The app’s private key, in PEM.', path, 'github-app-key'),
          webhookSecretFile: secretFile(
            'The secret of the app’s webhook; without it changes on GitHub are seen later.',
            path.optional(),
            'github-app-webhook',
          ),
          apiUrl: key('The API’s address.', apiUrl.optional(), {
            default: 'https://api.github.com',
            notInExample: true,
          }),
        }),
      ),
      mainBranch: mainBranch(),
    }),
    keys({
      local: key(
        'A bare repository on this machine.',
        keys({
          repository: key('Its folder.', path, {
            names: 'folder',
            sample: '/var/lib/countersign/portal/policies-hosted.git',
          }),
        }),
      ),
      mainBranch: mainBranch(),
    }),
  ]);

const codeHost = ({ path }: Paths) =>
  keys({
    apiUrl: key('GitHub’s API.', apiUrl.transform(withoutFinalSlash).optional(), {
      default: 'https://api.github.com',
      notInExample: true,
    }),
    webUrl: key('GitHub’s pages.', httpUrl.transform(withoutFinalSlash).optional(), {
      default: 'https://github.com',
      notInExample: true,
    }),
    tokenFile: secretFile(
      'A token without any permission: it only raises the rate limit.',
      path.optional(),
      'code-host-token',
    ),
    gitlab: key(
      'Projects on GitLab: gitlab.com, or one server.',
      keys({
        server: key('Its address.', gitLabServer.default('https://gitlab.com')),
        tokenFile: secretFile(
          'A token with the scope read_api, of an account that is a member of nothing: without one, GitLab leaves out half of what is asked.',
          path,
          'gitlab-token',
        ),
        url: key('What stands for it in tests.', onlyHere.optional(), {
          default: 'none',
          notInExample: true,
        }),
      }).optional(),
      { default: 'no projects on GitLab' },
    ),
  });

const issuer = z.url({ protocol: /^https$/ }).max(300);

const publishing = ({ path }: Paths) =>
  keys({
    hosts: key(
      'Where the API of a build system’s host is, if not where its issuer’s builds are.',
      z
        .array(
          keys({
            issuer: key('The issuer, as trust/root.yaml names it.', issuer, {
              sample: 'https://git.example.org',
            }),
            apiUrl: key('The API’s address.', apiUrl.transform(withoutFinalSlash), {
              sample: 'https://git.example.org/api/v4',
            }),
          }),
        )
        .max(20)
        .optional(),
      { default: 'where its builds are' },
    ),
    github: key(
      'The GitHub App that answers for environments of projects. It is another one than the policy repository’s.',
      keys({
        appId: key('Number of the app.', z.number().int().positive(), { unit: 'count', sample: 23456 }),
        privateKeyFile: secretFile('Its private key, in PEM.', path, 'publish-app-key'),
        webhookSecretFile: secretFile('The secret of its webhook.', path, 'publish-app-webhook'),
        issuers: key(
          'The build systems whose host it is an app of.',
          z.array(issuer).min(1).max(20).default(['https://token.actions.githubusercontent.com']),
        ),
      }).optional(),
      { default: 'no app' },
    ),
  });

export const hostKeys = (paths: Paths) => ({
  policyRepository: key(
    'The repository of policies, of which the portal shows what the signer accepted.',
    keys({
      // A leading dash would be read as an option by git.
      url: key(
        'Where it is, for git.',
        z.string().min(1).max(2048).regex(/^[^-]/, 'a URL or path that does not begin with a dash'),
        { example: 'https://github.com/example-foundation/policies.git' },
      ),
      cloneDir: key('The portal’s own clone.', paths.path, {
        names: 'makes',
        example: '/var/lib/countersign/portal/policies.git',
      }),
    }),
  ),
  policyHost: key('Where policy changes are proposed.', policyHost(paths).optional(), {
    default: 'the portal shows policies but can’t change them',
    neededBy: 'foundations whose policies are changed in the portal',
  }),
  codeHost: key('Where projects keep their source.', codeHost(paths).optional(), {
    default: 'github.com, without credentials',
    neededBy: 'applications (docs/guides/applications.md), projects on GitLab',
  }),
  buildKeys: key(
    'Where the public keys of a build system’s issuer are fetched, if not at the address that its provider has them at: a mirror.',
    z
      .array(
        keys({
          issuer: key('The issuer.', issuer, { sample: 'https://token.actions.githubusercontent.com' }),
          url: key('The mirror’s address.', apiUrl, { sample: 'https://mirror.example.org/jwks' }),
        }),
      )
      .max(20)
      .optional(),
    { default: 'at the provider' },
  ),
  buildSteps: key(
    'What the foundation offers its projects’ builds, each by commit. Pages show how to use them.',
    keys({
      github: key(
        'The Action for GitHub.',
        pinnedStep(
          /^[A-Za-z0-9-]{1,39}(?:\/[\w.-]{1,100}){1,5}$/,
          'OWNER/REPOSITORY/FOLDER',
          'example-foundation/countersign/action',
        ).optional(),
        { default: 'pages show how to use curl' },
      ),
      gitlab: key(
        'The component for GitLab.',
        pinnedStep(
          /^[A-Za-z0-9][\w.-]{0,99}(?:\/[\w.-]{1,100}){2,9}$/,
          'GROUP/PROJECT/COMPONENT',
          'example-foundation/countersign/sign',
        ).optional(),
        { default: 'pages show how to use curl' },
      ),
    }).optional(),
    { default: 'pages show how to use curl' },
  ),
  publishing: key(
    'Starting the jobs that publish, once a file is released (docs/guides/publish-without-waiting.md).',
    publishing(paths).optional(),
    { default: 'projects ask by themselves' },
  ),
  signPath: key(
    'For workflows that speak SignPath’s protocol (docs/guides/moving-from-signpath.md).',
    keys({
      holdSeconds: key(
        'How long a question for a status is held: less than a reverse proxy’s own limit for an answer.',
        z.number().int().min(0).max(590).default(570),
      ),
    }).optional(),
    { default: 'with its own defaults' },
  ),
});
