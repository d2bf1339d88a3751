/**
 * A page as a static document: what the reader sees, without scripts. Nothing on a public page needs them, they are five times
 * as large as the page, and a policy that allows no script at all is the strongest.
 */

/** On an element of a page that isn't right without its scripts, such as one that follows work in progress. */
const live = ' data-live=""';
/** React's placeholders for content that comes later in the stream, or failed: only a script can fill them. */
const unfinished = /<template\b|<!--\$[?!]-->/;
const script = /<script\b[^>]*>[\s\S]*?<\/script>/g;
const scriptPreload = /<link\b[^>]*\bas="script"[^>]*>/g;
const nonceAttribute = / nonce="[^"]*"/g;

export interface Page {
  readonly html: string;
  /** The Content-Security-Policy. */
  readonly policy: string;
}

/**
 * → the page without scripts and under a policy that allows none; null where it isn't whole without them.
 * React escapes `<` in text and Next.js in its data (as \u003c), so a script ends where the pattern says.
 */
export function asDocument({ html, policy }: Page): Page | null {
  // Without a nonce it is a file that brings its own scripts, such as the documentation's search.
  if (!policy.includes("'nonce-") || html.includes(live) || unfinished.test(html)) return null;
  const document = html.replaceAll(script, '').replaceAll(scriptPreload, '').replaceAll(nonceAttribute, '');
  return document.includes('<script') ? null : { html: document, policy: withoutScripts(policy) };
}

function withoutScripts(policy: string): string {
  return policy
    .split(/;\s*/)
    .map((directive) => {
      const [name, ...sources] = directive.split(/\s+/);
      if (name === 'script-src') return "script-src 'none'";
      return [name, ...sources.filter((source) => !source.startsWith("'nonce-"))].join(' ');
    })
    .join('; ');
}
