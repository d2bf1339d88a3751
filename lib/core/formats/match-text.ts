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
