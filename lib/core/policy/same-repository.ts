/** What a repository is known by: its number, together with the host that gave it. Names change, and other hosts count from 1, too. */
interface NumberedRepository {
  readonly uri: string;
  readonly id: string;
}

/** `https://HOST/`: what addresses of a host's repositories begin with; null: no such address. */
export const hostAddressOf = ({ uri }: Pick<NumberedRepository, 'uri'>): string | null =>
  URL.canParse(uri) ? `${new URL(uri).origin}/` : null;

export function sameRepository(one: NumberedRepository | null, other: NumberedRepository | null): boolean {
  if (one === null || other === null) return false;
  if (one.id !== other.id) return false;
  const host = hostAddressOf(one);
  return host !== null && host === hostAddressOf(other);
}
