/** What refuses a file that nobody could look into completely: the signer's scan step, and whoever tries a file out. */
import { elementAt, type CompiledElement, type ElementLocations } from '#core/artifact/index.ts';
import { fail, type Finding, type PolicyLocation } from '#core/wire/finding/index.ts';
import type { Inspection, Leaf } from './inspection.ts';
import type { Closed, Content } from './answers.ts';

const shownMax = 3;

/** For a file that could not be opened although the configuration doesn't allow that. */
export function unopenedFinding(
  file: Pick<Leaf, 'path' | 'sha256' | 'content'> & {
    /** The configuration’s reason why that is allowed; null: it gives none. Left out: it can’t give one. */
    readonly opaque?: string | null;
    readonly policy?: PolicyLocation | null;
  },
): Finding | null {
  const { content, opaque, policy = null } = file;
  if (content.closedCount === 0 || typeof opaque === 'string') return null;
  const [first] = content.closed;
  const declare =
    opaque === undefined
      ? ''
      : ' Where it must stay as it is, declare the file in the artifact configuration with `opaque: { reason: … }`; everybody will see the reason.';
  return fail({
    rule: 'scan.not-scanned',
    message: `${fileName(file)} can’t be scanned completely: ${unopenedReasons(content)}`,
    expected: 'every file inside opened and scanned to its end',
    found: content.formats.join(', '),
    path: file.path,
    sha256: file.sha256,
    policy,
    fix: `${first?.fix ?? 'Leave it out.'}${declare}`,
  });
}

export function fileName({ path }: { readonly path: readonly string[] }): string {
  return path.length === 0 ? 'The artifact' : path.join(' → ');
}
/** `in a.zip!/b.7z: it is …`; the first few. */
export function unopenedReasons({ closed, closedCount }: Content): string {
  const shown = closed.slice(0, shownMax).map(sentence).join(' ');
  const left = closedCount - Math.min(shownMax, closed.length);
  return left > 0 ? `${shown} And ${left} more.` : shown;
}

function sentence({ place, message }: Closed): string {
  return place === '' ? message : `${place}: ${message}`;
}

/** What the inspector found and, of what nobody could look into, what the signer’s scan would say: for whoever tries a file out. */
export function allFindings(
  inspection: Pick<Inspection, 'findings' | 'leaves' | 'containers'>,
  elements: readonly CompiledElement[],
  locations: ElementLocations,
): readonly Finding[] {
  const unopened = [
    ...inspection.leaves.map((leaf) => {
      const { opaque, pointer } = elementAt(elements, leaf.element);
      return unopenedFinding({ ...leaf, opaque, policy: locations[pointer] ?? null });
    }),
    ...inspection.containers.map((container) => unopenedFinding(container)),
  ];
  return [...inspection.findings, ...unopened.flatMap((one) => one ?? [])];
}
