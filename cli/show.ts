/** A request as a terminal shows it: how it stands, and of each reason where it is and how to mend it. */
import { stateOf, type FindingView, type Reasons, type RequestView } from './client/index.ts';
import { plain } from './plain.ts';

const removedNames: Readonly<Record<string, string>> = {
  artifact: 'the file as it was uploaded',
  bundle: 'the proof of origin that came with it',
};
const removedRules: Readonly<Record<string, string>> = {
  denied: 'were refused or cancelled',
  failed: 'failed',
};

/** Lines of text. What the portal sent is shown as it is, but for what a terminal would obey. */
export function describeRequest(
  view: RequestView,
  portalUrl: string,
  { reasons, total }: Reasons,
): readonly string[] {
  const lines = [`${view.id}  ${stateOf(view)}`];
  if (view.summary !== null) lines.push(view.summary);
  const { standing } = view;
  if (standing !== null && standing !== undefined && standing.state !== 'good') {
    const { refused, state, revocation } = standing;
    lines.push(refused ? 'REVOKED: don’t run it' : `stands: ${state}`);
    if (revocation !== null)
      lines.push(
        `    certificate ${standing.publisher === 'project' ? 'no longer signed with' : 'revoked'} as of ${revocation.effectiveAt}: ${revocation.url}`,
      );
  }
  if (standing?.publisher === 'project')
    lines.push(
      'publisher: the project’s own certificate; the authority that issued it revokes it, not the foundation',
    );
  for (const { file, rule, days, removedAt } of view.removedFiles ?? [])
    lines.push(
      `removed: ${removedNames[file] ?? file}, on ${removedAt.slice(0, 10)}, by the foundation’s rule for requests that ${removedRules[rule] ?? `are ${rule}`} (${days} ${days === 1 ? 'day' : 'days'})`,
    );
  for (const reason of reasons) lines.push(...describeReason(reason, view.artifact?.name ?? null));
  if (total > reasons.length) lines.push(`… and ${total - reasons.length} more, on this page:`);
  lines.push(new URL(`/requests/${encodeURIComponent(view.id)}`, portalUrl).href);
  return lines.map(plain);
}

export function describeReason(reason: FindingView, artifact: string | null): readonly string[] {
  const inside = [...(artifact === null ? [] : [artifact]), ...(reason.path ?? [])];
  const { policy } = reason;
  const facts: readonly (readonly [string, string | null])[] = [
    ['file', inside.length === 0 ? null : inside.join(' › ')],
    ['expected', reason.expected],
    ['found', reason.found],
    [
      'policy',
      policy === null || policy === undefined ? null : `${policy.file}:${policy.line}:${policy.column}`,
    ],
    ['fix', reason.fix],
  ];
  const lines = [`- ${reason.message} [${reason.rule}]`];
  for (const [name, value] of facts) if (value !== null) lines.push(`    ${name.padEnd(8)}  ${value}`);
  return lines;
}
