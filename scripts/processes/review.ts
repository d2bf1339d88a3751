/** The reviewed list of packages in the signing processes, and how it differs from the current ones. */
import { z } from 'zod';
import type { Contents } from './contents.ts';

const heldSchema = z.strictObject({
  /** More than one where packages need different ones. */
  versions: z.array(z.string().min(1)).min(1),
  licence: z.string().min(1),
  /** Processes that hold it. */
  in: z.array(z.string().min(1)).min(1),
});
const reviewedPackage = heldSchema.extend({ why: z.string() });

/** Name → package. */
export const reviewedSchema = z.record(z.string(), reviewedPackage);
export type Reviewed = z.infer<typeof reviewedSchema>;
export type Held = Readonly<Record<string, z.infer<typeof heldSchema>>>;

const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

export function heldPackages(all: readonly Contents[]): Held {
  const names = sorted(all.flatMap(({ packages }) => packages.map(({ name }) => name)));
  return Object.fromEntries(
    names.map((name) => {
      const of = all.flatMap(({ process, packages }) =>
        packages.filter((entry) => entry.name === name).map((entry) => ({ ...entry, process })),
      );
      return [
        name,
        {
          versions: sorted(of.map(({ version }) => version)),
          licence: sorted(of.map(({ licence }) => licence)).join(' and '),
          in: sorted(of.map(({ process }) => process)),
        },
      ];
    }),
  );
}

/** One line for each thing to review. */
export function differences(held: Held, reviewed: Reviewed): readonly string[] {
  return sorted([...Object.keys(held), ...Object.keys(reviewed)]).flatMap((name) => {
    const now = held[name];
    const then = reviewed[name];
    if (now === undefined) return `${name} is in no process any more`;
    if (then === undefined)
      return `${name} ${now.versions.join(', ')} (${now.licence}) is new, in ${now.in.join(', ')}`;
    const lines: string[] = [];
    if (now.versions.join() !== then.versions.join())
      lines.push(`${name} is ${now.versions.join(', ')}; reviewed was ${then.versions.join(', ')}`);
    if (now.licence !== then.licence)
      lines.push(`${name} is under ${now.licence}; reviewed was ${then.licence}`);
    for (const one of now.in.filter((process) => !then.in.includes(process)))
      lines.push(`${name} is in ${one}, too`);
    for (const one of then.in.filter((process) => !now.in.includes(process)))
      lines.push(`${name} is no longer in ${one}`);
    if (then.why.trim() === '') lines.push(`${name} has no reason: write its “why”`);
    return lines;
  });
}

/** What is there now, with the reasons that were given. */
export function accepted(held: Held, reviewed: Reviewed): Reviewed {
  return Object.fromEntries(
    Object.entries(held).map(([name, one]) => [name, { ...one, why: reviewed[name]?.why ?? '' }]),
  );
}
