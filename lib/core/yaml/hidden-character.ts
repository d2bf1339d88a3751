/**
 * Characters that make a text appear different from its contents: controls other than tab and line feed (a
 * carriage return only before a line feed), line separators, byte order marks, bidirectional controls, and characters
 * without any width of their own that no script needs.
 */
const hiddenCharacter = new RegExp(
  [
    '[\\u{0}-\\u{8}\\u{b}\\u{c}\\u{e}-\\u{1f}\\u{7f}-\\u{9f}]',
    '\\r(?!\\n)',
    '[\\u{61c}\\u{180e}\\u{200b}\\u{200e}\\u{200f}\\u{2028}-\\u{202e}\\u{2060}-\\u{2069}\\u{feff}\\u{fffe}\\u{ffff}]',
    // Letters of an alphabet that no font shows.
    '[\\u{e0000}-\\u{e007f}]',
  ].join('|'),
  'u',
);

/** Offset of the first character of these, or -1. */
export function findHiddenCharacter(text: string): number {
  return text.search(hiddenCharacter);
}
