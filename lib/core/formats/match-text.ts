/**
 * Does the text match the pattern, in which `*` matches any run of characters (or none) and all else itself? Case matters. Bounded: each part of the pattern is searched once, from where the last one ended.
 */
export function matchesText(pattern: string, text: string): boolean {
  const [start = '', ...rest] = pattern.split('*');
  const end = rest.pop();
  if (end === undefined) return text === pattern;
  if (!text.startsWith(start)) return false;
  let at = start.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - end.length >= at && text.endsWith(end);
}

/** How a sentence ends on a text that doesn't match but looks as if it did: which difference is easily overlooked. */
export function nearText(pattern: string, text: string | null): string {
  if (text === null) return '';
  if (matchesText(pattern.toLowerCase(), text.toLowerCase()))
    return ' They differ in upper and lower case, which matters.';
  if (matchesText(pattern, text.trim())) return ' They differ in the space around the text, which matters.';
  return '';
}
