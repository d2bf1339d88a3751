/**
 * The first policies of a project, from what was applied for: strict where the application left something open, and with
 * comments on what its maintainers will want to change. A release policy comes only with a key to approve with:
 * without one it would be no valid policy.
 */
import { stringify } from 'yaml';
import { tagPatterns, defaultBuildSystem } from '../../applications/questions/index.ts';
import type { Answers } from '../../applications/questions/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';
import { findByIdentity } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { providerOf, providers } from '#core/origin/index.ts';
import { parsePersonHandle } from '#core/ids/index.ts';
import { parseCategory } from '../../policy-tools/project-category/index.ts';

export interface AcceptedApplication {
  readonly slug: string;
  readonly applicant: StoredIdentity;
  readonly applicantName: string;
  readonly answers: Answers;
  readonly repository: { readonly uri: string; readonly id: string; readonly ownerId: string };
  readonly program: 'executables' | 'components';
}

export interface PolicyFile {
  readonly path: string;
  readonly content: string;
}

const apiVersion = 'countersign/v1';
const artifactName = 'package';

export function policyFilesFor(
  application: AcceptedApplication,
  snapshot: PolicySnapshot,
): { readonly files: readonly PolicyFile[]; readonly handle: string } {
  const { slug, applicantName } = application;
  const applicant = {
    identity: application.applicant,
    handle: answer(application, 'approver', 'handle'),
    name: answer(application, 'contact', 'name') || applicantName,
    keys: answer(application, 'approver', 'keys'),
  };
  const person = newPersonFile(applicant, snapshot);
  const keys = person.keys;
  const folder = `projects/${slug}`;
  const files = [
    ...(person.file === null ? [] : [person.file]),
    { path: `${folder}/project.yaml`, content: projectFile(application, person.handle) },
    { path: `${folder}/artifacts/${artifactName}.yaml`, content: artifactFile(application) },
    { path: `${folder}/policies/test-signing.yaml`, content: testPolicy() },
    ...(keys === 0
      ? []
      : [
          {
            path: `${folder}/policies/release-signing.yaml`,
            content: releasePolicy(application, snapshot, person.handle),
          },
        ]),
  ];
  return { files, handle: person.handle };
}

const answer = ({ answers }: AcceptedApplication, question: string, field: string): string =>
  answers[question]?.[field] ?? '';

/** Lines of YAML for a value; texts quoted where they need it, whatever an applicant wrote. */
const yaml = (value: unknown): string => stringify(value, { lineWidth: 100 });

interface PersonOfProject {
  readonly identity: StoredIdentity;
  readonly handle: string;
  readonly name: string;
  /** Public SSH keys, one to a line. */
  readonly keys: string;
}

/** The handle of an account, and its file where the policy doesn't name it yet. `keys`: how many count then. */
export function newPersonFile(
  { identity, handle: asked, name, keys: typed }: PersonOfProject,
  snapshot: PolicySnapshot,
): { readonly handle: string; readonly file: PolicyFile | null; readonly keys: number } {
  const known = findByIdentity(snapshot, identity);
  if (known !== undefined) {
    return { handle: known.handle, file: null, keys: known.person.value.approvalKeys.length };
  }
  const handle = freeHandle(asked, snapshot, identity.id);
  const keys = typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const content = yaml({
    apiVersion,
    kind: 'Person',
    name,
    identities: { [identity.host]: identity.id },
    approvalKeys: keys.map((publicKey) => ({ type: 'ssh', publicKey })),
  });
  return { handle, file: { path: `people/${handle}.yaml`, content }, keys: keys.length };
}

/** The one asked for; with the account's number where somebody else has it. */
function freeHandle(asked: string, snapshot: PolicySnapshot, id: string): string {
  const handle = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(asked) ? asked : `account-${id}`;
  return snapshot.people.has(parsePersonHandle(handle)) ? `${handle.slice(0, 20)}-${id}` : handle;
}

