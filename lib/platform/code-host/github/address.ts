import type { RepositoryPlace } from '../questions.ts';

/** `https://HOST/OWNER/NAME`, with or without .git and a final slash; null for anything else. */
export function parseAddress(address: string, webUrl: string): RepositoryPlace | null {
  const text = address.trim();
  if (text.length > 300 || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.host !== new URL(webUrl).host || url.username !== '' || url.password !== '') return null;
  const [owner = '', rawName = '', ...rest] = url.pathname.replace(/^\//, '').replace(/\/$/, '').split('/');
  const name = rawName.replace(/\.git$/, '');
  if (rest.length > 0 || !/^[A-Za-z0-9-]{1,39}$/.test(owner)) return null;
  return /^[A-Za-z0-9._-]{1,100}$/.test(name) && !/^\.+$/.test(name) ? { owner, name } : null;
}
