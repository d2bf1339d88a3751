/**
 * text → its folded form: names that differ only in case become equal.
 *
 * Simple case folding (Unicode Standard §5.18): one code point for one code point, so that `?` keeps its
 * meaning and no name grows. Upper-casing first unifies what lower-casing alone keeps apart (ς and
 * σ, ſ and s, the Kelvin sign and k). What folds to several code points (ß, İ) stays as it is. No locale.
 */
export function foldCase(text: string): string {
  // Most names are ASCII; the general path costs three allocations for each character.
  if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

function foldCharacter(character: string): string {
  const upper = single(character.toUpperCase(), character);
  return single(upper.toLowerCase(), upper);
}

function single(mapped: string, otherwise: string): string {
  return Array.from(mapped).length === 1 ? mapped : otherwise;
}
