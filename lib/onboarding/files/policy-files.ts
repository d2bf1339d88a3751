/** The files of a project, from what was applied for, with comments on what its maintainers will want to change. */
import type { StoredIdentity } from '#core/identity/index.ts';
import { findByIdentity, withFiles } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { parsePersonHandle } from '#core/ids/index.ts';
import { parseCategory } from '../../policy-tools/project-category/index.ts';
import {
  findFirstConfiguration,
  firstConfigurations,
  firstConfigurationText,
} from '../../policy-tools/first-configurations/index.ts';
import { answer, apiVersion, artifactName, yaml } from './accepted-application.ts';
import type { AcceptedApplication, PolicyFile } from './accepted-application.ts';
import { firstPolicies } from './first-policies.ts';
import type { MissingPolicy } from './first-policies.ts';

/** `missing`: why a policy isn't among the files yet. */
export function policyFilesFor(
  application: AcceptedApplication,
  snapshot: PolicySnapshot,
): {
  readonly files: readonly PolicyFile[];
  readonly handle: string;
  readonly missing: readonly MissingPolicy[];
} {
  const { slug, applicantName } = application;
  const applicant = {
    identity: application.applicant,
    handle: answer(application, 'approver', 'handle'),
    name: answer(application, 'contact', 'name') || applicantName,
    keys: answer(application, 'approver', 'keys'),
  };
  const person = newPersonFile(applicant, snapshot);
  const folder = `projects/${slug}`;
  const files = [
    ...(person.file === null ? [] : [person.file]),
    { path: `${folder}/project.yaml`, content: projectFile(application, person.handle) },
    { path: `${folder}/artifacts/${artifactName}.yaml`, content: artifactFile(application) },
  ];
  const { policies, missing } = firstPolicies(application, withFiles(snapshot, files));
  return { files: [...files, ...policies], handle: person.handle, missing };
}

interface PersonOfProject {
  readonly identity: StoredIdentity;
  readonly handle: string;
  readonly name: string;
  /** Public SSH keys, one to a line. */
  readonly keys: string;
}

/** The handle of an account, and its file where the policy doesn't name it yet. */
export function newPersonFile(
  { identity, handle: asked, name, keys: typed }: PersonOfProject,
  snapshot: PolicySnapshot,
): { readonly handle: string; readonly file: PolicyFile | null } {
  const known = findByIdentity(snapshot, identity);
  if (known !== undefined) {
    return { handle: known.handle, file: null };
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
  return { handle, file: { path: `people/${handle}.yaml`, content } };
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
  const [usual] = firstConfigurations;
  const first = findFirstConfiguration(answer(application, 'build', 'kind')) ?? usual;
  if (first === undefined) throw new RangeError('there is no configuration to start from');
  const named = answer(application, 'build', 'artifacts').split('\n').slice(0, 5);
  const asApplied = named.join('') === '' ? [] : ['From the application:', ...named.map(shortened)];
  return firstConfigurationText(first, answer(application, 'name', 'name'), asApplied);
}

/** One line, whatever it holds. */
const shortened = (text: string): string => `  ${text.replaceAll(/\p{C}/gu, ' ').slice(0, 110).trim()}`;