function projectFile(application: AcceptedApplication, handle: string): string {
  const { repository, program } = application;
  const download = answer(application, 'pages', 'download');
  const privacy = answer(application, 'privacy', 'policy');
  const changes = answer(application, 'system-changes', 'page');
  const category = parseCategory(answer(application, 'description', 'category'));
  return yaml({
    apiVersion,
    kind: 'Project',
    name: answer(application, 'name', 'name'),
    tagline: answer(application, 'name', 'tagline'),
    description: answer(application, 'description', 'description'),
    repository: { uri: repository.uri, id: repository.id, ownerId: repository.ownerId },
    homepage: answer(application, 'pages', 'homepage'),
    ...(download === '' ? {} : { download }),
    licence: answer(application, 'licence', 'licence'),
    program,
    ...(category === null ? {} : { category }),
    status: 'active',
    team: { authors: [handle], reviewers: [handle], approvers: [handle] },
    privacy:
      answer(application, 'privacy', 'sends') === 'yes' && privacy !== ''
        ? { policy: privacy }
        : { collectsData: false },
    systemChanges:
      answer(application, 'system-changes', 'changes') === 'yes' && changes !== ''
        ? { description: changes }
        : { makesChanges: false },
  });
}

function artifactFile(application: AcceptedApplication): string {
  const sign = { method: 'authenticode', description: answer(application, 'name', 'name') };
  const kind = answer(application, 'build', 'kind');
  const archive = kind === 'zip' || kind === 'tar.gz';
  const start = archive
    ? [
        '# A start: every program in the archive is signed, everything else stays as it is. Describe here what a release really contains;',
        '# whatever matches nothing is refused.',
      ]
    : [
        '# A start: one Windows program, submitted as it is. Describe here what a release really contains; whatever matches nothing',
        '# is refused.',
      ];
  const named = answer(application, 'build', 'artifacts').split('\n').slice(0, 5);
  const asApplied = named.join('') === '' ? [] : ['# From the application:', ...named.map(comment)];
  const body = yaml({
    apiVersion,
    kind: 'ArtifactConfiguration',
    root: archive
      ? {
          type: kind,
          contents: [
            { type: 'pe', path: '**/*.exe', matches: { min: 1, max: 'unbounded' }, sign },
            { type: 'file', path: '**', matches: { min: 0, max: 'unbounded' } },
          ],
        }
      : { type: 'pe', sign },
  });
  return `${[...start, ...asApplied].join('\n')}\n${body}`;
}

/** One line, whatever it holds. */
const comment = (text: string): string => `#   ${text.replaceAll(/\p{C}/gu, ' ').slice(0, 110).trim()}`;

function testPolicy(): string {
  const body = yaml({
    apiVersion,
    kind: 'SigningPolicy',
    purpose: 'test',
    certificate: 'test',
    artifactConfiguration: artifactName,
    scan: 'required',
    approval: { quorum: 0, approvers: [] },
    timestamp: 'none',
  });
  return `# For testing: no approval, and a certificate that nobody trusts.\n${body}`;
}

function releasePolicy(application: AcceptedApplication, snapshot: PolicySnapshot, handle: string): string {
  const { buildSystems } = snapshot.trustRoot.value;
  const chosen = answer(application, 'build', 'system');
  const buildSystem =
    buildSystems.find((system) => system.name === chosen) ?? defaultBuildSystem(buildSystems);
  const { projects } = providers[providerOf(buildSystem ?? {})];
  const workflow = answer(application, 'build', 'workflow');
  const tags = tagPatterns(answer(application, 'build', 'tags'));
  const { uri, id, ownerId } = application.repository;
  const floors = snapshot.foundation.value.floors;
  return yaml({
    apiVersion,
    kind: 'SigningPolicy',
    purpose: 'release',
    certificate: 'release',
    artifactConfiguration: artifactName,
    origin: {
      // Where the build system says whose it is, its policies do.
      ...(buildSystem?.provider === undefined ? {} : { provider: buildSystem.provider }),
      buildSystem: buildSystem?.name,
      repository: { id, ownerId, uri },
      ...projects.firstOrigin({
        buildFile: projects.isBuildFile(workflow) ? workflow : projects.buildFile,
        tags: tags.length === 0 ? ['v*'] : tags,
      }),
    },
    scan: 'required',
    // A single maintainer has to be able to submit and approve, unless the foundation says otherwise.
    approval: {
      quorum: 1,
      approvers: [handle],
      ...(floors?.release?.submitterMayApprove === false ? {} : { submitterMayApprove: true }),
    },
    timestamp: 'required',
  });
}
