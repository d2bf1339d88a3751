/** What a look at a project’s build file says. Pure. */

/** Stands in the copied workflow until somebody puts their build there. */
export const buildPlaceholder = 'Put your own build here';

export interface WorkflowLook {
  readonly done: boolean;
  readonly found: string;
}

export const noSuchFile = (path: string): WorkflowLook => ({
  done: false,
  found: `There is no ${path} on the default branch.`,
});

export function lookOf(path: string, missing: readonly string[]): WorkflowLook {
  if (missing.length === 0) return { done: true, found: `${path} attests, and submits to this portal.` };
  const [last = '', ...others] = missing.toReversed();
  const listed = others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
  return { done: false, found: `${path} is there, but lacks ${listed}.` };
}
