/** A path of this portal to go to after signing in; anything else, such as another site's address, becomes `otherwise`. */
export function localPath(text: string | null | undefined, otherwise: string): string {
  if (typeof text !== 'string' || text.length > 500) return otherwise;
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) ? text : otherwise;
}
