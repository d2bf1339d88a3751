/**
 * Something the signer depends on is unavailable. That decides nothing: the request waits and is retried. What is
 * unavailable never counts as approval.
 */
import { CodedError, hostFaultOf, type HostFault } from '#core/error/index.ts';

export type Component =
  | 'scanner'
  | 'timestamp'
  | 'keyholder'
  | 'policy'
  | 'store'
  | 'inspector'
  | 'database'
  | 'host'
  | 'signer'
  | 'clock'
  | 'disk';

export class Unavailable extends CodedError<`${Uppercase<Component>}_UNAVAILABLE`> {
  static override readonly errorName: string = 'Unavailable';
  readonly component: Component;
  /** What an operator can do about it. */
  readonly fix: string;
  /** When it will be there again, where that is known: waiting for it is no failed attempt. */
  readonly until: Date | null;
  constructor(
    component: Component,
    message: string,
    fix: string,
    cause?: unknown,
    until: Date | null = null,
  ) {
    super(`${component.toUpperCase() as Uppercase<Component>}_UNAVAILABLE`, message, {
      cause,
      context: { component, fix },
    });
    this.component = component;
    this.fix = fix;
    this.until = until;
  }
}

/** What the signer's own host is the cause of → Unavailable; anything else unchanged. `place`: what the file system is of, where the error doesn't say. */
export function asHostFault(error: unknown, place: string): unknown {
  if (error instanceof Unavailable) return error;
  const fault = hostFaultOf(error);
  return fault === null ? error : hostUnavailable(fault, place, error);
}

export function hostUnavailable(fault: HostFault, place: string, cause: unknown): Unavailable {
  const where = fault.path ?? place;
  const fix = fault.isFull
    ? `give the file system of ${where} more room, or remove from it what isn’t Countersign’s; df -h shows it`
    : `look at the disk and the limits of the signer’s host: ${where}`;
  return new Unavailable('disk', `${where} can’t be written: ${fault.what} (${fault.code})`, fix, cause);
}

/** any thrown value → its message, for a log or a finding. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
