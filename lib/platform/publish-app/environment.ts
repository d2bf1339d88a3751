/** Names of environments are not case-sensitive on GitHub: a repository has one of them, however a workflow or a policy writes it. */
export const isSameEnvironment = (one: string | null, other: string): boolean =>
  one !== null && one.toLowerCase() === other.toLowerCase();
