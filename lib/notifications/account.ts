/** Whose something is, as rows say it. */
import type { StoredIdentity } from '#core/identity/index.ts';

interface AccountColumns {
  readonly accountHost: string;
  readonly accountId: string;
}

export const columnsOf = ({ host, id }: StoredIdentity): AccountColumns => ({
  accountHost: host,
  accountId: id,
});

export const accountIn = ({ accountHost: host, accountId: id }: AccountColumns): StoredIdentity => ({
  host,
  id,
});
