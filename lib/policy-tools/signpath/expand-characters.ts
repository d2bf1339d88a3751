/** `[abc]`, `[a-c]` in a path of SignPath → the paths that it stands for, since brackets match themselves here. */

/** More than these are no list that somebody would keep. */
export const namesMax = 64;

/** Paths, none twice whatever the case; null: too many, all characters but some, or nothing at all. */
export function expandCharacters(path: string): readonly string[] | null {
  let names = [''];
  // A `[` without an end is one; a `]` right behind the `[` is the first of the set.
  const parts = path.split(/(\[!?\]?[^\]/]*\])/);
  for (const [at, part] of parts.entries()) {
    const characters = at % 2 === 0 ? [part] : charactersOf(part.slice(1, -1));
    if (characters === null || characters.length === 0 || names.length * characters.length > namesMax)
      return null;
    names = names.flatMap((name) => characters.map((character) => name + character));
  }
  return names;
}

/** The inside of the brackets → what it stands for, in lower case; a character that is no letter, digit or sign of a name ends it. */
function charactersOf(set: string): readonly string[] | null {
  if (set.startsWith('!')) return null;
  const found = new Set<string>();
  for (let at = 0; at < set.length; at += 1) {
    const [from = '', dash, to] = set.slice(at, at + 3);
    if (dash === '-' && to !== undefined) {
      if (!/^[0-9]{2}$|^[a-z]{2}$|^[A-Z]{2}$/.test(from + to) || from > to) return null;
      for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1)
        found.add(String.fromCharCode(code).toLowerCase());
      at += 2;
    } else if (/^[\p{L}\p{N}._+~@ -]$/u.test(from)) found.add(from.toLowerCase());
    else return null;
  }
  return [...found];
}
