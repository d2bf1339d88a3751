import { findHiddenCharacter } from './hidden-character.ts';

/** A stranger's bytes → their text, or why they have none that every parser reads alike. */
export function plainTextOf(
  bytes: Uint8Array,
  kibibytesMax: number,
): { readonly text: string } | { readonly problem: string } {
  if (bytes.byteLength > kibibytesMax * 1024) return { problem: `it is larger than ${kibibytesMax} KiB` };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { problem: 'it is not UTF-8' };
  }
  const hidden = findHiddenCharacter(text);
  if (hidden < 0) return { text };
  // Some of them end a line to the host's parser, and hide what follows in a comment from ours.
  const code = (text.codePointAt(hidden) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return { problem: `character U+${code} at ${hidden} hides what follows, or ends a line` };
}
