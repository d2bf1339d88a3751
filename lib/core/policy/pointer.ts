/** JSON pointer (RFC 6901) of a member: `/` and `~` in names are escaped. */
export function pointerOf(parent: string, step: string | number): string {
  return `${parent}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
