export interface Address {
  readonly secure: boolean;
  readonly host: string;
  /** '': the scheme's own. */
  readonly port: string;
  readonly path: string;
  /** null: the address has no credentials. */
  readonly authorization: string | null;
}

const form = /^https?:\/\/(?:[^@/?#\\\s]*@)?[^@/?#\\\s]+(\/[^?#\\\s]*)$/i;

/**
 * Where `git-upload-pack` of a repository is; null: git alone knows how to ask there. That is so for other protocols, and for every address
 * that two readers could understand differently: what git contacts, and nothing else, may get the credentials.
 */
export function uploadPackAt(url: string): Address | null {
  const path = form.exec(url)?.[1];
  if (path === undefined || !URL.canParse(url)) return null;
  const { protocol, hostname, port, pathname, username, password } = new URL(url);
  if (pathname !== path) return null;
  const credentials = credentialsOf(username, password);
  if (credentials === null) return null;
  return {
    secure: protocol === 'https:',
    // An IPv6 address has brackets in a URL alone.
    host: hostname.replace(/^\[|\]$/g, ''),
    port,
    path: `${path}${path.endsWith('/') ? '' : '/'}git-upload-pack`,
    authorization: credentials === '' ? null : `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`,
  };
}

/** '': there are none; null: they can't be decoded, or RFC 7617 can't express them. */
function credentialsOf(username: string, password: string): string | null {
  if (username === '' && password === '') return '';
  try {
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    return user.includes(':') ? null : `${user}:${secret}`;
  } catch {
    return null;
  }
}
