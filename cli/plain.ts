/**
 * Text of somebody else for a terminal: control characters, those that turn the direction of writing and those that
 * aren't seen become visible, so that no answer of a portal moves the cursor or hides a word. Line ends and tabs stay.
 */
export function plain(text: string): string {
  return text.replaceAll(
    /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
