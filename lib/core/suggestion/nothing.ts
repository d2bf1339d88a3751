/** Why there is no suggestion, as a sentence that says what to do. */
export function whyNothing({
  empty,
  refused,
  signed,
}: {
  /** It has no bytes at all. */
  readonly empty: boolean;
  /** Something refuses the file whatever a configuration says. */
  readonly refused: boolean;
  /** Something in it carries a signature. */
  readonly signed: boolean;
}): string {
  if (empty) return 'The file is empty: it has 0 bytes. Take the one that your build makes.';
  if (refused) return 'Nothing can be suggested for a file that the signer can’t read.';
  return signed
    ? 'What could be signed in it carries a signature already. Write `existingSignature: append` or `replace`, or `verify` for what others made.'
    : 'Nothing in it is of a type that gets signed by itself. In a zip or tar archive, a file of any kind can be signed in a file beside it: `type: file` with `sign: {method: cms}`.';
}
