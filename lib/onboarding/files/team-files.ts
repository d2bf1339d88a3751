/** Adding somebody to a project's team: the policy files for it. Pure. */
import type { StoredIdentity } from '#core/identity/index.ts';
import { parsePersonHandle } from '#core/ids/index.ts';
import { editPolicyFile } from '../../policy-tools/edit/index.ts';
import type { PolicyEdit } from '../../policy-tools/edit/index.ts';
import type { PolicySnapshot, ProjectSnapshot } from '#core/policy/index.ts';
import { newPersonFile } from './policy-files.ts';
import type { PolicyFile } from './accepted-application.ts';

export const teamRoles = ['authors', 'approvers', 'submitters'] as const;
export type TeamRole = (typeof teamRoles)[number];

export interface NewMember {
  /** The account by which the policy is to know them. */
  readonly identity: StoredIdentity;
  /** Asked for; taken only where the policy doesn't name the account yet. */
  readonly handle: string;
  readonly name: string;
  /** Public SSH keys, one to a line; may be empty. Taken only where the policy doesn't name the account yet. */
  readonly keys: string;
  readonly roles: readonly TeamRole[];
}

export interface TeamFiles {
  readonly handle: string;
  /** Empty: they have all of these roles already. */
  readonly files: readonly PolicyFile[];
  /** Files that can’t be changed without losing what somebody wrote; then `files` is of no use. */
  readonly unreadable: readonly string[];
}

/**
 * The files of the policy in force, with one more member. An approver may approve under every policy for releases; a submitter
 * may submit under every policy that names its submitters.
 */
export function filesWithMember(
  member: NewMember,
  project: ProjectSnapshot,
  policy: { readonly snapshot: PolicySnapshot; readonly files: ReadonlyMap<string, Uint8Array> },
): TeamFiles {
  const { handle, file } = newPersonFile(member, policy.snapshot);
  const changed: PolicyFile[] = file === null ? [] : [file];
  const unreadable: string[] = [];
  const edit = (path: string, kind: 'Project' | 'SigningPolicy', edits: readonly PolicyEdit[]): void => {
    if (edits.length === 0) return;
    const text = new TextDecoder().decode(policy.files.get(path));
    const edited = editPolicyFile({ path, text, kind }, edits);
    if (edited.ok) changed.push({ path, content: edited.text });
    else unreadable.push(path);
  };
  const { team } = project.project.value;
  edit(
    project.project.file,
    'Project',
    member.roles.flatMap((role) => withOneMore(team[role] ?? [], handle, ['team', role])),
  );
  for (const document of project.policies.values()) {
    const { purpose, approval, submitters } = document.value;
    edit(document.file, 'SigningPolicy', [
      ...(member.roles.includes('approvers') && purpose === 'release'
        ? withOneMore(approval.approvers, handle, ['approval', 'approvers'])
        : []),
      ...(member.roles.includes('submitters') && submitters?.people !== undefined
        ? withOneMore(submitters.people, handle, ['submitters', 'people'])
        : []),
    ]);
  }
  return { handle, files: changed, unreadable };
}

function withOneMore(
  handles: readonly string[],
  handle: string,
  path: PolicyEdit['path'],
): readonly PolicyEdit[] {
  const parsed: string = parsePersonHandle(handle);
  return handles.includes(parsed) ? [] : [{ path, value: [...handles, parsed] }];
}
